/** The child's side of `forkServer`: a test server that does over IPC what its parent asks. */
import { createAccounts } from '../../src/accounts/accounts.ts'
import type { Bounds } from '../../src/agencies/bounds.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { createFreezes } from '../../src/agencies/freezes.ts'
import type { Mode } from '../../src/lib/mode.ts'
import { hideSecrets } from '../../src/lib/secrets.ts'
import { startTestServer } from '../../test/support/server.ts'
import { serveCommands } from './serve-commands.ts'

const server = await startTestServer(JSON.parse(process.argv[2] ?? '{}'))
const keys = createApiKeys(server.database, 'sandbox')

const suspicious: string[] = []
let lines = 0
/** Keeps of the log only what must not be there, so that it does not count as the server's memory. */
function readLog(): void {
  for (const line of server.logged.splice(0)) {
    lines += 1
    const { level }: { level: number } = JSON.parse(line)
    if ((level >= 50 || hideSecrets(line) !== line) && suspicious.length < 20) suspicious.push(line)
  }
}
setInterval(readLog, 200).unref()

const commands = {
  open: async () => ({ url: server.url, tenant: await server.openTenant() }),
  openTenant: () => server.openTenant(),
  connectAnother: (agencyId: string) => server.connectAnother(agencyId),
  connectIn: (mode: Mode, agencyId: string, accountId: string) =>
    createAccounts(server.database, mode).connect(agencyId, accountId),
  openKey: (agencyId: string, limits: { mode?: Mode; expiresAt?: number; bounds?: Bounds } = {}) =>
    keys.createKey(agencyId, 'proof', limits),
  revokeKey: (id: string) => keys.revokeKey(id),
  freezeKey: (id: string) => createFreezes(server.database, 'sandbox').freeze({ kind: 'api_key', id }),
  startBulkWorker: (codesPerSecond: number) => void server.startBulkWorker(codesPerSecond),
  /** What the journal says of an agency, oldest first, after an event; the end of a change has the `request_id` of its start. */
  async eventsAfter(agencyId: string, seq: number) {
    await server.journal.flush()
    return await server.database
      .selectFrom('events as event')
      .leftJoin('events as start', (on) =>
        on.onRef('start.change_id', '=', 'event.change_id').on('start.type', 'like', '%.started'),
      )
      .where('event.seq', '>', seq)
      .where((is) => is.or([is('event.agency_id', '=', agencyId), is('start.agency_id', '=', agencyId)]))
      .select(['event.seq', 'event.type', 'event.object_id', 'event.outcome', 'event.code'])
      .select((is) => is.fn.coalesce('event.request_id', 'start.request_id').as('request_id'))
      .orderBy('event.seq')
      .execute()
  },
  /** Everything that Stripe has of an account, past the server, in one text; `coupons` or `promotion_codes`. */
  async atStripe(accountId: string, resource: string) {
    const headers = { authorization: 'Bearer sk_test_server', 'stripe-account': accountId }
    const objects: { id: string }[] = []
    for (let hasMore = true; hasMore;) {
      const after = objects.at(-1) ? `&starting_after=${encodeURIComponent(objects.at(-1)?.id ?? '')}` : ''
      const path = `/v1/${resource}?limit=100${after}`
      const { status, body } = await server.sandbox.send({ method: 'GET', path, headers, body: '' })
      if (status !== 200) throw new Error(`The sandbox answered ${status}: ${body}`)
      const page: { data: { id: string }[]; has_more: boolean } = JSON.parse(body)
      objects.push(...page.data)
      hasMore = page.has_more
    }
    return objects
  },
  /** In bytes; of the heap after a collection, where Node runs with --expose-gc. */
  memory() {
    globalThis.gc?.()
    globalThis.gc?.()
    const { rss, heapUsed, external } = process.memoryUsage()
    return { rss, used: heapUsed + external }
  },
  log() {
    readLog()
    return { lines, suspicious }
  },
  close: () => server.close(),
}

export type Commands = typeof commands

serveCommands(commands)
