import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import { expect } from 'vitest'
import type { Schema } from './constraints.ts'
import type { Answer } from './server.ts'

type Operation = {
  operationId?: string
  summary: string
  responses: Record<
    string,
    { content?: Record<string, { schema?: Schema; example?: unknown }>; headers?: Record<string, object> }
  >
  security: object[]
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: { 'application/json': { example: object; schema: Schema } } }
}
type Document = {
  info: { version: string }
  servers: { url: string }[]
  paths: Record<string, Record<string, Operation>>
}

export const document: Document = JSON.parse(readFileSync(new URL('../../openapi/v1.json', import.meta.url), 'utf8'))
const base = document.servers[0]?.url ?? ''

/** Every operation of the document, as it is called: `path` begins with the document's server. */
export const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: operation.operationId ?? operation.summary,
    template,
    path: base + template,
    method: method.toUpperCase(),
    isGuarded: operation.security.length > 0,
    hasBody: operation.requestBody !== undefined,
    /** The documented example of the body. */
    example: operation.requestBody?.content['application/json'].example,
    operation,
  })),
)

const ajv = new Ajv({ strict: false, allErrors: true })
ajv.addSchema(document, 'document')

/** Holds what every answer must: its status and body are documented, it names its request, a guarded one its limit. */
export function checkAnswer(method: string, path: string, { status, headers, body }: Answer): void {
  expect(headers.get('request-id')).toMatch(/^req_[0-9a-f]{24}$/)
  const [type = ''] = (headers.get('content-type') ?? '').split(';')
  if (type !== 'text/csv') expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(headers.get('cache-control')).toBe(path === '/openapi.json' && status === 200 ? 'no-cache' : 'no-store')
  if (status >= 400) {
    expect(body['request_id']).toBe(headers.get('request-id'))
    expect(body['error']).toMatch(/^\S.{5,}$/)
    expect('outcome' in body).toBe(method !== 'GET')
    expect(body['docs']).toBe(`/docs/errors#${String(body['code'])}`)
  }

  const found = operations.find((operation) => operation.method === method && matches(operation.path, path))
  if (!found) {
    if (path.startsWith(base) && body['param'] !== 'path')
      expect(['route_not_found', 'method_not_allowed']).toContain(body['code'])
    return
  }
  const { operation } = found
  expect(Object.keys(operation.responses), `${method} ${path} answered ${JSON.stringify(body)}`).toContain(
    String(status),
  )
  expect(Object.keys(operation.responses[status]?.content ?? {}), `${method} ${path}`).toContain(type)
  const escape = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
  const pointer = ['paths', found.template, method.toLowerCase(), 'responses', String(status)].map(escape).join('/')
  const validate = validatorOf(`document#/${pointer}/content/${escape(type)}/schema`)
  validate(type === 'text/csv' ? body['text'] : body)
  expect(validate.errors, JSON.stringify(body)).toBe(null)
  const declared = Object.keys(operation.responses[status]?.headers ?? {}).map((name) => name.toLowerCase())
  expect([...declared, ...general]).toEqual(expect.arrayContaining([...headers.keys()]))
  // Only a caller who is known has a budget: not one without a good key, nor one whose key could not be looked up, nor
  // one whose path says no operation.
  if (found.isGuarded && status !== 401 && status !== 503 && body['param'] !== 'path')
    expect(headers.get('ratelimit-policy')).toMatch(/^"(agency|address)";q=[1-9]\d*;w=1$/)
}

const validators = new Map<string, ValidateFunction>()

function validatorOf($ref: string): ValidateFunction {
  const validate = validators.get($ref) ?? ajv.compile({ $ref })
  validators.set($ref, validate)
  return validate
}

/** What HTTP has on any answer. */
const general = [
  'cache-control',
  'connection',
  'content-disposition',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-content-type-options',
]

function matches(template: string, path: string): boolean {
  const pattern = template.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]*')
  return new RegExp(`^${pattern}$`).test(path.split('?')[0] ?? '')
}
