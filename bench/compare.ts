import type { Contestant } from './contestants/contestants.ts'
import type { Load } from './load/load.ts'
import type { Result, Until } from './load/generator.ts'
import { median } from './statistics.ts'
import { cpuUsed, memoryUsed } from './usage.ts'

export type Scale = {
  isQuick: boolean
  rounds: number
  /** How long each contestant is loaded in each round. */
  turn: Until
  /** So many, and not for so long: what a slow machine has not yet compiled must not count. */
  warmUpRequests: number
}
export type Compared = { contestant: Contestant; requests: string[] }
export type Measured = {
  name: string
  perSecond: number
  /** Of the first contestant's in the same round. */
  ratio: number
  p50: number
  p99: number
  /** Microseconds of the server's processes per request, over all rounds. */
  cpu: number
  cpuRatio: number
  /** Resident megabytes after the last round. */
  memory: number
  /** The part of one core that the load generator used. */
  generatorShare: number
}

/** How the load is given, beside the scale: `perSecond` fixes the rate. */
type Options = { connections?: number; perSecond?: number }

/**
 * Loads the contestants in turn, because a machine's speed changes, and returns the medians of the rounds. CPU time is that of everything from
 * the end of the warm-up to the end of the last round, so that what a process does behind its answers counts too.
 */
export async function compare(
  load: Load,
  contestants: Compared[],
  { rounds, turn, warmUpRequests }: Omit<Scale, 'isQuick'>,
  { connections = 32, perSecond }: Options = {},
): Promise<Measured[]> {
  const run = async ({ contestant, requests }: Compared, until: Until, rate: number | undefined) =>
    await load.run({ urls: contestant.urls, requests, connections, until, perSecond: rate }).catch((cause: unknown) => {
      throw new Error(`${contestant.name}: the load was not carried.`, { cause })
    })
  const cpuOf = ({ contestant }: Compared) => sum(contestant.pids.map(cpuUsed))

  for (const one of contestants) await run(one, { requests: warmUpRequests }, undefined)
  const cpuBefore = contestants.map(cpuOf)
  const results = contestants.map((): Result[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, one] of contestants.entries()) results[index]?.push(await run(one, turn, perSecond))
  }
  const cpus = contestants.map(
    (one, index) =>
      (cpuOf(one) - (cpuBefore[index] ?? 0)) / sum((results[index] ?? []).map(({ answered }) => answered)),
  )
  return contestants.map(({ contestant }, index) => {
    const own = results[index] ?? []
    const cpu = cpus[index] ?? 0
    return {
      name: contestant.name,
      perSecond: median(own.map((result) => result.perSecond)),
      ratio: median(own.map((result, round) => result.perSecond / (results[0]?.[round]?.perSecond ?? 0))),
      p50: median(own.map(({ p50 }) => p50)),
      p99: median(own.map(({ p99 }) => p99)),
      cpu,
      cpuRatio: cpu / (cpus[0] ?? 0),
      memory: sum(contestant.pids.map(memoryUsed)),
      generatorShare: median(own.map(({ generatorShare }) => generatorShare)),
    }
  })
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
