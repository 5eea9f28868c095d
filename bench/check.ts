import { compare } from './compare.ts'
import { startFloor, startOnSqlite, startStripe } from './contestants/contestants.ts'
import { requestsOf } from './contestants/requests.ts'
import type { Load } from './load/load.ts'

/** How much CPU a create may take, compared with the floor in the same run: generous, so that a busy machine does not fail. */
const cpuRatioMax = 12

/** `npm run bench -- check`: the exit code, 1 where a create has become too dear. CPU time, because a busy machine spoils all others. */
export async function check(load: Load): Promise<number> {
  const stripe = await startStripe()
  const contestants = [await startFloor(stripe), await startOnSqlite(stripe)]
  const compared = contestants.map((contestant) => ({ contestant, requests: requestsOf('create', contestant.tenants) }))
  const [floor, own] = await compare(load, compared, {
    rounds: 5,
    turn: { requests: 2_000 },
    warmUpRequests: 6_000,
  })
  for (const contestant of contestants) await contestant.stop()
  await stripe.stop()
  if (!floor || !own) throw new Error('Nothing was measured.')
  console.log(
    `A create takes ${own.cpu.toFixed(0)} µs of CPU, the floor ${floor.cpu.toFixed(0)} µs: ratio ${own.cpuRatio.toFixed(2)}, at most ${cpuRatioMax}.`,
  )
  return own.cpuRatio <= cpuRatioMax ? 0 : 1
}
