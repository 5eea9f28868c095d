import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, databases, expectRefusal, type TestServer, startTestServer } from '../support/server.ts'

type Item = { id: string; name: string }
const idsOf = (answer: Answer) => (answer.body['data'] as Item[]).map(({ id }) => id)

describe.each(databases)('lists of coupons, on %s', (database) => {
  let server: TestServer
  const made: string[] = []
  beforeAll(async () => {
    server = await startTestServer({ database })
    for (let index = 0; index < 130; index += 1) {
      const data = { id: `C${index}`, percent_off: 10, name: index % 10 === 3 ? `Sommer ${index}` : `Other ${index}` }
      await server.call(server.coupons, { method: 'POST', body: { data } })
      made.unshift(data.id)
    }
  })
  afterAll(() => server.close())

  const list = (query = '') => server.call(`${server.coupons}${query}`)
  const remove = (id: string) => server.call(`${server.coupons}/${id}`, { method: 'DELETE' })

  test('gives the newest fifty, with a cursor for more', async () => {
    const answer = await list()
    expect(idsOf(answer)).toEqual(made.slice(0, 50))
    expect(Object.keys(answer.body)).toEqual(['data', 'has_more', 'next_cursor'])
    expect(answer.body).toMatchObject({ has_more: true, next_cursor: expect.any(String) })
  })

  test.each([1, 7, 50, 100])('in pages of %i gives each coupon once, and no cursor at the end', async (limit) => {
    const seen: string[] = []
    let cursor: unknown = ''
    while (cursor !== null) {
      const page = await list(`?limit=${limit}${cursor === '' ? '' : `&starting_after=${String(cursor)}`}`)
      expect(page.body['has_more']).toBe(page.body['next_cursor'] !== null)
      seen.push(...idsOf(page))
      cursor = page.body['next_cursor']
    }
    expect(seen).toEqual(made)
  })

  test('goes on after a coupon’s own id as well', async () => {
    expect(idsOf(await list('?limit=2&starting_after=C100'))).toEqual(['C99', 'C98'])
  })

  test('goes on after a page whose coupons have all been deleted since', async () => {
    const tenant = await server.openTenant()
    const call = (path: string, options = {}) => server.call(tenant.coupons + path, { key: tenant.key, ...options })
    for (const id of ['A', 'B', 'C', 'D']) await call('', { method: 'POST', body: { data: { id, percent_off: 5 } } })
    const seen: string[] = []
    for (let cursor: unknown = undefined; cursor !== null;) {
      const page: Answer = await call(`?limit=1${cursor === undefined ? '' : `&starting_after=${String(cursor)}`}`)
      for (const id of idsOf(page)) {
        seen.push(id)
        expect((await call(`/${id}`, { method: 'DELETE' })).body).toEqual({ id, object: 'coupon', deleted: true })
      }
      cursor = page.body['next_cursor']
    }
    expect(seen).toEqual(['D', 'C', 'B', 'A'])
  })

  test.each([
    ['?limit=0', 'limit', /at least 1/],
    ['?limit=101', 'limit', /at most 100/],
    ['?limit=ten', 'limit', /integer/],
    ['?limit=0x10', 'limit', /integer/],
    ['?limit=1e1', 'limit', /integer/],
    ['?limit=%2B5', 'limit', /integer/],
    ['?limit=+5', 'limit', /integer/],
    ['?limit=5.0', 'limit', /integer/],
    ['?limit=1&limit=2', 'limit', /integer/],
    ['?starting_after=NOPE', 'starting_after', /No such coupon/],
    ['?starting_after=cur_e30', 'starting_after', /No such coupon/],
    ['?ending_before=C1', 'ending_before', /not a known query parameter/],
    ['?query=%20', 'query', /blank/],
  ])('refuses %s, naming the parameter', async (query, param, why) => {
    const answer = await list(query)
    expectRefusal(answer, 400, 'invalid_request', { param, retryable: false })
    expect(answer.body['error']).toMatch(why)
  })

  test.each(['?limit=', '?starting_after=', '?query=', '?limit=&query=&starting_after='])(
    'takes %s for nothing said',
    async (query) => {
      expect((await list(query)).body).toEqual((await list()).body)
    },
  )

  test('refuses an unknown parameter even without a value', async () => {
    expectRefusal(await list('?qery='), 400, 'invalid_request', { param: 'qery' })
  })

  test('finds by a part of the name or the id, case aside, on all pages', async () => {
    const byName = await list('?query=SOMMER')
    expect(idsOf(byName)).toEqual(made.filter((id) => Number(id.slice(1)) % 10 === 3))
    expect(byName.body).toMatchObject({ has_more: false, search: { searched: 130, bound_reached: false } })
    expect(idsOf(await list('?query=c12'))).toEqual(made.filter((id) => id.startsWith('C12')))
  })

  test('finds in pages too, and each coupon once', async () => {
    const first = await list('?query=sommer&limit=5')
    expect(first.body['has_more']).toBe(true)
    const rest = await list(`?query=sommer&starting_after=${String(first.body['next_cursor'])}`)
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(idsOf(await list('?query=sommer')))
  })

  test('finding nothing is an empty page', async () => {
    expect((await list('?query=nothing-like-it')).body).toMatchObject({ data: [], has_more: false, next_cursor: null })
  })

  test('retrieves one coupon, and after its deletion no more', async () => {
    const data = { id: 'ONCE', percent_off: 5 }
    const created = await server.call(server.coupons, { method: 'POST', body: { data } })
    const path = `${server.coupons}/ONCE`
    expect((await server.call(path)).body).toEqual(created.body)
    expect((await remove('ONCE')).status).toBe(200)
    expectRefusal(await server.call(path), 404, 'not_found', { param: 'couponId' })
    expectRefusal(await remove('ONCE'), 404, 'not_found', { param: 'couponId', outcome: 'not_applied' })
    expect(idsOf(await list())).not.toContain('ONCE')
  })

  test('takes a DELETE that declares a JSON body and has none', async () => {
    await server.call(server.coupons, { method: 'POST', body: { data: { id: 'EMPTY', percent_off: 5 } } })
    const headers = { 'content-type': 'application/json' }
    expect((await server.call(`${server.coupons}/EMPTY`, { method: 'DELETE', headers })).status).toBe(200)
  })
})
