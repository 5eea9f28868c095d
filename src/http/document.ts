import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { isRecord } from '../lib/is-record.ts'
import { answerHeaders, type Described, withHeaders } from './answer-headers.ts'
import { noQuery, refusals } from '../schema/errors.ts'
import { staticAnswer } from './static-answer.ts'

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
      tags: [
        { name: 'Stripe Connect', description: 'Coupons of connected accounts' },
        { name: 'Operation', description: 'For those who run the server' },
      ],
      components: {
        headers: answerHeaders,
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
    refResolver: { buildLocalReference: ({ $id }) => (typeof $id === 'string' ? $id : 'Unnamed') },
    transformObject: (document) =>
      'openapiObject' in document ? withHeaders(asOpenApi30(document.openapiObject)) : {},
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
      response: {
        200: Type.Unsafe({ description: 'OK', type: 'object', additionalProperties: true }),
        304: Type.Unsafe({ description: 'Not Modified', type: 'null' }),
        ...refusals('invalid_request', 'rate_limited', 'internal'),
      },
    },
    handler: staticAnswer(() => JSON.stringify(server.swagger()), {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
    }),
  })
}

/**
 * OpenAPI 3.0 has no propertyNames and one `example` instead of `examples`; what our validator says for a pattern is nobody
 * else's business.
 */
function asOpenApi30(document: object): Described {
  const adapt = (_: string, value: unknown) => {
    if (!isRecord(value) || Array.isArray(value)) return value
    const { propertyNames: _names, 'x-pattern-message': _message, ...schema } = value
    if (!Array.isArray(schema['examples'])) return schema
    const { examples, ...rest } = schema
    return { ...rest, example: examples[0] }
  }
  return JSON.parse(JSON.stringify(document, adapt))
}
