import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../lib/refusal.ts'

/** Where other APIs take a key. */
const otherHeaders = ['x-api-key', 'api-key', 'apikey', 'x-auth-token']
const remedy = 'Send one of your agency’s API keys in the Authorization header, bare or after `Bearer `.'

/**
 * The refusal of a request whose Authorization header holds no key, with the remedy; undefined if there is something to look up.
 * It depends on the form of the headers alone and reveals nothing about the existence of a key.
 */
export function misplacedKey(headers: IncomingHttpHeaders): Refusal | undefined {
  const { authorization } = headers
  if (!authorization) {
    const other = otherHeaders.find((name) => headers[name] !== undefined)
    return refused(other === undefined ? 'There is no API key.' : `A key in the ${other} header is not read.`)
  }
  if (/^bearer *$/i.test(authorization)) return refused('There is no API key after `Bearer`.')
  const scheme = /^(bearer:|[a-z]{1,20}:?(?= ))/i.exec(authorization)?.[0]
  if (scheme === undefined || /^bearer$/i.test(scheme)) return undefined
  return refused(`\`${scheme}\` does not go before the key.`)
}

function refused(message: string): Refusal {
  return new Refusal('unauthenticated', `${message} ${remedy}`)
}
