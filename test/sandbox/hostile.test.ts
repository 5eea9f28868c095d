import { request } from 'node:http'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { serveSandbox } from '../../src/sandbox/server.ts'
import { check, open, type Open } from '../support/sandbox.ts'
import { schemaViolation } from '../support/sandbox-schemas.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const many = { seed, numRuns: 300 }

const inputs: [what: string, body: string][] = [
  ['random words', 'lorem ipsum dolor'],
  ['JSON', '{"percent_off": 25}'],
  ['a body of ten megabytes', `name=${'x'.repeat(10 * 1024 * 1024)}`],
  ['deep nesting', `metadata${'[a]'.repeat(10_000)}=1`],
  ['sixteen levels', `a${'[b]'.repeat(17)}=1`],
  ['__proto__', '__proto__[polluted]=1&percent_off=5'],
  ['constructor.prototype', 'constructor[prototype][polluted]=1&percent_off=5'],
  ['toString', 'toString=1&percent_off=5'],
  ['a nested __proto__', 'percent_off=5&applies_to[__proto__][products][0]=x'],
  ['a lone surrogate in bytes', 'percent_off=5&name=%ED%A0%80'],
  ['a lone surrogate as it is', 'percent_off=5&name=\ud800'],
  ['bytes that are not UTF-8', 'percent_off=5&name=%FF%FE'],
  ['broken percent-encoding', 'percent_off=5&name=%E0%A4%A'],
  ['a percent sign alone', 'percent_off=5&name=100%'],
  ['10,000 keys', Array.from({ length: 10_000 }, (_, n) => `k${n}=v`).join('&')],
  [
    '10,000 keys of metadata',
    `percent_off=5&${Array.from({ length: 10_000 }, (_, n) => `metadata[k${n}]=v`).join('&')}`,
  ],
  ['a NUL character', 'percent_off=5&name=a%00b'],
  ['a NUL in a key', 'percent_off=5&metadata[a%00b]=c'],
  ['a scalar that is a map as well', 'percent_off=5&metadata=x&metadata[a]=b'],
  ['a map that is a scalar as well', 'percent_off=5&metadata[a]=b&metadata=x'],
  ['a list that is a map as well', 'percent_off=5&expand[]=applies_to&expand[a]=b'],
  ['a bracket that does not close', 'percent_off=5&metadata[a=b'],
  ['nothing in the brackets', 'percent_off=5&metadata[][a]=b'],
  ['a number beyond all numbers', `percent_off=${'9'.repeat(400)}`],
  ['a number in hexadecimal', 'percent_off=0x10'],
  ['infinity', 'percent_off=Infinity'],
  ['a text for a list', 'percent_off=5&expand=applies_to'],
  ['a map for a text', 'percent_off=5&name[a]=b'],
  ['a time beyond all times', 'percent_off=5&redeem_by=9007199254740991'],
]

