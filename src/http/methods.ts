import type { FastifyInstance } from 'fastify'

/** The methods that the router itself takes for this request target, in alphabetical order. */
export function methodsOf(server: FastifyInstance, url: string): string[] {
  return server.supportedMethods.filter((method) => server.findRoute({ method, url }) !== null).toSorted()
}

/** Whether a request or a route of this method changes nothing (RFC 9110, section 9.2.1), and reads no body. */
export function isRead({ method }: { method: string | string[] }): boolean {
  return method === 'GET' || method === 'HEAD'
}
