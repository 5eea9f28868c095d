import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { Agent } from 'undici'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import { createTransport } from '../../src/stripe/transport.ts'
import { openProxy } from './proxy.ts'

const cli = new URL('../../src/cli/chatdash.js', import.meta.url).pathname
const secretKey = 'sk_test_prove'

export type Cluster = Awaited<ReturnType<typeof openCluster>>
export type ServerProcess = Awaited<ReturnType<Cluster['start']>>
export type Tenant = { agencyId: string; keyId: string; key: string; accountId: string; path: string }
export type Answer = { status: number; text: string; body: Record<string, unknown> }
type Call = { method?: string; query?: string; idempotencyKey?: string; data?: object; timeoutMs?: number }

/**
 * What several server processes share: a PostgreSQL behind a proxy (in a schema of its own), a Redis, and a sandbox as Stripe in a process
 * of its own. `redis` is a proxy to that Redis for a server that is to lose it. What the program itself does goes past the proxies.
 */
export async function openCluster(databaseUrl: string, redisUrl: string, environment: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-prove-'))
  const schema = `prove_${randomBytes(6).toString('hex')}`
  const admin = openDatabase(databaseUrl)
  await sql.raw(`create schema ${schema}`).execute(admin)
  const inSchema = (location: string) => {
    const url = new URL(location)
    url.searchParams.set('options', `-c search_path=${schema}`)
    return url.href
  }
  const database = openDatabase(inSchema(databaseUrl))
  await migrate(database)
  const postgres = await openProxy(new URL(databaseUrl), 5432)
  const redis = await openProxy(new URL(redisUrl), 6379)

  const children = new Set<ReturnType<typeof run>>()
  const launch = async (args: string[], env: Record<string, string>, ready: RegExp) => {
    const child = run(args, env, ready)
    children.add(child)
    return { ...child, url: await child.ready }
  }
  const sandbox = await launch(['sandbox', '--memory', '--port', '0'], {}, /Stripe sandbox on (\S+),/)
  const wire = createTransport(sandbox.url)
  const stripe = createStripeClient({ secretKey, mode: 'test', send: wire.send, timeoutMs: 60_000, retriesMax: 2 })
  const keys = createApiKeys(database, 'test')
  const callers = new Agent({ connections: 512, headersTimeout: 120_000, bodyTimeout: 120_000 })

  const askSandbox = async (method: string, path: string, accountId?: string, body: string | null = null) => {
    const account = accountId === undefined ? {} : { 'stripe-account': accountId }
    const headers = { authorization: `Bearer ${secretKey}`, ...account }
    const answer = await callers.request({ origin: sandbox.url, path, method, headers, body })
    return (await answer.body.json()) as { data: { id: string; name: string }[]; has_more: boolean }
  }

  return {
    database,
    keys,
    postgres,
    redis,

    /** Starts a server, with variables of its own beside those of all. */
    start: async (own: Record<string, string> = {}) =>
      await launch(
        ['serve'],
        {
          PORT: '0',
          LOG_LEVEL: 'warn',
          DATA_DIR: mkdtempSync(join(folder, 'server-')),
          DATABASE_URL: inSchema(postgres.url),
          REDIS_URL: redisUrl,
          STRIPE_SECRET_KEY: secretKey,
          STRIPE_API_BASE: sandbox.url,
          ...environment,
          ...own,
        },
        /listens on (\S+) and/,
      ),

    async openTenant(): Promise<Tenant> {
      const { id: agencyId } = await createAgencies(database).createAgency('Agency')
      const { id: keyId, secret: key } = await keys.createKey(agencyId, 'prove')
      const accountId = await stripe.createAccount('Business')
      await createAccounts(database, 'test').connect(agencyId, accountId)
      return { agencyId, keyId, key, accountId, path: `/v1/public/stripe/connect/accounts/${accountId}/coupons` }
    },

    /** One request on the tenant's coupons; undefined where no answer came. */
    call: async (server: { url: string }, { key, path }: Tenant, call: Call = {}): Promise<Answer | undefined> => {
      const { method = 'GET', query = '', idempotencyKey, data, timeoutMs = 60_000 } = call
      const headers = {
        authorization: key,
        ...(data && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      }
      const body = data ? JSON.stringify({ data }) : null
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const answer = await callers.request({ origin: server.url, path: path + query, method, headers, body, signal })
        const text = await answer.body.text()
        return { status: answer.statusCode, text, body: JSON.parse(text) }
      } catch {
        return undefined
      }
    },

    /** Every coupon that Stripe has on the account. */
    async couponsOf({ accountId }: Tenant): Promise<{ id: string; name: string }[]> {
      const all = []
      for (let after = ''; ;) {
        const page = await askSandbox('GET', `/v1/coupons?limit=100${after}`, accountId)
        all.push(...page.data)
        if (!page.has_more) return all
        after = `&starting_after=${page.data.at(-1)?.id}`
      }
    },

    /** Stripe answers reads so much later until the returned function is called. */
    async delayStripe(ms: number): Promise<() => Promise<unknown>> {
      await askSandbox('POST', '/_sandbox/faults', undefined, `fault=latency;ms=${ms}&rate=1&method=GET&path=/v1/`)
      return () => askSandbox('DELETE', '/_sandbox/faults')
    },

    async close() {
      for (const child of children) await child.kill()
      await callers.destroy()
      await wire.close()
      await database.destroy()
      postgres.close()
      redis.close()
      await sql.raw(`drop schema ${schema} cascade`).execute(admin)
      await admin.destroy()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Starts a command in a process of its own; `ready` resolves to what the pattern finds in its output. */
function run(args: string[], environment: Record<string, string>, pattern: RegExp) {
  const child = spawn(process.execPath, [cli, ...args], { env: { PATH: process.env['PATH'] ?? '', ...environment } })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'exit').finally(() => process.off('exit', kill))
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>()
  void exited.then(() => reject(new Error(`The process ended: ${output}`)))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      const found = pattern.exec(output)?.[1]
      if (found !== undefined) resolve(found)
    })
  }
  return {
    ready,
    output: () => output,
    async kill() {
      kill()
      await exited
    },
  }
}
