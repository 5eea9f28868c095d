import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../lib/refusal.ts'

/** Where other APIs take a key. */
const otherHeaders = ['x-api-key', 'api-key', 'apikey', 'x-auth-token']
const remedy = 'Send one of your agency’s API keys in the Authorization header, bare or after `Bearer `.'

/**
 * Refuses a request whose Authorization header holds nothing to look up, with the remedy. It depends on the form of the headers
 * alone and reveals nothing about the existence of a key.
 */
export function refuseMisplacedKey(headers: IncomingHttpHeaders): void {
  const { authorization } = headers
  if (!authorization) {
    const other = otherHeaders.find((name) => headers[name] !== undefined)
    refuse(other === undefined ? 'There is no API key.' : `A key in the ${other} header is not read.`)
  }
  if (/^bearer *$/i.test(authorization)) refuse('There is no API key after `Bearer`.')
  const scheme = /^(bearer:|[a-z]{1,20}:?(?= ))/i.exec(authorization)?.[0]
  if (scheme !== undefined && !/^bearer$/i.test(scheme)) refuse(`\`${scheme}\` does not go before the key.`)
}

function refuse(message: string): never {
  throw new Refusal('unauthenticated', `${message} ${remedy}`)
}
