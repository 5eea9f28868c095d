import { readFileSync } from 'node:fs'

/** What Linux calls USER_HZ, the unit of the times in /proc. */
const ticksPerSecond = 100

/** The CPU time that a process has used, with all its threads, in microseconds: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function cpuUsed(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name in parentheses may contain anything; user and system time are the 12th and 13th fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6
}

/** The resident memory of a process, in megabytes. */
export function memoryUsed(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Number(kilobytes) / 1_024
}
