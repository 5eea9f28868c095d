import { join } from 'node:path'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { newFolder, removeFolder, type Running, start } from '../process.ts'
import { coupon } from '../../test/support/stripe-stub.ts'
import { newSchema } from './postgres.ts'
import { expressTenants, makeTenants, type Tenant, tenantCount } from './tenants.ts'

/** Something that answers the requests: one process or several that share the work. */
export type Contestant = { name: string; urls: string[]; pids: number[]; tenants: Tenant[]; stop(): Promise<void> }

/** Options of Node, for what a table wants to see inside of a process. */
type Options = { nodeOptions?: string[]; environment?: Record<string, string> }

/** As `npm start`, the image and the systemd unit start it. */
const ownOptions = ['--max-semi-space-size=8']
export const cli = new URL('../../src/cli/chatdash.js', import.meta.url).pathname

export async function startStripe(): Promise<Running> {
  return await start([new URL('stripe.ts', import.meta.url).pathname])
}

/** Bare node:http with this answer. */
export async function startConstant(answer = JSON.stringify(coupon)): Promise<Contestant> {
  return contestant(
    'constant answer',
    [await start([new URL('constant.ts', import.meta.url).pathname, answer])],
    expressTenants(),
  )
}

export async function startFloor(
  stripe: Running,
  { nodeOptions = [], environment }: Options = {},
): Promise<Contestant> {
  const process = await start([...nodeOptions, new URL('floor.ts', import.meta.url).pathname, stripe.url], environment)
  return contestant('floor', [process], expressTenants())
}

export async function startExpress(
  stripe: Running,
  { nodeOptions = [], environment }: Options = {},
): Promise<Contestant> {
  const folder = newFolder()
  const args = [
    new URL('express.ts', import.meta.url).pathname,
    stripe.url,
    join(folder, 'express.db'),
    String(tenantCount),
  ]
  const process = await start([...nodeOptions, ...args], { NODE_ENV: 'production', ...environment })
  return contestant('Express', [process], expressTenants(), async () => removeFolder(folder))
}

/** `chatdash serve` with every duty on, on a new SQLite file. */
export async function startOnSqlite(stripe: Running, options: Options = {}): Promise<Contestant> {
  const folder = newFolder()
  const tenants = await prepare(join(folder, 'chatdash.db'))
  const process = await serve(stripe, { DATA_DIR: folder }, options)
  return contestant('ours, SQLite', [process], tenants, async () => removeFolder(folder))
}

/** The same on a schema of its own in PostgreSQL: so many processes that share it. */
export async function startOnPostgres(
  postgres: string,
  stripe: Running,
  options: Options = {},
  count = 1,
): Promise<Contestant> {
  const { location, drop } = await newSchema(postgres)
  const folders = Array.from({ length: count }, newFolder)
  const tenants = await prepare(location)
  const processes: Running[] = []
  for (const DATA_DIR of folders) processes.push(await serve(stripe, { DATA_DIR, DATABASE_URL: location }, options))
  const name = count === 1 ? 'ours, PostgreSQL' : `ours, PostgreSQL, ${count} processes`
  return contestant(name, processes, tenants, async () => {
    for (const folder of folders) removeFolder(folder)
    await drop()
  })
}

async function prepare(location: string): Promise<Tenant[]> {
  const database = openDatabase(location)
  try {
    await migrate(database)
    return await makeTenants(database)
  } finally {
    await database.destroy()
  }
}

/** Starts `chatdash serve` at this Stripe. The rate limit is as high as it goes; it is checked all the same. */
export async function serve(
  stripe: Running,
  environment: Record<string, string>,
  { nodeOptions = [], environment: more }: Options = {},
): Promise<Running> {
  return await start([...ownOptions, ...nodeOptions, cli, 'serve'], {
    PORT: '0',
    STRIPE_SECRET_KEY: 'sk_test_bench',
    STRIPE_API_BASE: stripe.url,
    RATE_LIMIT_PER_SECOND: '1000000',
    ...environment,
    ...more,
  })
}

export function contestant(
  name: string,
  processes: Running[],
  tenants: Tenant[],
  afterwards: () => Promise<void> = async () => {},
): Contestant {
  return {
    name,
    urls: processes.map(({ url }) => url),
    pids: processes.map(({ pid }) => pid),
    tenants,
    async stop() {
      await Promise.all(processes.map((process) => process.stop()))
      await afterwards()
    },
  }
}
