import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent } from 'undici'
import { expect } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { buildApp, buildBulkWorker } from '../../src/app.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import type { DemoAccess } from '../../src/http/demo-access.ts'
import type { Limits } from '../../src/http/limits/limits.ts'
import type { SharedLimits } from '../../src/http/limits/shared.ts'
import { createLog } from '../../src/http/log.ts'
import { createJournal } from '../../src/journal/journal.ts'
import { scopes } from '../../src/lib/scopes.ts'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import type { CallQueueLimits } from '../../src/stripe/call-queue.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import type { Observer } from '../../src/dependencies.ts'
import type { Send } from '../../src/stripe/http-client.ts'
import { createTransport } from '../../src/stripe/transport.ts'
import { checkAnswer } from './document.ts'
import { type DatabaseKind, newDatabase } from './new-database.ts'

export { type DatabaseKind, databases, newDatabase, noTimeouts } from './new-database.ts'

export type Options = {
  database?: DatabaseKind
  /** Another Stripe than the embedded sandbox: the origin of a server, or something that carries requests. */
  stripe?: string | Send
  timeoutMs?: number
  retriesMax?: number
  rateLimitPerSecond?: number
  trustProxy?: string
  limits?: Partial<Limits>
  /** What the server counts together with others; the test closes it. */
  shared?: SharedLimits
  queueLimits?: Partial<CallQueueLimits> | undefined
  /** The clock of budgets and of the trust in keys, in place of the process's. */
  now?: () => number
  bulkPendingCodesMax?: number
  demo?: DemoAccess
  /** Watches the requests and the calls to Stripe. */
  observer?: Observer
  /** Where the console is built. */
  consoleFolder?: string
}

export type Call = {
  method?: string
  key?: string | null
  body?: unknown
  /** Sent as it is, instead of `body`. */
  raw?: string | Buffer
  headers?: Record<string, string>
}

/** What is not JSON is the body's `text`. */
export type Answer = { status: number; headers: Headers; body: Record<string, unknown> }

/** A tenant of a server: an agency with a key and an account of its own. */
export type Tenant = { agencyId: string; keyId: string; key: string; accountId: string; coupons: string }

export type TestServer = Awaited<ReturnType<typeof startTestServer>>

/**
 * A whole server on a port of its own, with its own database, its own sandbox and one agency. `call` checks of every
 * answer what must hold for all: a documented status and body, a request id, the limit's headers.
 */
