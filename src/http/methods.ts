import type { FastifyInstance } from 'fastify'

/** The methods that the router itself takes for this request target, in alphabetical order. */
export function methodsOf(server: FastifyInstance, url: string): string[] {
  return server.supportedMethods.filter((method) => server.findRoute({ method, url }) !== null).toSorted()
}
