import { compare } from '../compare.ts'
import {
  startConstant,
  startExpress,
  startFloor,
  startOnPostgres,
  startOnSqlite,
  startStripe,
} from '../contestants/contestants.ts'
import { postgresUrl } from '../contestants/postgres.ts'
import { requestsOf } from '../contestants/requests.ts'
import type { Benchmark } from '../main.ts'
import { comparisonTable } from '../report.ts'

const titles = {
  create: 'Create a coupon (POST), 32 connections',
  update: 'Update a coupon (PUT), 32 connections',
  retrieve: 'Read a coupon (GET), 32 connections',
} as const

/** The whole chain under full load. The constant answer shows what the generator could ask for. */
export const server: Benchmark = async (load, scale) => {
  const stripe = await startStripe()
  const postgres = postgresUrl()
  const contestants = [
    await startFloor(stripe),
    await startOnSqlite(stripe),
    ...(postgres === undefined ? [] : [await startOnPostgres(postgres, stripe)]),
    await startExpress(stripe),
    await startConstant(),
  ]
  const tables = []
  for (const operation of ['create', 'update', 'retrieve'] as const) {
    const compared = contestants.map((contestant) => ({
      contestant,
      requests: requestsOf(operation, contestant.tenants),
    }))
    tables.push(comparisonTable(titles[operation], await compare(load, compared, scale)))
  }
  for (const contestant of contestants) await contestant.stop()
  await stripe.stop()
  return tables
}
