import { randomUUID } from 'node:crypto'
import { readCallerConfig } from '../config.ts'
import { isAccountId } from '../lib/account-id.ts'
import { isRecord } from '../lib/is-record.ts'
import { type Call, callApi, listFromApi } from './api-call.ts'
import { type Command, UsageError } from './command.ts'
import { note, printable, say, sayRows } from './output.ts'

type Operation = {
  method: Call['method']
  /** After `/stripe/connect/accounts/{accountId}`. */
  path: string
  /** What the positional arguments are, by their names in the path. */
  ids?: string[]
  /** Whether it takes fields. */
  hasFields?: boolean
  /** Whether it may be sent again as it is, so that it needs no Idempotency-Key. */
  changesNothing?: boolean
  /** The options that become the query of a list; it is one if this is set. */
  query?: string[]
}

const base = '/stripe/connect/accounts'
const inAccount = `${base}/{accountId}`
const fieldsMax = 100
const limitDefault = 20

/** A command that does one operation of the API, with an API key as any other caller. */
function command(
  name: string,
  { method, path, ids = [], hasFields = false, changesNothing = method === 'GET', query }: Operation,
): Command {
  const needsAccount = path.startsWith(inAccount)
  // Stripe keeps no key for a DELETE.
  const takesKey = !changesNothing && method !== 'DELETE'
  const usage = [
    `Usage: chatdash ${name}`,
    ...ids.map((id) => id.replace(/Id$/, '').replaceAll(/[A-Z]/g, '_$&').toUpperCase()),
    ...(hasFields ? ['FIELD=TEXT | FIELD:=JSON …'] : []),
    ...(needsAccount ? ['[--account ACCOUNT]'] : []),
    ...(query ? [...query.map((option) => `[--${option} VALUE]`), `[--limit ${limitDefault}]`] : []),
    ...(takesKey ? ['[--idempotency-key KEY]'] : []),
    '[--json]',
  ]
  const option = { type: 'string' } as const
  return {
    positionalsMax: ids.length + (hasFields ? fieldsMax : 0),
    help: `${usage.join(' ')}

Calls the API at CHATDASH_URL with CHATDASH_API_KEY.${needsAccount ? ' Without --account the account is CHATDASH_ACCOUNT_ID.' : ''}${
      hasFields ? '\nFields are those of the API: name=Summer percent_off:=25 metadata.order=7' : ''
    }`,
    options: {
      ...(needsAccount && { account: option }),
      ...(query && { limit: option, ...Object.fromEntries(query.map((key) => [key, option])) }),
      ...(takesKey && { 'idempotency-key': option }),
    },
    async run({ values, positionals }) {
      const text = (key: string) => (typeof values[key] === 'string' ? values[key] : undefined)
      const inPath = ids.map((id, index): [string, string] => {
        const given = positionals[index]
        if (given === undefined || (hasFields && given.includes('=')))
          throw new UsageError(`Give ${ids.length === 1 ? 'the id' : 'the ids'}.`)
        return [id, given]
      })
      const account = text('account') ?? readCallerConfig().accountId
      if (needsAccount && (account === undefined || !isAccountId(account))) {
        throw new UsageError('Give the account: --account acct_…, or set CHATDASH_ACCOUNT_ID.')
      }
      const params = {
        path: { ...(account !== undefined && { accountId: account }), ...Object.fromEntries(inPath) },
        query: Object.fromEntries(
          (query ?? []).flatMap((key) => (text(key) === undefined ? [] : [[key, text(key) ?? '']])),
        ),
      }
      if (query) {
        const limit = readLimit(text('limit'))
        const { items, hasMore } = await listFromApi({ path, params }, limit)
        if (values['json'] === true) sayRaw(items)
        else sayRows(toRows(items), false)
        if (hasMore) note(`These are the first ${limit}; --limit shows more.`)
        return
      }
      const body = hasFields ? { body: { data: readFields(positionals.slice(ids.length)) } } : {}
      const idempotencyKey = takesKey ? (text('idempotency-key') ?? randomUUID()) : undefined
      const object = await callApi({ method, path, params, ...body, idempotencyKey })
      if (values['json'] === true) return sayRaw(object)
      for (const [key, value] of Object.entries(object)) {
        if (value !== null) say(`${key.padEnd(24)}${shown(key, value)}`)
      }
    },
  }
}

/** As the API answered: the keys of metadata are the caller’s. */
function sayRaw(answer: object): void {
  say(JSON.stringify(answer, null, 2))
}

