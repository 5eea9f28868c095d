import { StripeError } from './errors.ts'

const basic = /^basic\s+([a-z0-9+/=_-]+)$/i
const bearer = /^bearer\s+(\S+)$/i
const secretKey = /^(?:sk|rk)_(test|live)_[A-Za-z0-9_]{1,240}$/

function unauthorized(message: string, code?: string): StripeError {
  return new StripeError(message, {
    status: 401,
    code,
    stage: 'routing',
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
 * Reads the API key from the Authorization header. Documented: Bearer, or Basic with the key as user name. Told: the
 * wording. Unlike Stripe, every well-formed secret or restricted key belongs to the one platform.
 */
export function authenticate(header: string | undefined): { livemode: boolean; key: string } {
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

/** Documented: 403 account_invalid with one text for unknown, unconnected and revoked accounts, so that none can be told apart. */
export function noSuchAccount(key: string, account: string): StripeError {
  const shown = account.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100)
  return new StripeError(
    `The provided key '${masked(key)}' does not have access to account '${shown}' (or that account does not exist). Application access may have been revoked.`,
    { status: 403, code: 'account_invalid', stage: 'routing' },
  )
}
