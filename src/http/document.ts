import { fastify, type FastifyInstance, type RouteOptions } from 'fastify'
import { Type } from 'typebox'
import { isRecord } from '../lib/is-record.ts'
import { readVersion } from '../lib/version.ts'
import { type Access, needsKey } from './route-rules.ts'
import { answerHeaders, type Described, withHeaders } from './answer-headers.ts'
import { ignoredQuery, refusals } from '../schema/errors.ts'
import { publicPath } from '../schema/params.ts'
import type { OpenApi } from './operations.ts'
import { staticAnswer } from './static-answer.ts'
import { sentenceKeywords } from './validation.ts'

/** The contract gives its operations no ids, and so generators name their methods after the paths: these names must stay. */
const namedByPath = new Set(['createCoupon', 'updateCoupon'])

type SecurityScheme = { description: string } & (
  { type: 'apiKey'; in: 'header'; name: string } | { type: 'http'; scheme: 'bearer' }
)

/** What the document of an API says beside its operations. */
export type About = {
  info: { title: string; description: string }
  /** The beginning of the operations' paths. */
  base: string
  tags: { name: string; description: string }[]
  headers: object
  securityScheme: Record<string, SecurityScheme>
  /** Who may read the document. */
  access: Access
  /** Whether the scheme is asked of those who may call a route. */
  isGuarded: (access: Access | undefined) => boolean
  /** Declares the headers of the answers. */
  withHeaders: (document: Described) => Described
}

const publicApi: About = {
  info: { title: 'ChatDash API Documentation', description: 'API Documentation for the ChatDash Server' },
  base: publicPath,
  tags: [
    {
      name: 'Stripe Connect',
      description:
        'Coupons and promotion codes of connected accounts. Unknown fields and unknown query parameters are refused, so that ' +
        'a misspelt one is never ignored; an empty query parameter counts as absent.',
    },
    { name: 'Events', description: 'What the agency asked for, and what became of it.' },
    {
      name: 'API Keys',
      description:
        'The keys of the agency. A key with the scope `keys:manage` manages the keys that may do no more than itself; the others look ' +
        'like keys that do not exist.',
    },
  ],
  headers: answerHeaders,
  securityScheme: {
    apiKey: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      description: 'An API key of the agency, bare or after `Bearer `.',
    },
  },
  access: 'public',
  isGuarded: needsKey,
  withHeaders,
}

/**
 * Collects the routes that follow into the OpenAPI 3.0 document, which `/openapi.json` serves and the result makes. It is
 * made when it is first asked for, because what makes it is large.
 */
export function addDocument(server: FastifyInstance, about: About = publicApi): () => Promise<OpenApi> {
  const routes: RouteOptions[] = []
  server.addHook('onRoute', (route) => void routes.push(route))
  const document = async (): Promise<OpenApi> =>
    JSON.parse(JSON.stringify(await documentOf(about, routes, Object.values(server.getSchemas()))))

  server.get('/openapi.json', {
    config: { access: about.access },
    schema: {
      hide: true,
      operationId: 'openapi',
      summary: 'This document',
      querystring: ignoredQuery,
      response: {
        200: Type.Unsafe({ description: 'OK', type: 'object', additionalProperties: true }),
        304: Type.Unsafe({ description: 'Not Modified', type: 'null' }),
        ...refusals('invalid_request', 'rate_limited', 'internal'),
      },
    },
    handler: staticAnswer(async () => JSON.stringify(await document()), {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
    }),
  })
  return document
}

/** The plugin documents the routes of the server it is registered on, so they are added to one that never listens. */
async function documentOf(about: About, routes: readonly RouteOptions[], schemas: unknown[]): Promise<object> {
  const { default: swagger } = await import('@fastify/swagger')
  const scheme = Object.keys(about.securityScheme).map((name) => ({ [name]: [] }))
  const server = fastify({ exposeHeadRoutes: false })
  server.setValidatorCompiler(() => () => true).setSerializerCompiler(() => () => '')
  for (const schema of schemas) server.addSchema(schema)
  await server.register(swagger, {
    openapi: {
      openapi: '3.0.3',
      info: {
        ...about.info,
        version: readVersion(),
        license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      },
      // The plugin takes this from the beginning of each path.
      servers: [{ url: about.base, description: 'This server' }],
      tags: about.tags,
      components: { headers: { ...about.headers }, securitySchemes: about.securityScheme },
    },
    refResolver: { buildLocalReference: ({ $id }) => (typeof $id === 'string' ? $id : 'Unnamed') },
    transformObject: (document) =>
      'openapiObject' in document ? about.withHeaders(asOpenApi30(document.openapiObject)) : {},
    transform: ({ schema, url, route }) => {
      const { operationId = '', ...others } = schema
      return {
        url,
        schema: {
          ...others,
          ...(!namedByPath.has(operationId) && { operationId }),
          // Who may call a route is declared once, in its config.
          security: about.isGuarded(route.config?.access) ? scheme : [],
        },
      }
    },
  })
  for (const { method, url, schema, config, handler } of routes) {
    if (method !== 'HEAD') server.route({ method, url, handler, ...(schema && { schema }), ...(config && { config }) })
  }
  await server.ready()
  return server.swagger()
}

/**
 * OpenAPI 3.0 has one `example` instead of `examples`, and propertyNames only as an extension. The keywords that word our
 * refusals are removed.
 */
function asOpenApi30(document: object): Described {
  const adapt = (_: string, value: unknown) => {
    if (!isRecord(value) || Array.isArray(value)) return value
    const { propertyNames, ...others } = value
    const schema: Record<string, unknown> = {
      ...others,
      ...(isRecord(propertyNames) && { 'x-propertyNames': propertyNames }),
    }
    for (const keyword of sentenceKeywords) delete schema[keyword]
    if (!Array.isArray(schema['examples'])) return schema
    const { examples, ...rest } = schema
    return { ...rest, example: examples[0] }
  }
  return JSON.parse(JSON.stringify(document, adapt))
}
