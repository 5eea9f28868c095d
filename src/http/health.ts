import { Type } from 'typebox'
import type { FastifyInstance } from 'fastify'
import { refuseUnavailable } from '../lib/refusal.ts'
import { noQuery, refusals } from '../schema/errors.ts'

/** `/healthz`: the process runs. `/readyz`: it can serve, because its database takes writes. Stripe is not asked. */
export function addHealthRoutes(server: FastifyInstance, checkReadiness: () => Promise<void>): void {
  const status = Type.Object({ status: Type.String() }, { description: 'OK' })

  server.get('/healthz', {
    config: { access: 'probe' },
    schema: {
      operationId: 'healthz',
      tags: ['Operation'],
      summary: 'Is the process alive',
      querystring: noQuery,
      response: { 200: status, ...refusals('invalid_request', 'internal') },
    },
    handler: async () => ({ status: 'ok' }),
  })

  server.get('/readyz', {
    config: { access: 'probe' },
    schema: {
      operationId: 'readyz',
      tags: ['Operation'],
      summary: 'Can the process serve',
      querystring: noQuery,
      response: { 200: status, ...refusals('invalid_request', 'internal', 'unavailable') },
    },
    handler: async () => {
      await checkReadiness().catch(refuseUnavailable)
      return { status: 'ready' }
    },
  })
}
