import { randomUUID } from 'node:crypto'
import { Agent } from 'undici'
import { operations } from '../../test/support/document.ts'
import type { Tenant } from '../../test/support/server.ts'
import type { ForkedServer } from './fork.ts'
import { furnish, type Ids, inventLike, malformedAccountId, namingQuery, openKeys } from './targets.ts'
import { asCurl, exchange, type Received, type Sent } from './exchange.ts'

type Operation = (typeof operations)[number]
type Findings = { counts: Record<string, number>; violations: string[] }

/** Used by the other agency for its own objects, and by the caller for everything: a key must tell nobody who else used it. */
const sharedKey = 'order-1'

/**
 * Sends every operation of the document at every target with every key and compares the answers: what is another's, in
 * another mode or of a key's other account must be answered exactly as what does not exist.
 */
export async function compareAnswers(server: ForkedServer, other: Tenant): Promise<Findings> {
  const caller = server.tenant
  const keys = await openKeys(server, caller, other)
  const inOtherMode = inventLike({ ...(await furnish(server, caller, 'other-mode')) }).accountId
  await server.call('connectIn', 'live', caller.agencyId, inOtherMode)
  const agent = new Agent()
  const violations: string[] = []
  const counts = { operations: operations.length, requests: 0, compared: 0, 'own answers of 2xx': 0 }

  const furnished = []
  for (const [index, operation] of operations.entries()) {
    const own = await furnish(server, caller, `own-${index}`)
    furnished.push({ index, operation, own, others: await furnish(server, other, `${sharedKey}-${index}`) })
  }
  const before = await stateOf(server, other)

  for (const { index, operation, own, others } of furnished) {
    const missing = inventLike(own)
    const targets = {
      own,
      other: others,
      missing,
      malformed: { ...missing, accountId: malformedAccountId },
      'other mode': { ...own, accountId: inOtherMode },
      'other’s object': { ...others, accountId: own.accountId },
      'missing object': { ...missing, accountId: own.accountId },
    }
    type Target = keyof typeof targets
    const all = Object.keys(targets) as Target[]
    const accounts: Target[] = ['other', 'missing', 'malformed', 'other mode']

    for (const { name, query, body } of casesOf(operation)) {
      const send = async (target: Target, key: string | null) => {
        const ids = targets[target]
        // On one's own account the key would tell what one did before.
        const isOwn = ids.accountId === own.accountId
        const sent: Sent = {
          method: operation.method,
          path:
            fill(operation.path, ids) +
            (query ? `?${query}=${encodeURIComponent(namingQuery[query]?.(ids) ?? '')}` : ''),
          headers: {
            ...(key !== null && { authorization: key }),
            ...(body && { 'content-type': 'application/json' }),
            ...(operation.method !== 'GET' && { 'idempotency-key': isOwn ? randomUUID() : `${sharedKey}-${index}` }),
          },
          body: body?.(ids),
        }
        counts.requests += 1
        return { target, sent, received: await exchange(agent, server.url, sent), ids }
      }
      /** Holds that all these answers are one, of this status. */
      const expectSame = async (what: string, status: number | undefined, asked: [Target, string | null][]) => {
        const answers = []
        for (const [target, key] of asked) answers.push(await send(target, key))
        const [first, ...rest] = answers.map(({ received, ids }) => fingerprint(received, ids))
        counts.compared += rest.length
        for (const [at, one] of rest.entries()) {
          const { sent, target } = answers[at + 1] ?? {}
          if (one !== first && sent) {
            violations.push(`${name}, ${what}: ${target} differs: ${asCurl(sent)}\n    ${first}\n    ${one}`)
          }
        }
        const wrong = answers.find(({ received }) => status !== undefined && received.status !== status)
        if (wrong) violations.push(`${name}, ${what}: ${wrong.received.status}, not ${status}: ${asCurl(wrong.sent)}`)
      }
      const each = (names: Target[], key: string | null) =>
        names.map((target): [Target, string | null] => [target, key])

      await expectSame('no key', 401, each(all, null))
      await expectSame(
        'a key that is nobody’s',
        401,
        Object.values(keys.nobodys).flatMap((key) => each(all, key)),
      )
      if (operation.name !== 'retrieveMe')
        await expectSame('a key without the scope', 403, each(all, keys.lackingScope))
      const isWrite = operation.method !== 'GET' && !operation.name.startsWith('preview')
      if (isWrite) await expectSame('a frozen key', 403, each(all, keys.frozen))
      const namesObject =
        /coupon$|object/.test(query ?? '') || body?.(own) !== body?.(missing) || /\}.*\}|keyId/.test(operation.path)
      const isByAccount = operation.path.includes('{accountId}')
      const readers = { 'a good key': keys.good, ...(!isWrite && { 'a frozen key': keys.frozen }) }
      for (const [what, key] of Object.entries(readers)) {
        if (isByAccount) await expectSame(what, name.endsWith('invalid body') ? undefined : 404, each(accounts, key))
        else if (query) await expectSame(what, undefined, each(['other', 'missing'], key))
        if (namesObject) await expectSame(`${what}, object`, undefined, each(['other’s object', 'missing object'], key))
      }
      if (isByAccount) {
        await expectSame('a key of another account', undefined, each(['own', ...accounts], keys.wrongAccount))
        await expectSame('another agency’s key', undefined, each(['own', 'missing', 'malformed'], keys.ofOther))
      }
      const { received } = await send('own', keys.good)
      if (received.status < 300) counts['own answers of 2xx'] += 1
      else if (!name.includes(',')) violations.push(`${name}: one’s own is refused: ${received.text}`)
    }
  }
  await agent.close()
  if ((await stateOf(server, other)) !== before)
    violations.push('The other agency’s objects or changes are not as before.')
  return { counts, violations }
}

