import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { compare } from '../compare.ts'
import { type Contestant, contestant, serve, startStripe } from '../contestants/contestants.ts'
import { newSchema, noTimeouts, postgresUrl } from '../contestants/postgres.ts'
import { requestsOf } from '../contestants/requests.ts'
import { accountIdsOf, makeTenants, type Tenant } from '../contestants/tenants.ts'
import { requestText } from '../load/wire.ts'
import type { Benchmark } from '../main.ts'
import { newFolder, removeFolder, type Running } from '../process.ts'
import { comparisonTable, whole } from '../report.ts'
import { addRows, type Execute, postgresRows, type Size, sqliteRows } from './growth-rows.ts'

/** With so many keys in use each is looked up about once a second, as keys of a busy server are. */
const tenantsInUse = 1_000
const [busyAccountId = ''] = accountIdsOf(1)
const small: Size = { keys: 0, accounts: 0, events: 10_000 }
const large: Size = { keys: 1_000_000, accounts: 100_000, events: 10_000_000 }
const larger: Size = { keys: 10_000, accounts: 1_000, events: 100_000 }

/** The same requests where the database is small and where it is large. */
export const growth: Benchmark = async (load, scale) => {
  const stripe = await startStripe()
  const postgres = postgresUrl()
  const databases: Record<string, (size: Size) => Promise<Contestant>> = {
    SQLite: (size) => startFilledSqlite(stripe, size),
    ...(postgres !== undefined && { PostgreSQL: (size: Size) => startFilledPostgres(postgres, stripe, size) }),
  }
  const tables = []
  for (const [database, start] of Object.entries(databases)) {
    const contestants = [await start(small), await start(scale.isQuick ? larger : large)]
    const creates = contestants.map((one) => ({ contestant: one, requests: requestsOf('create', one.tenants) }))
    tables.push(
      comparisonTable(
        `Create with ${whole(tenantsInUse)} keys in use, ${database}`,
        await compare(load, creates, scale),
      ),
    )
    const lists = contestants.map((one) => ({ contestant: one, requests: [firstPage(one.tenants)] }))
    tables.push(
      comparisonTable(
        `First page of the events of an agency that has a tenth of them, ${database}`,
        await compare(load, lists, scale),
      ),
    )
    for (const one of contestants) await one.stop()
  }
  await stripe.stop()
  return tables
}

function firstPage([tenant]: Tenant[]): string {
  return requestText('GET', '/v1/public/events', { authorization: tenant?.key ?? '' })
}

async function startFilledSqlite(stripe: Running, size: Size): Promise<Contestant> {
  const folder = newFolder()
  const file = join(folder, 'chatdash.db')
  const tenants = await prepare(file)
  const database = new DatabaseSync(file)
  // Nothing has to survive a crash yet, and a log of gigabytes would be written twice.
  database.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000')
  await addRows(async (statement) => database.prepare(statement).all(), sqliteRows, size, busyAccountId)
  database.close()
  const server = await serve(stripe, { DATA_DIR: folder })
  return contestant(describe(size), [server], tenants, async () => removeFolder(folder))
}

async function startFilledPostgres(postgres: string, stripe: Running, size: Size): Promise<Contestant> {
  const { location, drop } = await newSchema(postgres)
  const tenants = await prepare(location)
  const database = openDatabase(location, undefined, noTimeouts)
  const execute: Execute = async (statement) =>
    (await sql.raw<Record<string, unknown>>(statement).execute(database)).rows
  await addRows(execute, postgresRows, size, busyAccountId)
  // As autovacuum would, but not in the middle of a round.
  for (const table of ['agencies', 'accounts', 'api_keys', 'events']) await execute(`vacuum analyze ${table}`)
  await database.destroy()
  const folder = newFolder()
  const server = await serve(stripe, { DATA_DIR: folder, DATABASE_URL: location })
  return contestant(describe(size), [server], tenants, async () => {
    removeFolder(folder)
    await drop()
  })
}

async function prepare(location: string): Promise<Tenant[]> {
  const database = openDatabase(location, undefined, noTimeouts)
  await migrate(database)
  const tenants = await makeTenants(database, accountIdsOf(tenantsInUse))
  await database.destroy()
  return tenants
}

function describe({ keys, accounts, events }: Size): string {
  return `${whole(keys + tenantsInUse)} keys, ${whole(accounts + tenantsInUse)} accounts, ${whole(events)} events`
}
