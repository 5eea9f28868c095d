import type { Random } from './random.ts'

/** An agency with its key, and the accounts that are its own. */
export type Tenant = { agencyId: string; key: string; accounts: string[] }

/** What one caller wants: it sends the same request until it knows what became of it. */
export type Intent = {
  name: string
  tenant: Tenant
  account: string
  kind: 'coupon' | 'promotion_code' | 'update' | 'delete' | 'bulk' | 'foreign'
  method: 'POST' | 'PUT' | 'DELETE'
  path: string
  data: Record<string, unknown> | undefined
  /** The Idempotency-Key; where there is none, each attempt is a request of its own, unless the guard makes them one. */
  key: string | undefined
  isGuarded: boolean
  /** Marks in Stripe what belongs to the intent. Intents that ask for the same share it. */
  tag: string
}

/** Makes a coupon in Stripe past the server, for what is to be done with it. */
type Prepare = (account: string, id: string) => Promise<void>

const base = '/v1/public/stripe/connect/accounts'

/** What callers want in one history. */
export async function drawIntents(random: Random, tenants: Tenant[], prepare: Prepare): Promise<Intent[]> {
  const intents: Intent[] = []
  const count = random.integer(3, 7)

  const add = async (tenant: Tenant, account: string, kind: Intent['kind'], more: Partial<Intent> = {}) => {
    const name = `i${intents.length}`
    const tag = `${name}-of-${tenant.agencyId.slice(-6)}`
    const coupons = `${base}/${account}/coupons`
    const target = `T${name.toUpperCase()}`
    const isUsed = (used: string) =>
      intents.some((one) => one.account === account && one.kind === kind && one.key === used)
    const ofOther = intents.find((one) => one.account === account && one.key !== undefined && !isUsed(one.key))?.key
    const drawn = random.chance(0.85) ? `order-${random.integer(1, 1_000_000)}` : undefined
    // Callers may use one key for two operations.
    const key = ofOther !== undefined && random.chance(0.2) ? ofOther : drawn
    const own = { name, tenant, account, kind, key, isGuarded: false, tag, ...more }
    const percent = { percent_off: random.integer(1, 99), duration: 'once', metadata: { tag } }
    const isPrepared = kind !== 'coupon' && kind !== 'foreign'
    if (isPrepared) await prepare(account, target)
    const shapes = {
      coupon: { method: 'POST', path: coupons, data: random.chance(0.4) ? { id: `OWN-${name}`, ...percent } : percent },
      foreign: { method: 'POST', path: coupons, data: percent },
      promotion_code: {
        method: 'POST',
        path: `${base}/${account}/promotion-codes`,
        data: { coupon: target, metadata: { tag }, ...(random.chance(0.5) && { code: `CODE-${name}` }) },
      },
      update: { method: 'PUT', path: `${coupons}/${target}`, data: { name: `New ${name}`, metadata: { tag } } },
      delete: { method: 'DELETE', path: `${coupons}/${target}`, data: undefined },
      bulk: {
        method: 'POST',
        path: `${coupons}/${target}/promotion-codes/bulk`,
        data: { codes: Array.from({ length: random.integer(2, 5) }, (_, index) => `BULK-${name}-${index}`) },
      },
    } as const
    const intent: Intent = { ...own, ...shapes[kind], ...more }
    if (kind === 'delete') intent.key = undefined
    intents.push(intent)
    return intent
  }

  /** The same words under the same key, where the key must not make them the same: on another account, of another agency. */
  const addTwin = async (first: Intent) => {
    const tenant = random.pick(tenants)
    const account = random.pick(tenant.accounts.filter((one) => one !== first.account))
    if (account === undefined) return
    const path = `${base}/${account}/coupons`
    await add(tenant, account, 'coupon', { key: first.key, path, data: first.data, tag: first.tag })
  }

  while (intents.length < count) {
    const tenant = random.pick(tenants)
    const account = random.pick(tenant.accounts)
    const kind = random.pick(['coupon', 'coupon', 'coupon', 'coupon', 'promotion_code', 'update', 'delete'] as const)
    const intent = await add(tenant, account, kind)
    if (kind !== 'coupon') continue
    if (random.chance(0.3)) await addTwin(intent)
    // Another order for the same thing: only the key tells the two apart.
    else if (random.chance(0.15) && intent.data?.['id'] === undefined) {
      const { data, tag } = intent
      await add(tenant, account, 'coupon', { data, tag, key: `again-${random.integer(1, 1_000_000)}` })
    } else if (random.chance(0.15)) Object.assign(intent, { key: undefined, isGuarded: true })
  }
  const [one, other] = tenants
  if (one && other && random.chance(0.3)) {
    const account = random.pick(other.accounts)
    await add(one, account, 'foreign')
  }
  if (random.chance(0.35)) {
    const tenant = random.pick(tenants)
    await add(tenant, random.pick(tenant.accounts), 'bulk')
  }
  return intents
}
