import type { FastifyReply, FastifyRequest } from 'fastify'

const isOverTls = ({ protocol }: FastifyRequest) => protocol === 'https'

/**
 * Browsers take a cookie whose name begins with `__Host-` from this very host over TLS alone, so that neither a sister host nor
 * plain HTTP can plant one. The name demands `Path=/`; that only the console's calls read the cookie is this server's own rule.
 */
const nameFor = (request: FastifyRequest) => `${isOverTls(request) ? '__Host-' : ''}chatdash_session`

/** The token in the cookie of the session; undefined where there is none, or two of which nobody knows who set them. */
export function readToken(request: FastifyRequest): string | undefined {
  const [token, ...others] = readTokens(request)
  return others.length === 0 ? token : undefined
}

/** The tokens in all cookies of the session's name, whoever set them: enough to end a session, not to use one. */
export function readTokens(request: FastifyRequest): string[] {
  const prefix = `${nameFor(request)}=`
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
  return cookies.filter((cookie) => cookie.startsWith(prefix)).map((cookie) => cookie.slice(prefix.length))
}

/** Gives the browser the token for so many seconds; an empty one and 0 take it away. */
export function writeToken(request: FastifyRequest, reply: FastifyReply, token: string, seconds: number): void {
  const [path, secure] = isOverTls(request) ? ['/', '; Secure'] : ['/console', '']
  const attributes = `Max-Age=${seconds}; Path=${path}; HttpOnly; SameSite=Strict${secure}`
  void reply.header('set-cookie', `${nameFor(request)}=${token}; ${attributes}`)
}
