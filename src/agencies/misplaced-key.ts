import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../lib/refusal.ts'

/** Where other APIs take a key. */
const otherHeaders = ['x-api-key', 'api-key', 'apikey', 'x-auth-token']
const remedy = 'Send one of your agency’s API keys in the Authorization header, bare or after `Bearer `.'

/**
 * The refusal of a request that has no key where one belongs, with what to do instead; undefined where there is something to
 * look up. It goes by the form of the headers alone and says nothing of whether a key exists.
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
