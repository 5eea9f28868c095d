import { Type } from 'typebox'
import type { FastifyInstance } from 'fastify'
import { refuseUnavailable } from '../lib/refusal.ts'
import { ignoredQuery, refusals } from '../schema/errors.ts'

/** `/healthz`: the process runs. `/readyz`: it can serve, because its database takes writes. Stripe is not asked. */
export function addHealthRoutes(server: FastifyInstance, checkReadiness: () => Promise<void>): void {
  const status = Type.Object({ status: Type.String() }, { description: 'OK' })

  server.get('/healthz', {
    config: { access: 'probe' },
    schema: {
      hide: true,
      operationId: 'healthz',
      summary: 'Is the process alive',
      querystring: ignoredQuery,
      response: { 200: status, ...refusals('invalid_request', 'internal') },
    },
    handler: async () => ({ status: 'ok' }),
  })

  server.get('/readyz', {
    config: { access: 'probe' },
    schema: {
      hide: true,
      operationId: 'readyz',
      summary: 'Can the process serve',
      querystring: ignoredQuery,
      response: { 200: status, ...refusals('invalid_request', 'internal', 'unavailable') },
    },
    handler: async () => {
      await checkReadiness().catch(refuseUnavailable)
      return { status: 'ready' }
    },
  })
}
