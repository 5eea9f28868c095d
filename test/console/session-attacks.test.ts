import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { consoleCoupons, openConsole, startConsole, type TestConsole } from '../support/sessions.ts'
import { dial } from '../support/raw.ts'
import { databases, expectRefusal, journalOf, type Tenant } from '../support/server.ts'

const tenPercent = { method: 'POST', body: { data: { percent_off: 10 } } }

describe.each(databases)('against a session of the console, on %s', (database) => {
  let page: TestConsole
  let cookie: string
  let token: string
  let coupons: string
  let stranger: Tenant
  beforeAll(async () => {
    page = await startConsole({ database })
    cookie = await page.openSession()
    token = cookie.replace(/^.*=/, '')
    coupons = consoleCoupons(page.server.accountId)
    stranger = await page.server.openTenant()
  })
  afterAll(() => page.server.close())

  test('the public API takes no cookie', async () => {
    expectRefusal(await page.ask(cookie, page.server.coupons), 401, 'unauthenticated')
    expectRefusal(await page.ask(cookie, page.server.coupons, tenPercent), 401, 'unauthenticated')
  })

  test('the console’s calls take no API key, in the header or in the cookie', async () => {
    const { server, ask } = page
    const key = server.key
    expectRefusal(await ask('', coupons, { headers: { authorization: key } }), 401, 'unauthenticated')
    expectRefusal(await ask(`chatdash_session=${key}`, coupons), 401, 'unauthenticated')
    expectRefusal(await ask('', '/console/session', { headers: { authorization: key } }), 401, 'unauthenticated')
  })

  test('its token is no API key', async () => {
    for (const key of [token, `Bearer ${token}`]) {
      expectRefusal(await page.server.call(page.server.coupons, { key }), 401, 'unauthenticated')
    }
    expectRefusal(await page.signIn(token), 401, 'unauthenticated')
  })

  test('another agency’s key beside the cookie changes nothing', async () => {
    const headers = { authorization: stranger.key }
    expect((await page.ask(cookie, '/console/v1/public/me', { headers })).body['agency']).toMatchObject({
      id: page.server.agencyId,
    })
    expectRefusal(await page.ask(cookie, consoleCoupons(stranger.accountId), { headers }), 404, 'account_not_found')
  })

  test('another agency’s account looks like one that does not exist', async () => {
    for (const call of [{}, tenPercent]) {
      const [theirs, none] = await Promise.all(
        [stranger.accountId, 'acct_0000000000000000'].map((id) => page.ask(cookie, consoleCoupons(id), call)),
      )
      expect(theirs?.status).toBe(404)
      expect({ ...theirs?.body, request_id: '' }).toEqual({ ...none?.body, request_id: '' })
    }
  })

  test('a forged, altered, cut or doubled token gets the same refusal', async () => {
    const flipped = token.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
    const cookies = [
      'chatdash_session=',
      `chatdash_session=${token.slice(0, -1)}`,
      `chatdash_session=${flipped}`,
      `chatdash_session="${token}"`,
      `chatdash_session=${mintApiKey()}`,
      `CHATDASH_SESSION=${token}`,
      `__Host-chatdash_session=${token}`,
      `other=x, chatdash_session=${token}`,
      `${cookie}; ${cookie}`,
      `chatdash_session=${mintApiKey()}; ${cookie}`,
    ]
    const answers = await Promise.all(cookies.map((sent) => page.ask(sent, '/console/v1/public/me')))
    for (const answer of answers) {
      expectRefusal(answer, 401, 'unauthenticated', { error: answers[0]?.body['error'] })
    }
    expect((await page.ask(`other=x; ${cookie};`, '/console/v1/public/me')).status).toBe(200)
  })

  test.each<[string, Record<string, string>]>([
    ['no Origin', { origin: '' }],
    ['an opaque Origin', { origin: 'null' }],
    ['another site’s Origin', { origin: 'https://attacker.example' }],
    ['the Origin of another port', { origin: 'http://127.0.0.1:1' }],
    ['the Origin of another scheme', { origin: 'https://HOST' }],
    ['an Origin that begins like its own', { origin: 'http://HOST.attacker.example' }],
    ['a foreign Referer in place of an Origin', { origin: '', referer: 'http://HOST/console/' }],
    ['another site’s page', { 'sec-fetch-site': 'cross-site' }],
    ['the page of a sister site', { 'sec-fetch-site': 'same-site' }],
  ])('a write with %s is refused, and nothing changes', async (_, sent) => {
    const { server, ask, signIn, signOut } = page
    const { host } = new URL(server.url)
    const headers = Object.fromEntries(
      Object.entries({ origin: server.url, ...sent }).map(([name, value]) => [name, value.replace('HOST', host)]),
    )
    if (headers['origin'] === '') delete headers['origin']
    const call = (path: string, more: object) =>
      server.call(path, { method: 'POST', key: null, ...more, headers: { cookie, ...headers } })
    expectRefusal(await call(coupons, tenPercent), 403, 'not_allowed', { outcome: 'not_applied' })
    expectRefusal(await call('/console/session', { body: { api_key: server.key } }), 403, 'not_allowed')
    expect((await signOut(cookie, headers)).statusCode).toBe(403)
    expect((await ask(cookie, '/console/session')).status).toBe(200)
    expect((await signIn()).status).toBe(201)
    expect(await journalOf(server)).toEqual([])
  })

  test('a read that the browser says comes from elsewhere is refused', async () => {
    for (const site of ['cross-site', 'same-site', 'none']) {
      const headers = { 'sec-fetch-site': site }
      expectRefusal(await page.ask(cookie, coupons, { headers }), 403, 'not_allowed')
    }
    expect((await page.ask(cookie, coupons, { headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200)
  })
})

describe('a call of the console', () => {
  let page: TestConsole
  let cookie: string
  beforeAll(async () => {
    page = await startConsole()
    cookie = await page.openSession()
  })
  afterAll(() => page.server.close())

  test.each([
    ['GET', '/console/v1/public/me?', 200],
    ['GET', '/console/v1/public', 404],
    ['GET', '/console/v1/public/', 404],
    ['GET', '/console/v1/public/nowhere', 404],
    ['GET', '/console/v1/publicity', 404],
    ['GET', '/console/v1/public/../public/me', 404],
    ['GET', '/console/v1/public/%2e%2e/public/me', 404],
    ['GET', '/console/../v1/public/me', 404],
    ['GET', '/console/%2e%2e/v1/public/me', 404],
    ['GET', '/console//v1/public/me', 404],
    ['GET', '//console/v1/public/me', 404],
    ['GET', '/console/v1//public/me', 404],
    ['GET', '/console/console/v1/public/me', 404],
    ['GET', '/console/v1/public//me', 404],
    ['GET', '/console/v1/public/%6de', 200],
    ['GET', '/%63onsole/v1/public/me', 404],
    ['GET', '/console/%761/public/me', 404],
    ['GET', '/console%2Fv1/public/me', 404],
    ['GET', '/console\\v1\\public\\me', 404],
    ['GET', '/console/v1/public/%ff', 400],
    ['GET', 'http://127.0.0.1/console/v1/public/me', 404],
    ['GET', 'http://127.0.0.1/v1/public/me', 401],
    ['GET', 'http://127.0.0.1/console/session', 401],
    ['GET', '/%63onsole/session', 401],
    ['GET', '/v1/public/me?/console/', 401],
    ['PATCH', '/console/v1/public/me', 405],
    ['PUT', '/console/session', 405],
    ['POST', '/console/sign-in', 405],
    ['OPTIONS', '/console/v1/public/me', 405],
  ])('%s %s is answered with %i', async (method, path, status) => {
    const answer = await page.ask(cookie, path, { method })
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status })
  })

  test('takes HEAD where it takes GET', async () => {
    const { headers } = await page.ask(cookie, '/console/v1/public/me')
    const head = await fetch(`${page.server.url}/console/v1/public/me`, { method: 'HEAD', headers: { cookie } })
    expect(head.status).toBe(200)
    expect(head.headers.get('content-length')).toBe(headers.get('content-length'))
    const without = await fetch(`${page.server.url}/console/v1/public/me`, { method: 'HEAD' })
    expect(without.status).toBe(401)
  })

  test('and a sign-in have the body’s limits', async () => {
    const raw = JSON.stringify({ api_key: 'x'.repeat(600_000) })
    for (const path of ['/console/session', consoleCoupons(page.server.accountId)]) {
      expectRefusal(await page.ask(cookie, path, { method: 'POST', raw }), 413, 'too_large')
      const form = { raw: 'api_key=x', headers: { 'content-type': 'text/plain' } }
      expectRefusal(await page.ask(cookie, path, { method: 'POST', ...form }), 415, 'unsupported_media_type')
    }
  })

  test('leaves neither the key nor the token in the log', async () => {
    const { server, ask, signIn, signOut } = page
    const own = await page.openSession()
    await ask(own, consoleCoupons(server.accountId), tenPercent)
    await ask(own, `/console/${own}`)
    await signIn(`${server.key}0`)
    await signOut(own)
    await expect.poll(() => server.logged.join('')).toContain('"method":"DELETE","route":"/console/session"')
    for (const secret of [server.key, cookie, own].map((text) => text.replace(/^.*CD\./, ''))) {
      expect(server.logged.join('')).not.toContain(secret)
    }
  })
})

test('tokens that do not exist are limited by client address, and known ones are not', async () => {
  const limits = { unknownKeysPerSecond: 2 }
  const { server, openSession, ask } = await openConsole({ limits, trustProxy: '127.0.0.1' })
  const cookie = await openSession()
  expect((await ask(cookie, '/console/session')).status).toBe(200)
  const invented = () => ask(`chatdash_session=${mintApiKey()}`, '/console/v1/public/me')
  expect([(await invented()).status, (await invented()).status, (await invented()).status]).toEqual([401, 401, 429])
  expect((await ask(cookie, '/console/v1/public/me')).status).toBe(200)
  expect((await server.call('/v1/public/me', { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(200)
})

test('a session whose key is revoked while a body is on its way writes nothing', async () => {
  const { server, clock, openSession } = await openConsole()
  const cookie = await openSession()
  const lastUse = async () => (await createApiKeys(server.database, 'sandbox').findById(server.keyId))?.lastUsedAt
  await expect.poll(lastUse).not.toBeNull()
  await server.database.updateTable('api_keys').set({ last_used_at: null }).execute()
  const body = '{"data":{"percent_off":10}}'
  const socket = dial(server)
  socket.write(
    `POST ${consoleCoupons(server.accountId)} HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nConnection: close\r\n` +
      `Cookie: ${cookie}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  )
  await expect.poll(lastUse).not.toBeNull()
  await server.revoke(server)
  clock.ms += 900
  socket.write(body)
  expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1\.1 401 /)
  expect(await journalOf(server)).toEqual([])
})
