import type { Database } from '../../src/database/database.ts'
import { deriveKey } from '../../src/idempotency/derive.ts'
import { createSeals } from '../../src/journal/sealing.ts'
import { verifySeals } from '../../src/journal/verify.ts'
import type { Caller } from './caller.ts'
import { stripeKey, type Wire } from './wire.ts'

type Change = { at: string; outcome: string | null; objectId: string | null }

/** Holds at any moment, also while the server is dead: nothing was made twice, and the journal knows what reached Stripe. */
export async function checkAlways(database: Database, { deeds }: Wire): Promise<string[]> {
  const violations: string[] = []
  for (const [intent, ids] of deeds.intents()) {
    if (ids.size > 1) violations.push(`${intent} was made ${ids.size} times: ${[...ids].join(', ')}.`)
  }
  const { byKey, deletes } = await changes(database)
  for (const { account, stripeKey: key, path } of deeds.writes) {
    const isKnown = key === undefined ? deletes.has(`${account} ${path}`) : byKey.has(`${account} ${key}`)
    if (!isKnown) violations.push(`${path} on ${account} reached Stripe without a start in the journal.`)
  }
  const { finding } = await verifySeals(createSeals(database).sealed())
  if (finding !== undefined) violations.push(finding)
  return violations
}

/** Holds once every end is written: the outcomes in the journal are what Stripe has done. */
export async function checkOutcomes(database: Database, { deeds }: Wire): Promise<string[]> {
  const violations: string[] = []
  const { byKey, deletes } = await changes(database)
  for (const [key, attempts] of byKey) {
    const made = deeds.byKey.get(key)
    for (const { at, outcome, objectId } of attempts) {
      const isDone = outcome === 'applied' || outcome === 'replayed'
      if (isDone && objectId !== made) violations.push(`${at} is ${outcome} as ${objectId}, but Stripe made ${made}.`)
    }
    if (made !== undefined && attempts.every(({ outcome }) => outcome === 'not_applied')) {
      violations.push(`${attempts[0]?.at} is not applied, but Stripe made ${made}.`)
    }
  }
  for (const [target, attempts] of deletes) {
    const isDeleted = deeds.of(target.replace(' ', ' delete ')).size > 0
    const isTold = attempts.some(({ outcome }) => outcome === 'applied')
    if (isTold && !isDeleted) violations.push(`The delete of ${target} is applied, but Stripe has not done it.`)
  }
  return violations
}

/** Every change of the journal, by its derived key or, for a DELETE, by what it was to delete. */
async function changes(database: Database) {
  const byKey = new Map<string, Change[]>()
  const deletes = new Map<string, Change[]>()
  const rows = await database
    .selectFrom('events as start')
    .leftJoin('events as end', (on) =>
      on.onRef('end.change_id', '=', 'start.change_id').on('end.type', 'like', '%.ended'),
    )
    .where('start.type', 'like', '%.started')
    .select(['start.change_id', 'start.type', 'start.agency_id', 'start.account_id', 'start.idempotency_key'])
    .select(['start.object_id as target', 'end.object_id', 'end.outcome'])
    .execute()
  for (const row of rows) {
    const { agency_id: agencyId, account_id: id, idempotency_key: key, type, target } = row
    if (agencyId === null || id === null) continue
    const change = { at: String(row.change_id), outcome: row.outcome, objectId: row.object_id }
    const [map, name] =
      key === null
        ? [deletes, `${id} /v1/coupons/${target}`]
        : [byKey, `${id} ${deriveKey({ agencyId, id }, type.replace(/\.started$/, ''), key)}`]
    map.set(name, [...(map.get(name) ?? []), change])
  }
  return { byKey, deletes }
}

/** Holds always: what was acknowledged exists, unless its caller has deleted it since. */
export async function checkAcknowledged(callers: Caller[], wire: Wire): Promise<string[]> {
  const violations: string[] = []
  for (const [accountId, own] of Map.groupBy(callers, ({ tenant }) => tenant.accountId)) {
    const coupons = new Map((await list(wire, accountId, '/v1/coupons')).map((coupon) => [coupon['id'], coupon]))
    for (const { acknowledged } of own) {
      for (const { intent, id } of acknowledged) {
        if (intent.kind !== 'create') continue
        const isDeleted = wire.deeds.of(`${accountId} delete /v1/coupons/${id}`).size > 0
        const coupon = coupons.get(id)
        if (!coupon && !isDeleted) violations.push(`${intent.name}, acknowledged as ${id}, does not exist.`)
        const terms = intent.data as { percent_off: number }
        if (coupon && coupon['percent_off'] !== terms.percent_off) {
          violations.push(`${intent.name}, acknowledged as ${id}, has other terms.`)
        }
      }
    }
    const names = new Set(own.map(({ name }) => name))
    for (const { id, name } of coupons.values()) {
      if (typeof name !== 'string') continue
      if (!names.has(name.replace(/-\d+$/, ''))) violations.push(`${String(id)} on ${accountId} is another agency's.`)
    }
  }
  return violations
}

/** Waits for the end of every acknowledged job; then each of its codes exists once, under the id that its caller is told. */
export async function checkJobs(callers: Caller[], wire: Wire, codes: number): Promise<string[]> {
  const violations: string[] = []
  for (const caller of callers) {
    for (const job of new Set(caller.jobs)) {
      const told = await caller.finishedJob(job)
      if (told.length !== codes) violations.push(`${job} has ${told.length} codes instead of ${codes}.`)
      for (const { code, status, promotion_code: id } of told) {
        const made = wire.deeds.of(`${caller.tenant.accountId} ${String(code)}`)
        if (status !== 'created' || !made.has(String(id))) {
          violations.push(
            `${String(code)} of ${job} is told to be ${String(status)} ${String(id)}: ${[...made].join(', ')}`,
          )
        }
      }
    }
  }
  return violations
}

async function list({ sandbox }: Wire, account: string, path: string): Promise<Record<string, unknown>[]> {
  const headers = { authorization: `Bearer ${stripeKey}`, 'stripe-account': account }
  const all: Record<string, unknown>[] = []
  for (let cursor = ''; ;) {
    const { body } = await sandbox.send({ method: 'GET', path: `${path}?limit=100${cursor}`, headers, body: '' })
    const page: { data: Record<string, unknown>[]; has_more: boolean } = JSON.parse(body)
    all.push(...page.data)
    if (!page.has_more) return all
    cursor = `&starting_after=${encodeURIComponent(String(page.data.at(-1)?.['id']))}`
  }
}
