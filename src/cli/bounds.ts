import type { Bounds } from '../agencies/bounds.ts'
import { createNetworkCheck } from '../agencies/networks.ts'
import { guardSecondsMax } from '../idempotency/guard.ts'
import { isAccountId } from '../lib/account-id.ts'
import { currencies } from '../lib/currencies.ts'
import { isScope, scopes } from '../lib/scopes.ts'
import { type Command, UsageError } from './command.ts'
import { readDuration } from './durations.ts'

type Values = Parameters<Command['run']>[0]['values']

/** The options that limit a key, of `key create` and `key update`. */
export const boundOptions = {
  scope: { type: 'string', multiple: true },
  account: { type: 'string', multiple: true },
  expires: { type: 'string' },
  network: { type: 'string', multiple: true },
  'max-percent': { type: 'string' },
  'max-amount': { type: 'string', multiple: true },
  'max-months': { type: 'string' },
  'no-forever': { type: 'boolean' },
  'changes-per-day': { type: 'string' },
  guard: { type: 'string' },
} as const

export const boundHelp = `  --scope SCOPE             what it may do; again for more. Without: all but keys:manage. One of
                            ${scopes.slice(0, 4).join(', ')},
                            ${scopes.slice(4).join(', ')}
  --account ACCOUNT         sees only this account of the agency; again for more
  --expires DURATION        stops working after it: 30d, 24h, 60s
  --network CIDR            works only from this network; again for more
  --max-percent PERCENT     largest percentage; no amounts, unless --max-amount gives them
  --max-amount USD=CENTS    largest amount of a currency, in its smallest unit; again for more; no other currency, and
                            no percentages, unless --max-percent gives them
  --max-months MONTHS       longest duration; forever is longer
  --no-forever              no coupon that lasts forever
  --changes-per-day COUNT   most changes in a day of UTC; each code of a bulk job is one
  --guard DURATION          an equal request without an Idempotency-Key gets the first one's result so long; 24h at most`

/** Lifts a limit again. */
const lifted = 'any'

/** What the options change of a key's bounds; a limit whose value is `any` is lifted. @throws UsageError */
export function readBounds(values: Values): Partial<Bounds> {
  const changed: Partial<Bounds> = {}
  const one = (option: string) => (typeof values[option] === 'string' ? values[option] : undefined)
  const many = (option: string) => (Array.isArray(values[option]) ? values[option].map(String) : undefined)
  const unlessLifted = <T>(text: string, read: (text: string) => T) => (text === lifted ? undefined : read(text))
  const listUnlessLifted = (texts: string[]) => (texts.length === 1 && texts[0] === lifted ? undefined : texts)

  const scopesGiven = many('scope')
  if (scopesGiven) changed.scopes = scopesGiven.map(readScope)
  const accounts = many('account')
  if (accounts) changed.accounts = listUnlessLifted(accounts)?.map(readAccount)
  const networks = many('network')
  if (networks) changed.networks = listUnlessLifted([...new Set(networks)])?.map(readNetwork)
  const percent = one('max-percent')
  if (percent !== undefined) changed.maxPercent = unlessLifted(percent, readPercent)
  const amounts = many('max-amount')
  if (amounts) changed.maxAmounts = amountsBy(listUnlessLifted(amounts))
  const months = one('max-months')
  if (months !== undefined) changed.maxMonths = unlessLifted(months, (text) => readCount('max-months', text))
  if (values['no-forever'] === true) changed.noForever = true
  if (values['forever'] === true) changed.noForever = undefined
  const perDay = one('changes-per-day')
  if (perDay !== undefined) changed.changesPerDay = unlessLifted(perDay, (text) => readCount('changes-per-day', text))
  const guard = one('guard')
  if (guard !== undefined) changed.guardSeconds = guard === 'off' ? undefined : readGuard(guard)
  return changed
}

/** When the key expires: in milliseconds since 1970, null for never; undefined where nothing is said of it. */
export function readExpiry({ expires }: Values): number | null | undefined {
  if (typeof expires !== 'string') return undefined
  return expires === 'never' ? null : Date.now() + readDuration('expires', expires) * 1_000
}

function readScope(text: string) {
  if (isScope(text)) return text
  throw new UsageError(`--scope takes one of ${scopes.join(', ')}.`)
}

function readAccount(text: string): string {
  if (isAccountId(text)) return text
  throw new UsageError('--account takes the id of an account: acct_…')
}

function readNetwork(text: string): string {
  try {
    createNetworkCheck([text])
    return text
  } catch {
    throw new UsageError('--network takes an address or a CIDR block: 192.0.2.0/24')
  }
}

function readPercent(text: string): number {
  const percent = /^\d{1,3}(\.\d{1,2})?$/.test(text) ? Number(text) : 0
  if (percent >= 1 && percent <= 100) return percent
  throw new UsageError('--max-percent takes a number from 1 to 100.')
}

function amountsBy(texts: string[] | undefined): Record<string, number> | undefined {
  if (!texts) return undefined
  const amounts = texts.map((text): [string, number] => {
    const [, currency = '', amount] = /^([a-z]{3}|[a-z_]{4,9})=([1-9]\d{0,11})$/.exec(text) ?? []
    if (currencies.includes(currency)) return [currency, Number(amount)]
    throw new UsageError('--max-amount takes a currency and an amount in its smallest unit: usd=5000')
  })
  return Object.fromEntries(amounts)
}

function readCount(option: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new UsageError(`--${option} takes a number from 1 on.`)
}

function readGuard(text: string): number {
  const seconds = readDuration('guard', text)
  if (seconds <= guardSecondsMax) return seconds
  throw new UsageError('--guard takes 24h at most: Stripe remembers no longer.')
}
