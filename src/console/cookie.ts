import type { FastifyReply, FastifyRequest } from 'fastify'

/** A cookie with `__Secure-` in its name cannot be set over plain HTTP, by which nobody else could plant one. */
const nameFor = ({ protocol }: FastifyRequest) => `${protocol === 'https' ? '__Secure-' : ''}chatdash_session`

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
  const secure = request.protocol === 'https' ? '; Secure' : ''
  const attributes = `Max-Age=${seconds}; Path=/console; HttpOnly; SameSite=Strict${secure}`
  void reply.header('set-cookie', `${nameFor(request)}=${token}; ${attributes}`)
}
