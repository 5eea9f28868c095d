import { compare } from '../compare.ts'
import { startOnPostgres, startStripe } from '../contestants/contestants.ts'
import { postgresUrl } from '../contestants/postgres.ts'
import { requestsOf } from '../contestants/requests.ts'
import type { Benchmark } from '../main.ts'
import { comparisonTable } from '../report.ts'

/** What more processes on one PostgreSQL carry; PostgreSQL, the generator and the processes share the machine's cores. */
export const processes: Benchmark = async (load, scale) => {
  const postgres = postgresUrl()
  if (postgres === undefined) return []
  const stripe = await startStripe()
  const contestants = []
  for (const count of [1, 2, 4]) contestants.push(await startOnPostgres(postgres, stripe, {}, count))
  const compared = contestants.map((contestant) => ({ contestant, requests: requestsOf('create', contestant.tenants) }))
  const measured = await compare(load, compared, scale, { connections: 64 })
  for (const contestant of contestants) await contestant.stop()
  await stripe.stop()
  return [comparisonTable('Create a coupon through several processes on one PostgreSQL, 64 connections', measured)]
}
