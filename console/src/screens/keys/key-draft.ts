import { type Scope, scopes } from '../../../../src/lib/scopes.ts'
import type { ApiKey } from '../../api/client.ts'
import type { KeyChanges } from '../../api/keys.ts'
import type { FieldErrors } from '../../components/use-write-form.ts'
import { parseMoney, plainAmount } from '../../lib/money.ts'
import { localTime, unixSecond } from '../../lib/time.ts'

/** A key's limits as they are typed; what is empty is no limit. */
export type KeyDraft = {
  name: string
  scopes: Scope[]
  accounts: string[]
  percent: string
  /** One amount a line: `usd 50.00`. */
  amounts: string
  months: string
  noForever: boolean
  changesPerDay: string
  networks: string
  expires: string
}

export const keyFields = [
  'data.name',
  'data.scopes',
  'data.accounts',
  'data.max_percent',
  'data.max_amounts',
  'data.max_months',
  'data.no_forever',
  'data.changes_per_day',
  'data.networks',
  'data.expires_at',
]

/** A draft with the limits of a key: its own, to change them, or those that a new one gets from the key that makes it. */
export function draftOf(key: ApiKey, name: string, chosen: readonly string[]): KeyDraft {
  return {
    name,
    scopes: scopes.filter((scope) => chosen.includes(scope)),
    accounts: key.accounts ?? [],
    percent: text(key.max_percent),
    amounts: Object.entries(key.max_amounts ?? {})
      .map(([currency, amount]) => `${currency} ${plainAmount(amount, currency)}`)
      .join('\n'),
    months: text(key.max_months),
    noForever: key.no_forever,
    changesPerDay: text(key.changes_per_day),
    networks: (key.networks ?? []).join('\n'),
    expires: key.expires_at === null ? '' : localTime(key.expires_at),
  }
}

type Limits = Required<Omit<KeyChanges, 'guard_seconds'>>

/** What is sent, with null for no limit, and what is wrong with it. */
export function readKey(draft: KeyDraft): { data: Limits; errors: FieldErrors } {
  const errors: FieldErrors = {}
  if (draft.name.trim() === '') errors['data.name'] = 'Say what uses the key.'
  if (draft.scopes.length === 0) errors['data.scopes'] = 'Choose what the key may do.'
  const number = (typed: string, field: string): number | null => {
    if (typed.trim() === '') return null
    const value = Number(typed)
    if (!Number.isFinite(value)) errors[field] = 'This must be a number.'
    return value
  }
  const amounts = amountsOf(draft.amounts)
  if (amounts === undefined)
    errors['data.max_amounts'] = 'Write one amount a line and a currency once, as in usd 50.00.'
  const end = unixSecond(draft.expires)
  if (Number.isNaN(end)) errors['data.expires_at'] = 'This must be a date and time.'
  const networks = draft.networks.split(/[\s,]+/).filter((network) => network !== '')
  return {
    data: {
      name: draft.name.trim(),
      scopes: draft.scopes,
      accounts: draft.accounts.length > 0 ? draft.accounts : null,
      max_percent: number(draft.percent, 'data.max_percent'),
      max_amounts: amounts && Object.keys(amounts).length > 0 ? amounts : null,
      max_months: number(draft.months, 'data.max_months'),
      no_forever: draft.noForever,
      changes_per_day: number(draft.changesPerDay, 'data.changes_per_day'),
      networks: networks.length > 0 ? networks : null,
      expires_at: end ?? null,
    },
    errors,
  }
}

/** Only what differs, so that a limit that nobody touched keeps the seconds that a form cannot show. */
export function changesIn(draft: KeyDraft, before: KeyDraft): { data: KeyChanges; errors: FieldErrors } {
  const { data, errors } = readKey(draft)
  const former = readKey(before).data
  const isChanged = ([field, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(Object.entries(former).find(([name]) => name === field)?.[1])
  return { data: Object.fromEntries(Object.entries(data).filter(isChanged)), errors }
}

function amountsOf(typed: string): Record<string, number> | undefined {
  const amounts: Record<string, number> = {}
  for (const line of typed.split('\n').filter((each) => each.trim() !== '')) {
    const [, currency = '', value = ''] = /^([a-z]{3,4})[\s=:]+(\S+)$/.exec(line.trim().toLowerCase()) ?? []
    const amount = parseMoney(value, currency)
    if (amount === undefined || amounts[currency] !== undefined) return undefined
    amounts[currency] = amount
  }
  return amounts
}

function text(value: number | null): string {
  return value === null ? '' : String(value)
}
