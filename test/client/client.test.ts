import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { type Chatdash, createChatdash, LostError, RefusedError } from '../../client/client.ts'
import { answerWith, coupon, cutBody, hang, openStub, reset, stripeError, succeed } from '../support/stripe-stub.ts'
import { type TestServer, startTestServer } from '../support/server.ts'

const coupons = '/stripe/connect/accounts/{accountId}/coupons'

describe('the client', () => {
  let server: TestServer
  let client: Chatdash
  let path: { accountId: string }
  beforeAll(async () => {
    server = await startTestServer()
    client = createChatdash({ url: server.url, apiKey: server.key })
    path = { accountId: server.accountId }
  })
  afterAll(() => server.close())

  test('creates, renames, retrieves and deletes, typed by the document', async () => {
    const created = await client.POST(coupons, { params: { path }, body: { data: { id: 'TYPED', percent_off: 25 } } })
    expectTypeOf(created.data?.percent_off).toEqualTypeOf<number | null | undefined>()
    expect(created.data).toMatchObject({ id: 'TYPED', percent_off: 25 })
    const one = { params: { path: { ...path, couponId: 'TYPED' } } }
    const renamed = await client.PUT(`${coupons}/{couponId}`, { ...one, body: { data: { name: 'New' } } })
    expect(renamed.data?.name).toBe('New')
    expect((await client.GET(`${coupons}/{couponId}`, one)).data).toEqual(renamed.data)
    expect((await client.DELETE(`${coupons}/{couponId}`, one)).data?.deleted).toBe(true)
  })

  test('gives a refusal as it is', async () => {
    const { data, error, response } = await client.POST(coupons, {
      params: { path },
      body: { data: { percent_off: 500 } },
    })
    expect(data).toBe(undefined)
    expect(error).toMatchObject({ code: 'invalid_request', param: 'data.percent_off', outcome: 'not_applied' })
    expect(response.status).toBe(400)
  })

  test('makes an Idempotency-Key for a write, and keeps one that is given', async () => {
    const body = { data: { percent_off: 5 } }
    const made = await client.POST(coupons, { params: { path }, body })
    expect(made.response.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
    const headers = { 'idempotency-key': 'mine' }
    const [first, again] = [
      await client.POST(coupons, { params: { path }, body, headers }),
      await client.POST(coupons, { params: { path }, body, headers }),
    ]
    expect(again.data?.id).toBe(first.data?.id)
    expect(again.response.headers.get('idempotent-replayed')).toBe('true')
  })

  test('goes through all of a list, page after page', async () => {
    const tenant = await server.openTenant()
    const own = createChatdash({ url: server.url, apiKey: tenant.key })
    const params = { path: { accountId: tenant.accountId } }
    for (let index = 0; index < 5; index += 1) {
      await own.POST(coupons, { params, body: { data: { id: `P${index}`, percent_off: 5 } } })
    }
    const ids: string[] = []
    for await (const one of own.all(coupons, { ...params, query: { limit: 2 } })) {
      expectTypeOf(one.times_redeemed).toEqualTypeOf<number>()
      ids.push(one.id)
    }
    expect(ids).toEqual(['P4', 'P3', 'P2', 'P1', 'P0'])
    const accounts: string[] = []
    for await (const { id } of own.all('/stripe/connect/accounts', {})) accounts.push(id)
    expect(accounts).toEqual([tenant.accountId])
  })

  test('throws the refusal of a page', async () => {
    const iterator = client.all(coupons, { path: { accountId: 'acct_nobody' } })
    await expect(iterator.next()).rejects.toThrow(RefusedError)
    // @ts-expect-error -- a single coupon is not a list
    await expect(client.all(`${coupons}/{couponId}`, { path: { ...path, couponId: 'X' } }).next()).rejects.toThrow()
  })
})

test('says so where it was not the API that answered a page', async () => {
  const proxy = await openStub(answerWith(502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' }))
  const client = createChatdash({ url: proxy.origin, apiKey: 'CD.x', retriesMax: 0 })
  await expect(client.all(coupons, { path: { accountId: 'acct_1' } }).next()).rejects.toThrow('HTTP 502')
  await proxy.close()
})

describe('the client retries', () => {
  const open = async (...behaviours: Parameters<typeof openStub>) => {
    const stub = await openStub(...behaviours)
    const server = await startTestServer({ stripe: stub.origin, retriesMax: 0 })
    const client = createChatdash({ url: server.url, apiKey: server.key })
    const answer = await client.POST(coupons, {
      params: { path: { accountId: server.accountId } },
      body: { data: { percent_off: 10 } },
    })
    const keys = new Set(stub.seen.map((request) => request.headers['idempotency-key']))
    await server.close()
    await stub.close()
    return { ...answer, keys, tries: stub.seen.length }
  }

  test('what may succeed, with the same key', async () => {
    const { data, keys, tries } = await open(stripeError(429, { code: 'rate_limit' }), succeed)
    expect({ id: data?.id, keys: keys.size, tries }).toEqual({ id: coupon.id, keys: 1, tries: 2 })
  })

  test('not what cannot', async () => {
    const { error, tries } = await open(stripeError(400, { message: 'No.' }), succeed)
    expect({ code: error?.code, tries }).toEqual({ code: 'invalid_request', tries: 1 })
  })

  test('not a DELETE that may have been done, whose second try would be told that there is nothing', async () => {
    const stub = await openStub(cutBody, stripeError(404, { code: 'resource_missing', param: 'coupon' }))
    const server = await startTestServer({ stripe: stub.origin })
    const client = createChatdash({ url: server.url, apiKey: server.key })
    const params = { path: { accountId: server.accountId, couponId: 'X' } }
    const { error } = await client.DELETE(`${coupons}/{couponId}`, { params })
    expect({ code: error?.code, outcome: error?.outcome, tries: stub.seen.length }).toEqual({
      code: 'stripe_unavailable',
      outcome: 'unknown',
      tries: 1,
    })
    await server.close()
    await stub.close()
  })

  /** In place of the API: its first answer is cut, and so are all where no next one is given. */
  const openCut = async (...next: Parameters<typeof openStub>) => {
    const stub = await openStub(cutBody, ...next)
    const client = createChatdash({ url: stub.origin, apiKey: 'CD.x', retriesMax: 1 })
    const params = { path: { accountId: 'acct_1' } }
    const create = () => client.POST(coupons, { params, body: { data: { percent_off: 10 } } })
    const keys = () => stub.seen.map((request) => request.headers['idempotency-key'])
    return { stub, client, params, create, keys }
  }

  test('where the connection breaks inside the answer, with the same key', async () => {
    const { stub, create, keys } = await openCut(answerWith(201, coupon))
    const { data, response } = await create()
    expect({ id: data?.id, status: response.status }).toEqual({ id: coupon.id, status: 201 })
    expect(keys()).toEqual([expect.any(String), keys()[0]])
    await stub.close()
  })

  test('and where no answer comes whole, tells the key to ask again with', async () => {
    const { stub, create, keys } = await openCut()
    const error = await create().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(LostError)
    expect(keys()).toEqual([keys()[0], keys()[0]])
    expect(error).toMatchObject({ idempotencyKey: keys()[0], cause: expect.any(Error) })
    await stub.close()
  })

  test.each([
    ['a page', '<html>Gateway Time-out</html>'],
    ['nothing', ''],
  ])(
    'where a proxy answers with %s in place of the API, with the same key, which it tells at last',
    async (_, page) => {
      const answers = Array.from({ length: 2 }, () => answerWith(504, page, { 'content-type': 'text/html' }))
      const stub = await openStub(...answers, answerWith(201, coupon), ...answers)
      const client = createChatdash({ url: stub.origin, apiKey: 'CD.x' })
      const create = () =>
        client.POST(coupons, { params: { path: { accountId: 'acct_1' } }, body: { data: { percent_off: 10 } } })
      expect((await create()).data?.id).toBe(coupon.id)
      const hasted = createChatdash({ url: stub.origin, apiKey: 'CD.x', retriesMax: 1 })
      const error = await hasted
        .POST(coupons, { params: { path: { accountId: 'acct_1' } }, body: { data: { percent_off: 10 } } })
        .catch((thrown: unknown) => thrown)
      const keys = stub.seen.map((request) => request.headers['idempotency-key'])
      expect(error).toBeInstanceOf(LostError)
      expect(keys).toEqual([keys[0], keys[0], keys[0], keys[3], keys[3]])
      expect(error).toMatchObject({ idempotencyKey: keys[3], cause: { message: 'HTTP 504, and not from the API.' } })
      await stub.close()
    },
  )

  test('not where a proxy refuses to pass the request on, and does not say that it may have been done', async () => {
    const stub = await openStub(answerWith(413, '<html>Too large</html>', { 'content-type': 'text/html' }))
    const client = createChatdash({ url: stub.origin, apiKey: 'CD.x' })
    const refused = client.POST(coupons, { params: { path: { accountId: 'acct_1' } }, body: { data: {} } })
    const error = await refused.catch((thrown: unknown) => thrown)
    expect(error).not.toBeInstanceOf(LostError)
    expect(error).toMatchObject({ message: 'HTTP 413, and not from the API.' })
    expect(stub.seen).toHaveLength(1)
    await stub.close()
  })

  test('not a DELETE whose answer is cut', async () => {
    const { stub, client, params } = await openCut()
    const one = { params: { path: { ...params.path, couponId: 'X' } } }
    const error = await client.DELETE(`${coupons}/{couponId}`, one).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(LostError)
    expect(stub.seen).toHaveLength(1)
    await stub.close()
  })

  test('not where the caller has lost interest', async () => {
    const stub = await openStub(stripeError(429, { code: 'rate_limit' }))
    const server = await startTestServer({ stripe: stub.origin })
    const client = createChatdash({ url: server.url, apiKey: server.key })
    const abort = new AbortController()
    const asked = client.GET(coupons, { params: { path: { accountId: server.accountId } }, signal: abort.signal })
    await expect.poll(() => stub.seen.length).toBe(1)
    abort.abort()
    await expect(asked).rejects.toThrow('abort')
    await server.close()
    await stub.close()
  })

  test('not for ever', async () => {
    // Each of our tries is two of the SDK's: it repeats a closed connection once whatever it is told.
    const { error, tries } = await open(reset)
    expect({ code: error?.code, outcome: error?.outcome, tries }).toEqual({
      code: 'stripe_unavailable',
      outcome: 'unknown',
      tries: 6,
    })
  })
})

describe('where the caller gives up', () => {
  /** In place of the API: it answers nothing. Each request is given up once it has arrived. */
  const open = async () => {
    const stub = await openStub(hang)
    const client = createChatdash({ url: stub.origin, apiKey: 'CD.x' })
    const abort = new AbortController()
    const giveUp = async (asked: Promise<unknown>) => {
      const thrown = asked.catch((error: unknown) => error)
      await expect.poll(() => stub.seen.length).toBe(1)
      abort.abort(new DOMException('Too late.', 'TimeoutError'))
      return await thrown
    }
    return { stub, client, signal: abort.signal, giveUp }
  }
  const path = { accountId: 'acct_1', couponId: 'X' }
  const one = `${coupons}/{couponId}` as const

  test.each<[string, (client: Chatdash, signal: AbortSignal) => Promise<unknown>]>([
    [
      'POST',
      (client, signal) => client.POST(coupons, { params: { path }, body: { data: { percent_off: 10 } }, signal }),
    ],
    ['PUT', (client, signal) => client.PUT(one, { params: { path }, body: { data: { name: 'New' } }, signal })],
  ])('on a %s that was sent, tells the key to ask again with, and why it was given up', async (_, ask) => {
    const { stub, client, signal, giveUp } = await open()
    const error = await giveUp(ask(client, signal))
    expect(error).toBeInstanceOf(LostError)
    expect(error).toMatchObject({ idempotencyKey: stub.seen[0]?.headers['idempotency-key'] })
    expect(error).toHaveProperty('cause', signal.reason)
    await stub.close()
  })

  test.each<[string, (client: Chatdash, signal: AbortSignal) => Promise<unknown>]>([
    ['GET', (client, signal) => client.GET(one, { params: { path }, signal })],
    ['DELETE', (client, signal) => client.DELETE(one, { params: { path }, signal })],
  ])('on a %s, throws the reason itself', async (_, ask) => {
    const { stub, client, signal, giveUp } = await open()
    expect(await giveUp(ask(client, signal))).toBe(signal.reason)
    await stub.close()
  })

  test('before anything was sent, throws the reason itself', async () => {
    const { stub, client } = await open()
    const signal = AbortSignal.abort()
    const asked = client.POST(coupons, { params: { path }, body: { data: { percent_off: 10 } }, signal })
    expect(await asked.catch((error: unknown) => error)).toBe(signal.reason)
    expect(stub.seen).toEqual([])
    await stub.close()
  })
})
