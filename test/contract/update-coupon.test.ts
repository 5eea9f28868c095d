import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases, expectRefusal, type TestServer, journalOf, startTestServer } from '../support/server.ts'

describe.each(databases)('update coupon, on %s', (database) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ database })
    const first = { id: 'SUMMER20', name: 'Summer Sale', percent_off: 25, metadata: { a: '1', b: '2' } }
    await server.call(server.coupons, { method: 'POST', body: { data: first } })
    const second = { id: 'TEN', name: 'Ten', amount_off: 1000, currency: 'usd' }
    await server.call(server.coupons, { method: 'POST', body: { data: second } })
  })
  afterAll(() => server.close())

  const update = (id: string, data: unknown) =>
    server.call(`${server.coupons}/${id}`, { method: 'PUT', body: { data } })

  test('answers the documented example with 200 and the whole coupon, unwrapped', async () => {
    const { status, body } = await update('SUMMER20', { name: 'Winter Sale' })
    expect(status).toBe(200)
    expect(Object.keys(body)).toHaveLength(15)
    expect(body).toMatchObject({ id: 'SUMMER20', object: 'coupon', name: 'Winter Sale', percent_off: 25, valid: true })
  })

  test('changes nothing where data is empty, and writes the change into the journal once', async () => {
    const before = (await server.call(`${server.coupons}/SUMMER20`)).body
    const answer = await update('SUMMER20', {})
    expect(answer).toMatchObject({ status: 200, body: before })
    const rows = await journalOf(server)
    expect(rows.filter((row) => row.request_id === answer.headers.get('request-id'))).toMatchObject([
      { operation: 'coupon.update', target: 'SUMMER20', outcome: 'applied', terms: '{}' },
    ])
  })

  test.each([[null], ['']])('clears the name with %j, which then reads as the id', async (name) => {
    await update('SUMMER20', { name: 'Something' })
    expect((await update('SUMMER20', { name })).body['name']).toBe('SUMMER20')
  })

  test('merges metadata, removes a key with null or "", and all of it with null', async () => {
    expect((await update('SUMMER20', { metadata: { c: '3' } })).body['metadata']).toEqual({ a: '1', b: '2', c: '3' })
    expect((await update('SUMMER20', { metadata: { a: null, b: '' } })).body['metadata']).toEqual({ c: '3' })
    expect((await update('SUMMER20', { metadata: null })).body['metadata']).toEqual({})
  })

  test('adds the amount in another currency, but does not change one that is there', async () => {
    expect((await update('TEN', { currency_options: { eur: { amount_off: 900 } } })).status).toBe(200)
    expectRefusal(await update('TEN', { currency_options: { eur: { amount_off: 1 } } }), 400, 'invalid_request')
  })

  test.each<[string, unknown, string, RegExp]>([
    ['a blank name', { name: '   ' }, 'data.name', /blank/],
    ['a name of 41 characters', { name: 'x'.repeat(41) }, 'data.name', /40/],
    ['a name that is a number', { name: 5 }, 'data.name', /string or null/],
    [
      'a term of the discount',
      { percent_off: 50 },
      'data.percent_off',
      /cannot change after creation. Make a new coupon/,
    ],
    ['metadata that is not text', { metadata: { a: 5 } }, 'data.metadata.a', /string or null/],
    ['options of a percentage', { currency_options: { eur: { amount_off: 5 } } }, 'data.currency_options', /./],
    ['an unknown currency', { currency_options: { xyz: { amount_off: 5 } } }, 'data.currency_options.xyz', /currency/],
    ['data as text', 'x', 'data', /object/],
  ])('refuses %s and changes nothing', async (_, data, param, why) => {
    const before = (await update('SUMMER20', { metadata: { untouched: 'yes' } })).body
    const answer = await update('SUMMER20', data)
    expectRefusal(answer, 400, 'invalid_request', { param, outcome: 'not_applied' })
    expect(answer.body['error']).toMatch(why)
    expect((await update('SUMMER20', { metadata: { untouched: 'yes' } })).body).toEqual(before)
  })

  test.each([
    ['an id that nobody gave', 'NOPE'],
    ['the folder above', '%2E%2E'],
    ['this folder', '%2E'],
    ['a way round to another coupon', 'SUMMER20%2F..%2FTEN'],
    ['4,000 characters', 'x'.repeat(4000)],
  ])('finds no coupon under %s', async (_, id) => {
    const answer = await update(id, { name: 'x' })
    expectRefusal(answer, 404, 'not_found', { param: 'couponId', outcome: 'not_applied' })
  })

  test('renames a coupon whose id needs encoding', async () => {
    const id = '10 % off / für Ä?#&'
    await server.call(server.coupons, { method: 'POST', body: { data: { id, percent_off: 10 } } })
    const { status, body } = await update(encodeURIComponent(id), { name: 'Odd' })
    expect({ status, id: body['id'], name: body['name'] }).toEqual({ status: 200, id, name: 'Odd' })
  })

  test.each(['%ff', '%'])('refuses the path %s, which is not text', async (id) => {
    expectRefusal(await update(id, { name: 'x' }), 400, 'invalid_request')
  })

  test('refuses control characters in the id', async () => {
    expectRefusal(await update('a%00b', { name: 'x' }), 400, 'invalid_request', { param: 'couponId' })
  })

  test('writes the refused change into the journal too', async () => {
    const answer = await update('GONE', { name: 'x' })
    const rows = await journalOf(server)
    expect(rows.find((row) => row.request_id === answer.headers.get('request-id'))).toMatchObject({
      operation: 'coupon.update',
      target: 'GONE',
      outcome: 'not_applied',
      code: 'not_found',
    })
  })
})
