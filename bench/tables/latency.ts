import { compare } from '../compare.ts'
import { startFloor, startOnPostgres, startOnSqlite, startStripe } from '../contestants/contestants.ts'
import { postgresUrl } from '../contestants/postgres.ts'
import { requestsOf } from '../contestants/requests.ts'
import type { Benchmark } from '../main.ts'
import { whole } from '../report.ts'

/** What the server adds to a request's way where it is half busy: all get the same fixed rate. */
export const latency: Benchmark = async (load, scale) => {
  const stripe = await startStripe()
  const postgres = postgresUrl()
  const contestants = [
    await startFloor(stripe),
    await startOnSqlite(stripe),
    ...(postgres === undefined ? [] : [await startOnPostgres(postgres, stripe)]),
  ]
  const compared = contestants.map((contestant) => ({ contestant, requests: requestsOf('create', contestant.tenants) }))
  const [, most] = await compare(load, compared, { ...scale, rounds: 1 })
  const perSecond = Math.floor((most?.perSecond ?? 0) / 2)
  const measured = await compare(load, compared, scale, { connections: 64, perSecond })
  for (const contestant of contestants) await contestant.stop()
  await stripe.stop()

  const [floor = { p50: 0, p99: 0 }] = measured
  return [
    {
      title: `Latency of a create at ${whole(perSecond)} req/s, half of what the server on SQLite carries`,
      columns: ['', 'p50 ms', 'p99 ms', 'added p50 ms', 'added p99 ms'],
      rows: measured.map(({ name, p50, p99 }) => [
        name,
        ...[p50, p99, p50 - floor.p50, p99 - floor.p99].map((value) => value.toFixed(2)),
      ]),
      figures: { perSecond, measured },
    },
  ]
}
