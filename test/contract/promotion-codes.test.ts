import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  databases,
  expectRefusal,
  type TestServer,
  journalOf,
  startTestServer,
} from '../support/server.ts'
import { answerWith, openStub } from '../support/stripe-stub.ts'

const soon = Math.floor(Date.now() / 1000) + 86_400
const fields =
  'id object active code coupon created customer customer_account expires_at livemode max_redemptions metadata ' +
  'restrictions times_redeemed'
const codesOf = (answer: Answer) => (answer.body['data'] as { code: string }[]).map(({ code }) => code)

describe.each(databases)('promotion codes, on %s', (database) => {
  let server: TestServer
  let path: string
  beforeAll(async () => {
    server = await startTestServer({ database })
    path = server.coupons.replace(/coupons$/, 'promotion-codes')
    for (const id of ['TEN', 'CAPPED']) {
      const data = { id, percent_off: 10, ...(id === 'CAPPED' && { max_redemptions: 5, redeem_by: soon }) }
      await server.call(server.coupons, { method: 'POST', body: { data } })
    }
  })
  afterAll(() => server.close())

  const create = (data: unknown) => server.call(path, { method: 'POST', body: { data } })
  const update = (id: unknown, data: unknown) => server.call(`${path}/${String(id)}`, { method: 'PUT', body: { data } })

  test('has the whole coupon inline', async () => {
    const { status, body } = await create({
      coupon: 'TEN',
      code: 'Summer-2026',
      max_redemptions: 3,
      metadata: { a: 'b' },
    })
    expect(status).toBe(201)
    expect(Object.keys(body)).toEqual(fields.split(' '))
    const coupon = (await server.call(`${server.coupons}/TEN`)).body
    expect(body).toMatchObject({
      object: 'promotion_code',
      active: true,
      code: 'Summer-2026',
      coupon,
      customer: null,
      expires_at: null,
      max_redemptions: 3,
      metadata: { a: 'b' },
      restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
      times_redeemed: 0,
    })
    expect((await server.call(`${path}/${String(body['id'])}`)).body).toEqual(body)
  })

  test('without a code gets one, and keeps its restrictions', async () => {
    const restrictions = { first_time_transaction: true, minimum_amount: 5000, minimum_amount_currency: 'USD' }
    const { body } = await create({ coupon: 'TEN', restrictions, expires_at: soon, active: false })
    expect(body).toMatchObject({
      active: false,
      code: expect.stringMatching(/^[A-Z0-9]{8}$/),
      expires_at: soon,
      restrictions: { ...restrictions, minimum_amount_currency: 'usd' },
    })
  })

  test.each<[string, object, string | undefined, RegExp]>([
    ['no coupon', {}, 'data.coupon', /required/],
    ['an unknown coupon', { coupon: 'NOPE' }, 'data.coupon', /No such coupon/],
    ['a code with a space', { coupon: 'TEN', code: 'a b' }, 'data.code', /letters, digits/],
    ['an empty code', { coupon: 'TEN', code: '' }, 'data.code', /empty/],
    ['an unknown customer', { coupon: 'TEN', customer: 'cus_no' }, 'data.customer', /No such customer/],
    ['0 redemptions', { coupon: 'TEN', max_redemptions: 0 }, 'data.max_redemptions', /at least 1/],
    ['more redemptions than the coupon', { coupon: 'CAPPED', max_redemptions: 6 }, 'data.max_redemptions', /./],
    ['an expiry after the coupon', { coupon: 'CAPPED', expires_at: soon + 10 }, 'data.expires_at', /./],
    ['an expiry in the past', { coupon: 'TEN', expires_at: 1000 }, 'data.expires_at', /future/],
    [
      'a minimum without currency',
      { coupon: 'TEN', restrictions: { minimum_amount: 5 } },
      'data.restrictions.minimum_amount_currency',
      /required/,
    ],
    [
      'a currency without minimum',
      { coupon: 'TEN', restrictions: { minimum_amount_currency: 'usd' } },
      'data.restrictions.minimum_amount',
      /required/,
    ],
    [
      'an unknown restriction',
      { coupon: 'TEN', restrictions: { wat: 1 } },
      'data.restrictions.wat',
      /not a known field/,
    ],
    ['an unknown field', { coupon: 'TEN', promotion: {} }, 'data.promotion', /not a known field/],
  ])('refuses %s, names the field and says why', async (_, data, param, why) => {
    const answer = await create(data)
    expectRefusal(answer, 400, 'invalid_request', { param, outcome: 'not_applied' })
    expect(answer.body['error']).toMatch(why)
  })

  test('refuses an expiry in the past before Stripe is asked', async () => {
    const answer = await create({ coupon: 'TEN', expires_at: 1000 })
    expectRefusal(answer, 400, 'invalid_request', { param: 'data.expires_at' })
    expect(answer.headers.has('stripe-request-id')).toBe(false)
  })

  test('refuses a code that an active one has, whatever the case, and takes it when that one is off', async () => {
    const first = await create({ coupon: 'TEN', code: 'TAKEN' })
    expectRefusal(await create({ coupon: 'TEN', code: 'taken' }), 409, 'already_exists', { param: 'data.code' })
    expect((await update(first.body['id'], { active: false })).body).toMatchObject({ active: false, code: 'TAKEN' })
    expect((await create({ coupon: 'TEN', code: 'taken' })).status).toBe(201)
  })

  test('refuses to switch on a code whose text another has by now, naming the field that was sent', async () => {
    const first = await create({ coupon: 'TEN', code: 'TWICE', active: false })
    await create({ coupon: 'TEN', code: 'TWICE' })
    expectRefusal(await update(first.body['id'], { active: true }), 409, 'already_exists', { param: 'data.active' })
  })

  test('merges metadata and clears it', async () => {
    const { body } = await create({ coupon: 'TEN', metadata: { a: '1', b: '2' } })
    expect((await update(body['id'], { metadata: { a: null, c: '3' } })).body['metadata']).toEqual({ b: '2', c: '3' })
    expect((await update(body['id'], { metadata: null })).body['metadata']).toEqual({})
  })

  test('changes nothing where an update has nothing in it, and refuses one of a term that cannot be changed', async () => {
    const { body } = await create({ coupon: 'TEN' })
    expect(await update(body['id'], {})).toMatchObject({ status: 200, body })
    expectRefusal(await update(body['id'], { code: 'OTHER' }), 400, 'invalid_request', { param: 'data.code' })
  })

  test.each(['promo_nope', '%2E%2E', 'a%2Fb'])('finds no code %s', async (id) => {
    expectRefusal(await server.call(`${path}/${id}`), 404, 'not_found', { param: 'promotionCodeId' })
    expectRefusal(await update(id, { active: false }), 404, 'not_found', { param: 'promotionCodeId' })
  })

  test('lists all, by coupon, and by each filter, in pages', async () => {
    const tenant = await server.openTenant()
    const codes = tenant.coupons.replace(/coupons$/, 'promotion-codes')
    const as = { key: tenant.key }
    for (const id of ['X', 'Y']) {
      await server.call(tenant.coupons, { method: 'POST', ...as, body: { data: { id, percent_off: 10 } } })
    }
    for (const [coupon, code, active] of [
      ['X', 'ONE', true],
      ['Y', 'TWO', true],
      ['X', 'THREE', false],
    ] as const) {
      expect(
        (await server.call(codes, { method: 'POST', ...as, body: { data: { coupon, code, active } } })).status,
      ).toBe(201)
    }
    const list = async (url: string) => codesOf(await server.call(url, as))
    expect(await list(codes)).toEqual(['THREE', 'TWO', 'ONE'])
    expect(await list(`${tenant.coupons}/X/promotion-codes`)).toEqual(['THREE', 'ONE'])
    expect(await list(`${codes}?coupon=Y`)).toEqual(['TWO'])
    expect(await list(`${codes}?active=false`)).toEqual(['THREE'])
    expect(await list(`${codes}?code=one`)).toEqual(['ONE'])
    expect(await list(`${codes}?created[gt]=${soon}`)).toEqual([])
    expect(await list(`${codes}?created[lte]=${soon}&active=true`)).toEqual(['TWO', 'ONE'])
    const first = await server.call(`${codes}?limit=2`, as)
    expect(await list(`${codes}?starting_after=${String(first.body['next_cursor'])}`)).toEqual(['ONE'])
    const inside = (await server.call(codes, as)).body['data'] as { coupon: { id: string } }[]
    expect(inside.map(({ coupon }) => coupon.id)).toEqual(['X', 'Y', 'X'])
  })

  test.each([
    ['?active=maybe', 'active'],
    ['?created=yesterday', 'created'],
    ['?created[gte]=-1', 'created[gte]'],
    ['?coupon=NOPE', 'coupon'],
    ['?limit=101', 'limit'],
    ['?starting_after=promo_nope', 'starting_after'],
  ])('refuses %s, naming the parameter', async (query, param) => {
    expectRefusal(await server.call(path + query), 400, 'invalid_request', { param })
  })

  test('has no list for a coupon that does not exist', async () => {
    expectRefusal(await server.call(`${server.coupons}/NOPE/promotion-codes`), 404, 'not_found', { param: 'couponId' })
  })

  test('a code of a deleted coupon is off and still shows the coupon', async () => {
    await server.call(server.coupons, { method: 'POST', body: { data: { id: 'GOING', percent_off: 5 } } })
    const { body } = await create({ coupon: 'GOING' })
    await server.call(`${server.coupons}/GOING`, { method: 'DELETE' })
    const after = await server.call(`${path}/${String(body['id'])}`)
    expect(after.body).toMatchObject({ active: false, coupon: { id: 'GOING', valid: false } })
  })

  test('writes each change into the journal', async () => {
    const { headers } = await create({ coupon: 'TEN', code: 'JOURNALED' })
    const rows = await journalOf(server)
    expect(rows.find((row) => row.request_id === headers.get('request-id'))).toMatchObject({
      operation: 'promotion_code.create',
      outcome: 'applied',
      object_id: expect.stringMatching(/^promo_/),
    })
  })
})

test('a code whose coupon Stripe no longer returns has a null coupon, as the document allows', async () => {
  const code = {
    id: 'promo_1',
    object: 'promotion_code',
    active: false,
    code: 'GONE',
    created: 1_700_000_000,
    customer: null,
    customer_account: null,
    expires_at: null,
    livemode: false,
    max_redemptions: null,
    metadata: {},
    promotion: { type: 'coupon', coupon: null },
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
  }
  const stub = await openStub(answerWith(200, code))
  const server = await startTestServer({ stripe: stub.origin })
  const answer = await server.call(server.coupons.replace(/coupons$/, 'promotion-codes/promo_1'))
  expect(answer).toMatchObject({ status: 200, body: { id: 'promo_1', coupon: null } })
  await server.close()
  await stub.close()
})
