import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createAgencyChanges } from '../../src/agencies/agency-changes.ts'
import { hashApiKey, mintApiKey } from '../../src/agencies/api-key.ts'
import { createFreezes } from '../../src/agencies/freezes.ts'
import { consoleCoupons, cookieOf, openConsole } from '../support/sessions.ts'
import { keyWith } from '../support/keys.ts'
import { databases, expectRefusal, journalOf } from '../support/server.ts'

const hoursMs = 3_600_000
const holdTime = () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
}
const tenPercent = { method: 'POST', body: { data: { percent_off: 10 } } }

describe.each(databases)('a session of the console, on %s', (database) => {
  test('begins with an API key, says whose it is, and leaves a cookie that no script reads', async () => {
    const { server, signIn, ask } = await openConsole({ database })
    holdTime()
    const made = await signIn(`  ${server.key}\n`)
    const expires = Math.floor(Date.now() / 1_000) + 8 * 3_600
    const who = { mode: 'sandbox', agency: { id: server.agencyId, name: 'Test agency' }, expires }
    expect(made).toMatchObject({ status: 201, body: { ...who, key: { id: server.keyId, name: 'test' } } })
    expect(made.headers.get('set-cookie')).toMatch(
      /^chatdash_session=CD\.[0-9a-f]{40}; Max-Age=28800; Path=\/console; HttpOnly; SameSite=Strict$/,
    )
    const found = await ask(cookieOf(made), '/console/session')
    expect(found).toMatchObject({ status: 200, body: { ...who, key: { id: server.keyId } } })
    expect(JSON.stringify(made.body)).not.toContain(server.key)
  })

  test('leaves a line in the log that says who has signed in', async () => {
    const { server, signIn } = await openConsole({ database })
    const request = (await signIn()).headers.get('request-id')
    const whose = { agency: server.agencyId, key: server.keyId, route: '/console/session' }
    const lines = () => server.logged.map((line) => JSON.parse(line)).filter((line) => line.request_id === request)
    await expect.poll(lines).toMatchObject([whose])
  })

  test('is kept as the hash of its token alone', async () => {
    const { server, openSession } = await openConsole({ database })
    const token = (await openSession()).replace(/^.*=/, '')
    const rows = await server.database.selectFrom('sessions').selectAll().execute()
    expect(rows).toMatchObject([{ hash: hashApiKey(token), key_id: server.keyId, mode: 'sandbox' }])
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  test('makes the calls of the public API, which are its key’s in the journal', async () => {
    const { server, openSession, ask } = await openConsole({ database })
    const cookie = await openSession()
    const coupons = consoleCoupons(server.accountId)
    const made = await ask(cookie, coupons, tenPercent)
    expect(made.status).toBe(201)
    expect((await ask(cookie, coupons)).body).toEqual((await server.call(server.coupons)).body)
    expect(await journalOf(server)).toMatchObject([{ key_id: server.keyId, object_id: made.body['id'] }])
    expect((await ask(cookie, '/console/v1/public/me')).body).toEqual((await server.call('/v1/public/me')).body)
  })

  test('may do what its key may', async () => {
    const { server, openSession, ask } = await openConsole({ database })
    const reader = await keyWith(server, server, { scopes: ['coupons:read'] })
    const cookie = await openSession(reader.key)
    expect((await ask(cookie, consoleCoupons(server.accountId))).status).toBe(200)
    expectRefusal(await ask(cookie, consoleCoupons(server.accountId), tenPercent), 403, 'not_allowed')
    expect(await journalOf(server)).toEqual([])
  })

  test('of a frozen key reads and changes nothing, within a second', async () => {
    const { server, clock, openSession, ask, signOut } = await openConsole({ database })
    const cookie = await openSession()
    await createFreezes(server.database, 'sandbox').freeze({ kind: 'api_key', id: server.keyId })
    clock.ms += 900
    expectRefusal(await ask(cookie, consoleCoupons(server.accountId), tenPercent), 403, 'not_allowed')
    expect((await ask(cookie, consoleCoupons(server.accountId))).status).toBe(200)
    const another = await openSession()
    expect((await ask(another, '/console/session')).body['key']).toMatchObject({ frozen_by: 'operator' })
    expect((await signOut(another)).statusCode).toBe(204)
  })

  test('works in every process', async () => {
    const { server, openSession, ask } = await openConsole({ database })
    const second = await server.openSecondServer()
    expect((await ask(await openSession(), '/console/session', {}, second)).status).toBe(200)
  })

  test('ends when its user signs out, and the browser is told to forget the cookie', async () => {
    const { server, clock, openSession, ask, signOut } = await openConsole({ database })
    const [cookie, other] = [await openSession(), await openSession()]
    const { statusCode, headers } = await signOut(cookie)
    expect(statusCode).toBe(204)
    expect(headers['set-cookie']).toBe('chatdash_session=; Max-Age=0; Path=/console; HttpOnly; SameSite=Strict')
    clock.ms += 900
    expectRefusal(await ask(cookie, consoleCoupons(server.accountId)), 401, 'unauthenticated')
    expectRefusal(await ask(cookie, '/console/session'), 401, 'unauthenticated')
    expect((await ask(other, '/console/session')).status).toBe(200)
    expect((await signOut(cookie)).statusCode).toBe(204)
  })

  test('ends after eight hours, however much it is used', async () => {
    const { clock, openSession, ask } = await openConsole({ database })
    holdTime()
    const cookie = await openSession()
    const later = (ms: number) => {
      vi.setSystemTime(Date.now() + ms)
      clock.ms += ms
    }
    later(8 * hoursMs - 1)
    expect((await ask(cookie, '/console/session')).status).toBe(200)
    later(900)
    expectRefusal(await ask(cookie, '/console/session'), 401, 'unauthenticated')
  })

  test('that is over is removed at the next sign-in', async () => {
    const { server, openSession } = await openConsole({ database })
    holdTime()
    await openSession()
    vi.setSystemTime(Date.now() + 8 * hoursMs)
    const cookie = await openSession()
    const rows = await server.database.selectFrom('sessions').select('hash').execute()
    expect(rows).toEqual([{ hash: hashApiKey(cookie.replace(/^.*=/, '')) }])
  })

  test('makes way for the one that the same browser begins', async () => {
    const { clock, openSession, signIn, ask } = await openConsole({ database })
    const first = await openSession()
    const second = await signIn(undefined, { cookie: first })
    clock.ms += 900
    expectRefusal(await ask(first, '/console/session'), 401, 'unauthenticated')
    expect((await ask(cookieOf(second), '/console/session')).status).toBe(200)
  })

  test.each(['signing out', 'signing in'])(
    'ends by %s also where another cookie of its name came along',
    async (how) => {
      const { clock, openSession, signIn, signOut, ask } = await openConsole({ database })
      const [first, second] = [await openSession(), await openSession()]
      const both = `${first}; chatdash_session=; ${second}`
      const answered =
        how === 'signing out' ? (await signOut(both)).statusCode : (await signIn(undefined, { cookie: both })).status
      expect(answered).toBe(how === 'signing out' ? 204 : 201)
      clock.ms += 900
      for (const cookie of [first, second]) expectRefusal(await ask(cookie, '/console/session'), 401, 'unauthenticated')
    },
  )

  test.each(['revoked', 'expired', 'archived'])('ends within a second when its key is %s', async (how) => {
    const { server, clock, openSession, ask, signIn, signOut } = await openConsole({ database })
    holdTime()
    const expiresAt = Date.now() + 60_000
    const tenant = await keyWith(server, await server.openTenant(), { expiresAt })
    const cookie = await openSession(tenant.key)
    expect((await ask(cookie, consoleCoupons(tenant.accountId))).status).toBe(200)
    if (how === 'revoked') await server.revoke(tenant)
    if (how === 'expired') vi.setSystemTime(expiresAt)
    if (how === 'archived') {
      const agency = await createAgencies(server.database).findAgency(tenant.agencyId)
      if (agency) await createAgencyChanges(server.database, 'sandbox').archive(agency)
    }
    clock.ms += 900
    const answer = await ask(cookie, consoleCoupons(tenant.accountId))
    expectRefusal(answer, 401, 'unauthenticated', { error: expect.stringMatching(/Sign in again\.$/) })
    expectRefusal(await signIn(tenant.key), 401, 'unauthenticated', { param: 'api_key' })
    expect((await signOut(cookie)).statusCode).toBe(204)
  })

  test('works in the mode in which it began alone', async () => {
    const { server, openSession, ask } = await openConsole({ database })
    const cookie = await openSession()
    await server.database.updateTable('sessions').set({ mode: 'live' }).execute()
    expectRefusal(await ask(cookie, '/console/v1/public/me'), 401, 'unauthenticated')
  })

  test('does not begin, and its calls are told to come again, while the database cannot be read', async () => {
    const { server, openSession, signIn, ask } = await openConsole({ database })
    const cookie = await openSession()
    await server.database.schema.alterTable('sessions').renameTo('elsewhere').execute()
    expectRefusal(await ask(cookie, '/console/v1/public/me'), 503, 'unavailable')
    expectRefusal(await signIn(), 503, 'unavailable')
    expect((await server.call('/v1/public/me')).status).toBe(200)
    await server.database.schema.alterTable('elsewhere').renameTo('sessions').execute()
    expect((await ask(cookie, '/console/v1/public/me')).status).toBe(200)
  })
})

describe('signing in', () => {
  test('refuses a malformed, an invented and a revoked key in the same words, and gives no cookie', async () => {
    const { server, signIn } = await openConsole()
    const revoked = await server.openTenant()
    await server.revoke(revoked)
    for (const key of ['secret', `${server.key}0`, mintApiKey(), revoked.key]) {
      const answer = await signIn(key)
      const error = 'This API key does not work: it is mistyped, or was revoked, or has expired.'
      expectRefusal(answer, 401, 'unauthenticated', { param: 'api_key', error })
      expect(answer.headers.has('set-cookie')).toBe(false)
    }
  })

  test('takes the key from its networks alone', async () => {
    const { server, signIn } = await openConsole()
    const { key } = await keyWith(server, server, { networks: ['192.0.2.0/24'] })
    const answer = await signIn(key)
    expectRefusal(answer, 403, 'not_allowed')
    expect(answer.headers.has('set-cookie')).toBe(false)
    expect(await server.database.selectFrom('sessions').selectAll().execute()).toEqual([])
  })

  test('is limited by client address, with good keys and bad ones', async () => {
    const limits = { signInsPerSecond: 2 }
    const { server, signIn } = await openConsole({ limits, trustProxy: '127.0.0.1' })
    const from = (address: string, key = server.key) => signIn(key, { 'x-forwarded-for': address })
    const answers = [await from('192.0.2.1'), await from('192.0.2.1', 'wrong'), await from('192.0.2.1')]
    expect(answers.map(({ status }) => status)).toEqual([201, 401, 429])
    expect(answers[2]?.headers.get('retry-after')).toBe('1')
    expect((await from('192.0.2.2')).status).toBe(201)
  })

  test('counts in the budget of the agency', async () => {
    const { signIn } = await openConsole({ rateLimitPerSecond: 1 })
    expect((await signIn()).status).toBe(201)
    expectRefusal(await signIn(), 429, 'rate_limited')
  })

  test('over TLS sets a cookie for TLS alone, and reads no other', async () => {
    const { server, signIn, ask } = await openConsole({ trustProxy: '127.0.0.1' })
    const tls = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'api.example.com',
      origin: 'https://api.example.com',
    }
    const made = await signIn(undefined, tls)
    expect(made.headers.get('set-cookie')).toMatch(
      /^__Host-chatdash_session=CD\.\w+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    )
    const cookie = cookieOf(made)
    expect((await ask(cookie, consoleCoupons(server.accountId), { ...tenPercent, headers: tls })).status).toBe(201)
    for (const prefix of ['', '__Secure-']) {
      const planted = cookie.replace('__Host-', prefix)
      expectRefusal(await ask(planted, '/console/session', { headers: tls }), 401, 'unauthenticated')
      expect((await ask(`${planted}; ${cookie}`, '/console/session', { headers: tls })).status).toBe(200)
    }
    // The browser sends it with every path, since the name demands it.
    for (const call of [{}, tenPercent]) {
      expectRefusal(await ask(cookie, server.coupons, { ...call, headers: tls }), 401, 'unauthenticated')
    }
  })

  test.each([
    ['no key', {}, 'api_key'],
    ['an empty key', { api_key: '' }, 'api_key'],
    ['a key that is no text', { api_key: 1 }, 'api_key'],
    ['a field that it does not know', { api_key: 'CD.', remember: true }, 'remember'],
  ])('refuses %s by name', async (_, body, param) => {
    const { ask } = await openConsole()
    expectRefusal(await ask('', '/console/session', { method: 'POST', body }), 400, 'invalid_request', { param })
  })

  test('is offered the demo key in a browser on the same machine alone', async () => {
    const demo = () => ({ apiKey: 'CD.demo', accountId: 'acct_demo' })
    const { server, ask } = await openConsole({ demo })
    const browser = { 'sec-fetch-site': 'same-origin' }
    const offer = { mode: 'sandbox', demo: { api_key: 'CD.demo', account: 'acct_demo' } }
    expect((await ask('', '/console/sign-in', { headers: browser })).body).toEqual(offer)
    for (const headers of [
      {},
      { ...browser, host: 'attacker.example' },
      { ...browser, 'x-forwarded-for': '192.0.2.1' },
    ]) {
      expect((await server.call('/console/sign-in', { key: null, headers })).body).toEqual({
        mode: 'sandbox',
        demo: null,
      })
    }
    const without = await openConsole()
    expect((await without.ask('', '/console/sign-in', { headers: browser })).body).toEqual({
      mode: 'sandbox',
      demo: null,
    })
  })
})