export async function startTestServer(options: Options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-test-'))
  const { location, drop } = await newDatabase(options.database ?? 'sqlite', folder)
  const database = openDatabase(location)
  await migrate(database)

  const sandbox = openSandbox({ file: join(folder, 'sandbox.db') })
  const { observer } = options
  const wire = typeof options.stripe === 'string' ? createTransport(options.stripe) : undefined
  const custom = typeof options.stripe === 'function' ? options.stripe : undefined
  const stripe = createStripeClient({
    secretKey: 'sk_test_server',
    mode: 'sandbox',
    send: wire?.send ?? custom ?? ((request) => sandbox.send(request)),
    timeoutMs: options.timeoutMs ?? 5_000,
    retriesMax: options.retriesMax ?? 2,
    queueLimits: options.queueLimits ?? {},
    observers: observer ? [observer.observeCall] : [],
  })
  const sandboxStripe = createStripeClient({
    secretKey: 'sk_test_server',
    mode: 'sandbox',
    send: (request) => sandbox.send(request),
    timeoutMs: 5_000,
    retriesMax: 0,
  })

  const logged: string[] = []
  const log = createLog('info', { write: (line: string) => void logged.push(line) })
  const { rateLimitPerSecond = 100_000, bulkPendingCodesMax = 20_000 } = options
  const journal = createJournal(database, { mode: 'sandbox', log })
  const { trustProxy, demo, consoleFolder, now = () => performance.now() } = options
  const start = async ({ limits = options.limits ?? {}, shared }: Pick<Options, 'limits' | 'shared'>) => {
    const observers = observer ? [observer.observeRequests] : []
    const units = { rateLimitPerSecond, bulkPendingCodesMax, limits, shared, observers }
    const app = await buildApp({ database, journal, stripe, log, ...units, trustProxy, demo, consoleFolder, now })
    return { app, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
  }
  const caller = new Agent()
  const first = await start(options)
  const apps = [first.app]
  const workers: ReturnType<typeof buildBulkWorker>[] = []

  const connectAnother = async (agencyId: string): Promise<string> => {
    const accountId = await sandboxStripe.createAccount('Test business')
    await createAccounts(database, 'sandbox').connect(agencyId, accountId)
    return accountId
  }
  const openTenant = async (): Promise<Tenant> => {
    const { id: agencyId } = await createAgencies(database).createAgency('Test agency')
    const bounds = { scopes: [...scopes] }
    const { id: keyId, secret: key } = await createApiKeys(database, 'sandbox').createKey(agencyId, 'test', { bounds })
    // A test's journal holds what the test asks for.
    await database.deleteFrom('events').where('key_id', '=', keyId).execute()
    const accountId = await connectAnother(agencyId)
    return { agencyId, keyId, key, accountId, coupons: couponsOf(accountId) }
  }
  const tenant = await openTenant()

  return {
    ...tenant,
    url: first.url,
    location,
    database,
    journal,
    sandbox,
    logged,
    openTenant,
    connectAnother,

    async revoke({ keyId }: Tenant) {
      await createApiKeys(database, 'sandbox').revokeKey(keyId)
    },

    /** One more key of an agency; the tenant that calls with it. */
    async openKey(of: Tenant): Promise<Tenant> {
      const { id: keyId, secret: key } = await createApiKeys(database, 'sandbox').createKey(of.agencyId, 'another')
      return { ...of, keyId, key }
    },

    /** Starts another app on the same database and Stripe, as a second process would; returns its URL. */
    async openSecondServer(more: Pick<Options, 'limits' | 'shared'> = {}): Promise<string> {
      const second = await start(more)
      apps.push(second.app)
      return second.url
    },

    /**
     * Starts a worker of bulk jobs, as each server process has one; each call adds a worker. Returns the function that stops it.
     */
    startBulkWorker(bulkCodesPerSecond: number, more: { clock?: Clock; slots?: number } = {}) {
      const worker = buildBulkWorker({ database, journal, stripe, log, bulkCodesPerSecond, searchEveryMs: 20, ...more })
      workers.push(worker)
      worker.start()
      return () => worker.stop()
    },

    async call(
      path: string,
      { method = 'GET', key = tenant.key, body, raw, headers = {} }: Call = {},
      url = first.url,
    ) {
      // Not fetch: that would tidy the path, and paths are an attacker's to choose.
      const response = await caller.request({
        origin: url,
        path,
        method,
        headers: {
          ...(key !== null && { authorization: key }),
          ...((body !== undefined || raw !== undefined) && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: raw ?? (body === undefined ? null : JSON.stringify(body)),
      })
      const text = await response.body.text()
      const isCsv = response.headers['content-type'] === 'text/csv; charset=utf-8'
      const answer: Answer = {
        status: response.statusCode,
        headers: new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
        body: isCsv ? { text } : JSON.parse(text === '' ? '{}' : text),
      }
      checkAnswer(method, path, answer)
      return answer
    },

    async close() {
      await caller.close()
      for (const app of apps) await app.close()
      for (const worker of workers) await worker.stop()
      await journal.close()
      await wire?.close()
      sandbox.close()
      await database.destroy()
      await drop()
      rmSync(folder, { recursive: true })
    },
  }
}

export function couponsOf(accountId: string): string {
  return `/v1/public/stripe/connect/accounts/${accountId}/coupons`
}

/** Puts coupons FILL0, FILL1, … into the sandbox, past the server: to have many costs nothing else. */
export async function fill({ sandbox, accountId }: TestServer, count: number): Promise<void> {
  const headers = { authorization: 'Bearer sk_test_server', 'stripe-account': accountId }
  for (let first = 0; first < count; first += 500) {
    const made = Array.from({ length: Math.min(500, count - first) }, (_, index) => {
      const body = `id=FILL${first + index}&percent_off=10&name=Coupon+number+${first + index}`
      return sandbox.send({ method: 'POST', path: '/v1/coupons', headers, body })
    })
    for (const { status } of await Promise.all(made)) expect(status).toBe(200)
  }
}

/** What every refusal says; `more` adds to it. */
export function expectRefusal(answer: Answer, status: number, code: string, more: Record<string, unknown> = {}): void {
  expect({ status: answer.status, ...answer.body }).toMatchObject({ status, code, ...more })
}

/** Every change in the journal with its end, oldest first, once all ends are written. */
export async function journalOf({ database, journal }: TestServer) {
  await journal.flush()
  return await changesIn(database)
}

/** Every change that is in the journal by now, with its end, oldest first. */
export async function changesIn(database: Database) {
  const rows = await database
    .selectFrom('events as start')
    .leftJoin('events as end', (on) =>
      on.onRef('end.change_id', '=', 'start.change_id').on('end.type', 'like', '%.ended'),
    )
    .where('start.type', 'like', '%.started')
    .selectAll('start')
    .select(['start.object_id as target', 'end.object_id', 'end.outcome', 'end.code', 'end.message'])
    .select('end.stripe_request_id')
    .orderBy('start.seq')
    .execute()
  return rows.map((row) => ({ ...row, operation: row.type.replace(/\.started$/, '') }))
}
