import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Refusal } from '../lib/refusal.ts'
import { ignoredQuery, refusals } from '../schema/errors.ts'

/** The key and the account of the demo agency; undefined until they exist. */
export type DemoAccess = () => { apiKey: string; accountId: string } | undefined

/**
 * `/docs/demo.json`: what the forms of `/docs` are filled with, so that they work at once. The key opens nothing but the demo agency of a
 * sandbox, and it is in a file that only its owner can read, so it is given to a browser on the same machine and to nobody else.
 */
export function addDemoAccess(server: FastifyInstance, demo: DemoAccess): void {
  server.get('/docs/demo.json', {
    config: { access: 'public' },
    schema: {
      hide: true,
      operationId: 'demo',
      summary: 'The demo key, on the same machine',
      querystring: ignoredQuery,
      response: {
        200: Type.Object({ api_key: Type.String(), account_id: Type.String() }),
        ...refusals('not_allowed', 'rate_limited', 'internal'),
      },
    },
    handler: async (request) => {
      const found = isLocal(request) ? demo() : undefined
      if (!found) throw new Refusal('not_allowed', 'The demo key is shown to browsers on the same machine only.')
      return { api_key: found.apiKey, account_id: found.accountId }
    },
  })
}

/**
 * Whether a browser on this machine asks for its own page. A proxy adds a forwarding header; the Host of a page whose name was
 * made to point here (DNS rebinding) is that name; another site's script has another Sec-Fetch-Site. What is no browser can send
 * all of these, and a proxy on this machine may add nothing: the key opens the sandbox's demo agency, and nothing else.
 */
export function isLocal({ socket, headers, hostname }: FastifyRequest): boolean {
  const isProxied = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => name in headers)
  return (
    !isProxied &&
    headers['sec-fetch-site'] === 'same-origin' &&
    ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) &&
    /^(::1|(::ffff:)?127\.[\d.]+)$/.test(socket.remoteAddress ?? '')
  )
}