describe('bad input', () => {
  let s: Open
  beforeEach(() => {
    s = open()
  })

  async function untouched(): Promise<void> {
    expect((await s.ok('GET', '/v1/coupons')).data).toEqual([])
    expect({}).not.toHaveProperty('polluted')
  }

  test.each(inputs)('%s is a 4xx of the usual kind and changes nothing', async (_what, raw) => {
    const { status } = await s.refused('POST', '/v1/coupons', {}, { raw })
    expect(status).toBeLessThan(500)
    await untouched()
  })

  test.each(inputs)('in a query too: %s', async (_what, raw) => {
    expect(await s.refused('GET', '/v1/coupons', {}, { raw })).toMatchObject({ type: 'invalid_request_error' })
  })

  test('a key of metadata called __proto__ is a key like another', async () => {
    const { text } = await s.call('POST', '/v1/coupons', {}, { raw: 'percent_off=5&metadata[__proto__]=x' })
    expect(text).toContain('"metadata":{"__proto__":"x"}')
    expect({}).not.toHaveProperty('x')
  })

  test.each(['application/json', 'multipart/form-data', 'text/plain'])('%s is refused', async (type) => {
    const { status } = await s.refused('POST', '/v1/coupons', { percent_off: 5 }, { headers: { 'content-type': type } })
    expect(status).toBe(400)
    await untouched()
  })

  test.each(['%', '%ff', '%00', 'a'.repeat(9000), '%E0%A4%A', '..%2f..%2fetc', '\ud800'])(
    'the id %s is no id',
    async (id) => {
      const { status } = await s.refused('GET', `/v1/coupons/${id}`)
      expect(status).toBeLessThan(500)
    },
  )

  test.each(['authorization', 'stripe-version', 'stripe-account', 'idempotency-key', 'sandbox-fault'])(
    `whatever %s holds, the answer is well made (seed ${seed})`,
    async (name) => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (value) => {
          const { status, headers } = await s.call(
            'POST',
            '/v1/coupons',
            { percent_off: 'x' },
            { headers: { [name]: value } },
          )
          expect(status).toBeLessThan(500)
          for (const header of Object.values(headers)) expect(header).toMatch(/^[\x20-\x7e]*$/)
        }),
        many,
      )
    },
  )

  test(`random forms never break it (seed ${seed})`, async () => {
    const name = fc.constantFrom(
      'percent_off',
      'amount_off',
      'currency',
      'name',
      'metadata',
      'expand',
      'id',
      'duration',
      'applies_to',
      'redeem_by',
    )
    const bracket = fc.constantFrom('', '[]', '[0]', '[a]', '[products]', '[__proto__]', '[', ']', '[[]]')
    const value = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed())),
      fc.string(),
      fc.integer().map(String),
    )
    const pair = fc.tuple(name, bracket, bracket, value).map(([a, b, c, d]) => `${a}${b}${c}=${d}`)
    await fc.assert(
      fc.asyncProperty(fc.array(pair, { maxLength: 6 }), async (pairs) => {
        const { status } = await s.call('POST', '/v1/coupons', {}, { raw: pairs.join('&') })
        expect(status).toBeLessThan(500)
      }),
      many,
    )
  })

  test(`random bytes over the port never break it (seed ${seed})`, async () => {
    const server = await serveSandbox({ file: ':memory:', host: '127.0.0.1', port: 0 })
    onTestFinished(() => server.close())
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const { status, text } = await post(server.url, Buffer.from(bytes))
        check('POST', {
          status,
          headers: { 'content-type': 'application/json', 'request-id': 'req_00000000000000', 'stripe-version': 'x' },
          body: text,
        })
        expect([400, 413]).toContain(status)
      }),
      { seed, numRuns: 100 },
    )
  })

  test('ten megabytes over the port are answered 413 and the connection goes on', async () => {
    const server = await serveSandbox({ file: ':memory:', host: '127.0.0.1', port: 0 })
    onTestFinished(() => server.close())
    expect(await post(server.url, Buffer.alloc(10 * 1024 * 1024, 'a'))).toMatchObject({ status: 413 })
    expect(await post(server.url, Buffer.from('percent_off=5'))).toMatchObject({ status: 200 })
  })
})

test.each(['constructor', '__proto__', 'toString', 'TRACE', 'PUT', ''])(
  'the method %s is an unknown URL',
  async (method) => {
    const { refused } = open()
    for (const path of ['/v1/coupons', '/v1/coupons/A', '/', '', '?']) {
      expect(await refused(method, path)).toMatchObject({ status: 404 })
    }
  },
)

test('an unexpected failure inside is an api_error and no more', async () => {
  const { sandbox } = open()
  sandbox.close()
  const response = await sandbox.send({
    method: 'GET',
    path: '/v1/coupons',
    headers: { authorization: 'Bearer sk_test_x1y' },
    body: '',
  })
  expect(response.status).toBe(500)
  expect(JSON.parse(response.body)).toMatchObject({ error: { type: 'api_error' } })
  expect(schemaViolation(500, JSON.parse(response.body))).toBe(undefined)
})

function post(url: string, body: Buffer): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const headers = { authorization: 'Bearer sk_test_sandbox', 'content-type': 'application/x-www-form-urlencoded' }
  const sent = request(`${url}/v1/coupons`, { method: 'POST', headers }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => (text += chunk))
    response.on('end', () => {
      const status = response.statusCode ?? 0
      const wrong = schemaViolation(status, JSON.parse(text))
      if (wrong === undefined) resolve({ status, text })
      else reject(new Error(wrong))
    })
  })
  sent.on('error', reject)
  sent.end(body)
  return promise
}
