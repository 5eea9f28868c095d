import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { curlOf, variableOf } from '../../src/http/curl.ts'
import { exampleBodies } from '../../src/http/examples.ts'
import { type OpenApi, operationsOf } from '../../src/http/operations.ts'
import { document, operations } from '../support/document.ts'
import { type TestServer, startTestServer } from '../support/server.ts'

const openApi: OpenApi = JSON.parse(JSON.stringify(document))
const shown = operationsOf(openApi)
const run = promisify(execFile)
/** A machine without curl skips the commands. */
const hasCurl = spawnSync('curl', ['--version']).status === 0

test('each answer has examples on /docs, which are what it is documented to be', () => {
  const ajv = new Ajv({ strict: false }).addSchema(document, 'document')
  for (const operation of shown) {
    for (const [status, answer] of Object.entries(operation.responses)) {
      const bodies = exampleBodies(status, answer, operation, openApi)
      expect(bodies, `${operation.summary} ${status}`).not.toEqual([])
      const schema = JSON.parse(
        JSON.stringify(answer.content?.['application/json']?.schema ?? {}).replaceAll('#/', 'document#/'),
      )
      for (const body of answer.content?.['application/json'] ? bodies : []) {
        expect(ajv.validate(schema, JSON.parse(body)), `${body}: ${ajv.errorsText()}`).toBe(true)
      }
    }
  }
})

/** Every operation with its documented example, on an account that has what the examples speak of. */
describe('the documented example', () => {
  let server: TestServer
  let path: string
  beforeAll(async () => {
    server = await startTestServer()
    path = server.coupons.replace(/\/coupons$/, '')
  })
  afterAll(() => server.close())

  const post = async (what: string, data: object) => {
    const { status, body } = await server.call(path + what, { method: 'POST', body: { data } })
    expect(status).toBeLessThan(300)
    return String(body['id'])
  }

  /** The ids that a path can need, each of an object made for this one call. */
  const idsFor = async (template: string): Promise<Record<string, string>> => {
    const isAboutCoupon = template.includes('{couponId}') || template.includes('/promotion-codes')
    const gone = await server.call(`${server.coupons}/SUMMER20`, { method: 'DELETE' })
    expect([200, 404]).toContain(gone.status)
    const couponId = isAboutCoupon ? await post('/coupons', { id: 'SUMMER20', percent_off: 25 }) : ''
    const promotionCodeId = isAboutCoupon ? await post('/promotion-codes', { coupon: couponId }) : ''
    const jobId = template.includes('{jobId}') ? await post('/coupons/SUMMER20/promotion-codes/bulk', { count: 2 }) : ''
    const keyId = template.includes('{keyId}') ? (await server.openKey(server)).keyId : ''
    return { accountId: server.accountId, couponId, promotionCodeId, jobId, keyId }
  }

  test.each(operations)('of $name is answered with success', async ({ method, path: template, example, operation }) => {
    const ids = await idsFor(template)
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '')
    const { status } = await server.call(filled, { method, ...(example && { body: example }) })
    const success = Object.keys(operation.responses).filter((documented) => documented < '300')
    expect(success).toEqual([String(status)])
  })

  test.skipIf(!hasCurl).each(shown)('of $summary is answered with success as a curl command', async (operation) => {
    const ids = await idsFor(operation.path)
    const env = { CHATDASH_URL: server.url, CHATDASH_API_KEY: server.key, PATH: process.env['PATH'] }
    const variables = Object.entries(ids).map(([name, id]) => [variableOf(name), id])
    const command = `${curlOf(operation)} -sS -o /dev/null -w '%{http_code}'`
    const { stdout } = await run('sh', ['-c', command], { env: { ...env, ...Object.fromEntries(variables) } })
    expect(Object.keys(operation.responses)).toContain(stdout)
    expect(stdout).toMatch(/^2/)
  })
})
