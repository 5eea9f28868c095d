import { StripeError } from './errors.ts'

const basic = /^basic\s+([a-z0-9+/=_-]+)$/i
const bearer = /^bearer\s+(\S+)$/i
const secretKey = /^(?:sk|rk)_(test|live)_[A-Za-z0-9_]{3,240}$/

function unauthorized(message: string, code?: string): StripeError {
  return new StripeError(message, {
    status: 401,
    code,
    by: 'gate',
    headers: { 'www-authenticate': 'Bearer realm="Stripe"' },
  })
}

function masked(key: string): string {
  const plain = key.replaceAll(/[^\x21-\x7e]/g, '?')
  const prefix = /^[a-z]+_(?:test_|live_)?/.exec(plain)?.[0] ?? ''
  const tail = plain.length > prefix.length + 4 ? plain.slice(-4) : ''
  return prefix + '*'.repeat(Math.min(plain.length - prefix.length - tail.length, 64)) + tail
}

function keyIn(header: string): string | undefined {
  const encoded = basic.exec(header)?.[1]
  if (encoded !== undefined) return Buffer.from(encoded, 'base64').toString('latin1').split(':')[0]
  return bearer.exec(header)?.[1]
}

/**
 * Who calls. Documented: Bearer, or Basic with the key as the user. Told: the words. A sandbox of its own: any well-formed
 * secret or restricted key is the platform's, and its mode decides which state it sees.
 */
export function readKey(header: string | undefined): { livemode: boolean; key: string } {
  const key = header === undefined ? undefined : keyIn(header.trim())
  if (key === undefined || key === '') {
    throw unauthorized(
      `You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.`,
    )
  }
  if (/^pk_(?:test|live)_/.test(key)) {
    throw unauthorized(
      'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
      'secret_key_required',
    )
  }
  const mode = secretKey.exec(key)?.[1]
  if (mode === undefined) throw unauthorized(`Invalid API Key provided: ${masked(key)}`)
  return { livemode: mode === 'live', key }
}

/** Recorded as 403 in the documented code list: one text for unknown, not connected and revoked, so none is told apart. */
export function noSuchAccount(key: string, account: string): StripeError {
  const shown = account.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100)
  return new StripeError(
    `The provided key '${masked(key)}' does not have access to account '${shown}' (or that account does not exist). Application access may have been revoked.`,
    { status: 403, code: 'account_invalid', by: 'gate' },
  )
}

export const newestVersion = '2026-10-28.endive'
const named = /^(20\d\d-\d\d-\d\d)(?:\.([a-z]+))?$/

/**
 * The API version asked for. Recorded: junk is refused before the endpoint. Guessed: since the stored list of versions is
 * not public, any real date is known, with a release's name from 2024-09-30 on and without one before.
 */
export function readVersion(header: string | undefined): string {
  if (header === undefined || header === newestVersion) return newestVersion
  const [, date, name] = named.exec(header) ?? []
  const at = Date.parse(`${date}T00:00:00Z`)
  const isReal = date !== undefined && !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
  if (!isReal || (date < '2024-09-30' ? name : !name)) {
    const shown = header.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100)
    throw new StripeError(`Invalid Stripe API version: ${shown}`, { by: 'gate' })
  }
  return header
}

/** Documented: since 2025-09-30.clover a promotion code has `promotion` instead of `coupon`. */
export function hasPromotion(version: string): boolean {
  return version >= '2025-09-30'
}
