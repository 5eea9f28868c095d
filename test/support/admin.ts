import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect } from 'vitest'
import { type AdminOptions, createAdminServer } from '../../src/admin/server.ts'
import { createLog } from '../../src/http/log.ts'
import { createStripeClient } from '../../src/stripe/client.ts'
import type { TestServer } from './server.ts'

type Operation = {
  operationId: string
  requestBody?: { content: { 'application/json': { example: { data: object } } } }
  responses: Record<string, { content?: Record<string, unknown> }>
}
type Document = { paths: Record<string, Record<string, Operation>> }
type Call = { method?: string; data?: object; headers?: Record<string, string> }

const document: Document = JSON.parse(readFileSync(new URL('../../openapi/admin.json', import.meta.url), 'utf8'))
const ajv = new Ajv({ strict: false, allErrors: true })
ajv.addSchema(document, 'admin')

export const adminToken = 'test-token-of-at-least-32-characters'
export const bearer = { authorization: `Bearer ${adminToken}` }

/** Every operation of the admin API's document; `path` begins with its server. */
export const adminOperations = Object.entries(document.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, { operationId, requestBody, responses }]) => ({
    name: operationId,
    method: method.toUpperCase(),
    template,
    path: `/v1/admin${template}`,
    pattern: new RegExp(`^/v1/admin${template.replace(/\{\w+\}/g, '[^/]+')}$`),
    /** The documented example of the body's `data`. */
    example: requestBody?.content['application/json'].example.data,
    responses,
  })),
)

export type TestAdmin = Awaited<ReturnType<typeof startTestAdmin>>

/** The admin API on the test server's database, sandbox and log, with a listener of its own. */
export async function startTestAdmin(server: TestServer, more: Partial<AdminOptions> = {}) {
  const stripe = createStripeClient({
    secretKey: 'sk_test_server',
    mode: 'sandbox',
    send: (request) => server.sandbox.send(request),
    timeoutMs: 5_000,
    retriesMax: 0,
  })
  const log = createLog('info', { write: (line: string) => void server.logged.push(line) })
  const upkeep = { state: () => ({ unsettled: 0 }) }
  const admin = createAdminServer({ token: adminToken, database: server.database, stripe, log, upkeep, ...more })
  const url = await admin.listen({ host: '127.0.0.1', port: 0 })
  /** The operations that were answered with success. */
  const succeeded = new Set<string>()

  return {
    url,
    succeeded,

    /** One request, with the token unless other headers are given; its answer must be a documented one. */
    async call(path: string, { method = 'GET', data, headers = bearer }: Call = {}) {
      const type = { 'content-type': 'application/json' }
      const body = data && { body: JSON.stringify({ data }) }
      const answer = await fetch(url + path, { method, headers: { ...headers, ...(data && type) }, ...body })
      const answered = { status: answer.status, headers: answer.headers, body: JSON.parse(await answer.text()) }
      expect(answer.headers.get('request-id')).toMatch(/^req_/)
      if (answer.status >= 400) expect(answered.body.request_id).toBe(answer.headers.get('request-id'))
      const [bare = ''] = path.split('?')
      const found = adminOperations.find((operation) => operation.method === method && operation.pattern.test(bare))
      if (!found) return answered
      expect(Object.keys(found.responses), JSON.stringify(answered.body)).toContain(String(answer.status))
      const escape = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
      const pointer = ['paths', found.template, method.toLowerCase(), 'responses', String(answer.status)].map(escape)
      const validate = ajv.compile({ $ref: `admin#/${pointer.join('/')}/content/application~1json/schema` })
      validate(answered.body)
      expect(validate.errors, JSON.stringify(answered.body)).toBe(null)
      if (answer.ok) succeeded.add(found.name)
      return answered
    },

    close: () => admin.close(),
  }
}
