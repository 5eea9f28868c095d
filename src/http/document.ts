import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { noQuery } from './schemas.ts'

/** Collects the routes that follow into the OpenAPI 3.0 document, which `/openapi.json` serves. */
export async function addDocument(server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.0.3',
      info: {
        title: 'ChatDash API',
        description: 'Coupons on the Stripe accounts that an agency has connected.',
        version: '2.0.0',
        license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      },
      servers: [{ url: '/', description: 'This server' }],
      tags: [{ name: 'Stripe Connect', description: 'Coupons of connected accounts' }, { name: 'Operation' }],
      components: {
        securitySchemes: {
          apiKey: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: 'An API key of the agency, bare or after `Bearer `.',
          },
        },
      },
    },
    refResolver: { buildLocalReference: (json) => String(json.$id) },
    // Who may call a route is declared once, in its config.
    transform: ({ schema, url, route }) => ({
      url,
      schema: { ...schema, security: route.config?.access === 'agency' ? [{ apiKey: [] }] : [] },
    }),
  })

  server.get('/openapi.json', {
    config: { access: 'public' },
    schema: {
      operationId: 'openapi',
      tags: ['Operation'],
      summary: 'This document',
      querystring: noQuery,
      response: { 200: Type.Unsafe({ type: 'object', additionalProperties: true }) },
    },
    handler: async () => server.swagger(),
  })
}