function readLimit(text = String(limitDefault)): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new UsageError('--limit takes a number from 1 on.')
}

/** Reads `name=text`, `count:=1` and `metadata.key=text`. @throws UsageError */
export function readFields(texts: string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const text of texts) {
    const [, name, inner, operator, value = ''] = /^([a-z_]+)(?:\.([^=:]+))?(:?=)(.*)$/s.exec(text) ?? []
    if (name === undefined) throw new UsageError(`"${printable(text)}" is no FIELD=TEXT and no FIELD:=JSON.`)
    const read = operator === '=' ? value : readJson(name, value)
    if (inner === undefined) fields[name] = read
    else fields[name] = { ...(isRecord(fields[name]) && fields[name]), [inner]: read }
  }
  return fields
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${name}:= takes JSON, such as 25, true or ["a"]; for a text use ${name}=`)
  }
}

/** The columns that any item has something in. */
function toRows(items: Record<string, unknown>[]) {
  const names = [...new Set(items.flatMap((item) => Object.keys(item).filter((name) => isShown(name, item[name]))))]
  return items.map((item) =>
    Object.fromEntries(names.map((name) => [name, item[name] == null ? null : shown(name, item[name])])),
  )
}

const isShown = (name: string, value: unknown) => name !== 'object' && value != null && JSON.stringify(value) !== '{}'

function shown(name: string, value: unknown): string {
  if (/^(created|redeem_by|.*_at)$/.test(name) && typeof value === 'number')
    return new Date(value * 1_000).toISOString()
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}

const coupons = `${inAccount}/coupons`
const codes = `${inAccount}/promotion-codes`
const bulk = `${coupons}/{couponId}/promotion-codes/bulk`
const operations: Record<string, Operation> = {
  'account mine': { method: 'GET', path: base, query: [] },
  'coupon list': { method: 'GET', path: coupons, query: ['query'] },
  'coupon show': { method: 'GET', path: `${coupons}/{couponId}`, ids: ['couponId'] },
  'coupon create': { method: 'POST', path: coupons, hasFields: true },
  'coupon preview': { method: 'POST', path: `${coupons}/preview`, hasFields: true, changesNothing: true },
  'coupon update': { method: 'PUT', path: `${coupons}/{couponId}`, ids: ['couponId'], hasFields: true },
  'coupon delete': { method: 'DELETE', path: `${coupons}/{couponId}`, ids: ['couponId'] },
  'code list': { method: 'GET', path: codes, query: ['coupon', 'code', 'customer', 'active'] },
  'code show': { method: 'GET', path: `${codes}/{promotionCodeId}`, ids: ['promotionCodeId'] },
  'code create': { method: 'POST', path: codes, hasFields: true },
  'code update': { method: 'PUT', path: `${codes}/{promotionCodeId}`, ids: ['promotionCodeId'], hasFields: true },
  'code bulk': { method: 'POST', path: bulk, ids: ['couponId'], hasFields: true },
  'code job': { method: 'GET', path: `${bulk}/{jobId}`, ids: ['couponId', 'jobId'] },
  'code made': { method: 'GET', path: `${bulk}/{jobId}/codes`, ids: ['couponId', 'jobId'], query: [] },
  'own-key whoami': { method: 'GET', path: '/me' },
  'own-key list': { method: 'GET', path: '/keys', query: [] },
  'own-key show': { method: 'GET', path: '/keys/{keyId}', ids: ['keyId'] },
  'own-key create': { method: 'POST', path: '/keys', hasFields: true },
  'own-key update': { method: 'PUT', path: '/keys/{keyId}', ids: ['keyId'], hasFields: true },
  'own-key rotate': { method: 'POST', path: '/keys/{keyId}/rotate', ids: ['keyId'], hasFields: true },
  'own-key revoke': { method: 'POST', path: '/keys/{keyId}/revoke', ids: ['keyId'] },
  'own-key freeze': { method: 'POST', path: '/keys/{keyId}/freeze', ids: ['keyId'] },
  'own-key unfreeze': { method: 'POST', path: '/keys/{keyId}/unfreeze', ids: ['keyId'] },
  'event list': {
    method: 'GET',
    path: '/events',
    query: ['account', 'object', 'key', 'request', 'since', 'unanswered'],
  },
  'code cancel': { method: 'POST', path: `${bulk}/{jobId}/cancel`, ids: ['couponId', 'jobId'] },
}

/** The commands that call the API, by their names. */
export const apiCommands: Record<string, Command> = Object.fromEntries(
  Object.entries(operations).map(([name, operation]) => [name, command(name, operation)]),
)
