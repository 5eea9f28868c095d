/**
 * Measures, within the process that it is preloaded into, for how long the event loop stands still: from one SIGUSR2 to the next, which
 * writes the result to BENCH_STALLS.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** In milliseconds. */
export type Stalls = { p50: number; p99: number; longest: number }

const everyMs = 5
const delays = monitorEventLoopDelay({ resolution: everyMs })
const file = process.env['BENCH_STALLS'] ?? ''
/** What is measured is the time between two ticks of a timer. */
const toDelay = (nanoseconds: number) => Math.max(nanoseconds / 1e6 - everyMs, 0)

process.on('SIGUSR2', () => {
  if (delays.enable()) return
  delays.disable()
  const stalls: Stalls = {
    p50: toDelay(delays.percentile(50)),
    p99: toDelay(delays.percentile(99)),
    longest: toDelay(delays.max),
  }
  // Whoever reads the file must find it whole.
  writeFileSync(`${file}.unfinished`, JSON.stringify(stalls))
  renameSync(`${file}.unfinished`, file)
})