/** What Stripe has on the agency's account, and its changes in the journal. */
async function stateOf(server: ForkedServer, { agencyId, accountId }: Tenant): Promise<string> {
  const events = await server.call('eventsAfter', agencyId, 0)
  const objects = [
    await server.call('atStripe', accountId, 'coupons'),
    await server.call('atStripe', accountId, 'promotion_codes'),
  ]
  return JSON.stringify([...objects, events.filter(({ type }) => type !== 'request.refused')])
}

/** An operation as it is, with each query parameter that names something, and with bodies that are refused. */
function casesOf({ name, hasBody, example, operation }: Operation) {
  const queries = (operation.parameters ?? []).map((one) => one.name).filter((one) => one in namingQuery)
  const valid = (ids: Ids) => JSON.stringify(example).replace('"SUMMER20"', JSON.stringify(ids.couponId))
  type Case = { name: string; query?: string; body?: (ids: Ids) => string }
  const cases: Case[] = [
    { name, ...(hasBody && { body: valid }) },
    ...queries.map((query) => ({ name: `${name}, ?${query}`, query })),
  ]
  if (hasBody) cases.push({ name: `${name}, invalid body`, body: () => '{"data":{"wat":1}}' })
  return cases
}

/** The path of an operation with these ids in it. */
export function fill(template: string, ids: Ids): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => ids[name as keyof Ids])
}

/** Differ from one answer to the next, whatever was asked for. */
const varying = /^(date|request-id|stripe-request-id|ratelimit|idempotency-key)$/

/** What a caller can see of an answer: status, names and values of the headers, body; what was asked for is masked. */
function fingerprint({ status, headers, text }: Received, ids: Ids): string {
  const mask = (value: string) =>
    Object.entries(ids).reduce((masked, [name, id]) => masked.replaceAll(id, `<${name}>`), value)
  const shown = Object.entries(headers)
    .map(([name, value]) => `${name}: ${varying.test(name) ? '*' : mask(value)}`)
    .toSorted()
  return JSON.stringify([status, shown, mask(text.replace(headers['request-id'] ?? '*', '*'))])
}
