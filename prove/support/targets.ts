import { randomBytes, randomUUID } from 'node:crypto'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { type Bounds, defaultBounds } from '../../src/agencies/bounds.ts'
import { encodeCursor } from '../../src/lib/cursor.ts'
import type { Mode } from '../../src/lib/mode.ts'
import { Agent } from 'undici'
import type { Tenant } from '../../test/support/server.ts'
import type { ForkedServer } from './fork.ts'
import { exchange, type Received, type Sent } from './exchange.ts'

/** What a request can name. */
export type Ids = Record<'accountId' | 'couponId' | 'promotionCodeId' | 'jobId' | 'keyId' | 'requestId', string>

type Made = { id: string; requestId: string }

/** An agency with one object of each kind, all made under one Idempotency-Key. */
export async function furnish(
  server: ForkedServer,
  tenant: Tenant,
  idempotencyKey: string,
  onAnswer: (sent: Sent, received: Received) => void = () => {},
): Promise<Ids> {
  const agent = new Agent()
  const post = async (path: string, data: object, under = idempotencyKey): Promise<Made> => {
    const headers = {
      authorization: tenant.key,
      'content-type': 'application/json',
      'idempotency-key': under,
    }
    const sent = { method: 'POST', path, headers, body: JSON.stringify({ data }) }
    const received = await exchange(agent, server.url, sent)
    const { status, headers: answered, text } = received
    onAnswer(sent, received)
    if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`)
    return { ...(JSON.parse(text) as { id: string }), requestId: answered['request-id'] ?? '' }
  }
  const coupon = await post(tenant.coupons, { percent_off: 10 })
  const code = await post(tenant.coupons.replace(/coupons$/, 'promotion-codes'), { coupon: coupon.id })
  // A key of its own, which operations may revoke. Under one Idempotency-Key a key is made and answered once.
  const { id: keyId } = await post('/v1/public/keys', { name: 'furnished', scopes: ['coupons:read'] }, randomUUID())
  const job = await post(`${tenant.coupons}/${coupon.id}/promotion-codes/bulk`, { count: 2 })
  await agent.close()
  const { accountId } = tenant
  const { requestId } = coupon
  return { accountId, keyId, requestId, couponId: coupon.id, promotionCodeId: code.id, jobId: job.id }
}

/** Ids of the same shapes that name nothing. */
export function inventLike(ids: Ids): Ids {
  const like = (id: string) => {
    const [prefix = '', random = prefix] = id.split(/(?<=_)/)
    const letters = randomBytes(random.length).toString('hex').slice(0, random.length)
    return random === prefix ? letters : prefix + letters
  }
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, like(id)])) as Ids
}

export const malformedAccountId = "acct_'%20or%20'1'='1"

/** The query parameters that name something of somebody, with their value. */
export const namingQuery: Record<string, (ids: Ids) => string> = {
  account: ({ accountId }) => accountId,
  object: ({ couponId }) => couponId,
  key: ({ keyId }) => keyId,
  request: ({ requestId }) => requestId,
  coupon: ({ couponId }) => couponId,
  starting_after: ({ accountId }) => encodeCursor({ id: accountId, at: 1_700_000_000_000 }),
}

/** Every kind of key: those that must be nobody's, and those of the caller's or of another agency. */
export async function openKeys(server: ForkedServer, caller: Tenant, other: Tenant) {
  const { agencyId } = caller
  const open = async (id: string, limits: { mode?: Mode; expiresAt?: number; bounds?: Bounds } = {}) =>
    await server.call('openKey', id, limits)
  const [revoked, expired, frozen, otherMode, lackingScope, wrongAccount] = await Promise.all([
    open(agencyId),
    open(agencyId, { expiresAt: Date.now() - 1 }),
    open(agencyId),
    open(agencyId, { mode: 'live' }),
    open(agencyId, { bounds: { ...defaultBounds, scopes: [] } }),
    open(agencyId, { bounds: { ...defaultBounds, accounts: [await server.call('connectAnother', agencyId)] } }),
  ])
  await server.call('revokeKey', revoked.id)
  await server.call('freezeKey', frozen.id)
  return {
    nobodys: {
      malformed: 'sk_test_123',
      mistyped: `${caller.key}0`,
      unknown: mintApiKey(),
      revoked: revoked.secret,
      expired: expired.secret,
      'of another mode': otherMode.secret,
    },
    good: caller.key,
    frozen: frozen.secret,
    lackingScope: lackingScope.secret,
    wrongAccount: wrongAccount.secret,
    ofOther: other.key,
  }
}
