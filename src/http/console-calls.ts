import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../lib/refusal.ts'
import { isRead } from './methods.ts'
import { publicPath } from '../schema/params.ts'

export const consolePath = '/console'
const pagePrefix = `${consolePath}/`
const callPrefix = `${consolePath}${publicPath}/`

/** The URL by which a request is routed: `/console/v1/public/…` is the operation of the public API that follows `/console`. */
export function routedUrl({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  return url.startsWith(callPrefix) ? url.slice(consolePath.length) : url
}

/**
 * Whether the console's page calls, which its session authenticates. Any other spelling of the same route, such as an encoded path or an
 * absolute URL, is no such call, and needs a key.
 */
export function isConsoleCall(request: FastifyRequest): boolean {
  return request.originalUrl.startsWith(pagePrefix)
}

/**
 * Refuses what another site’s page may have sent with this browser’s cookie: a write without the server’s own Origin, and anything that the
 * browser itself says comes from elsewhere. @throws Refusal `not_allowed`
 */
export function requireSameOrigin(request: FastifyRequest): void {
  const { headers, protocol, host } = request
  const { origin, 'sec-fetch-site': site = 'same-origin' } = headers
  const own = `${protocol}://${host}`
  const isOwn = URL.canParse(own) && new URL(own).origin === origin
  if (site === 'same-origin' && (isRead(request) || isOwn)) return
  throw new Refusal(
    'not_allowed',
    'Only the console’s own page may send this: its Origin must be the address of this server, which behind a proxy is known by ' +
      'TRUST_PROXY, X-Forwarded-Proto and X-Forwarded-Host or Host.',
  )
}
