import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { defaultBounds } from '../../src/agencies/bounds.ts'
import { createNetworkCheck } from '../../src/agencies/networks.ts'
import { databases, expectRefusal, startTestServer } from '../support/server.ts'

describe.each(databases)('an API key, on %s', (database) => {
  const start = async () => {
    const clock = { ms: 1_000 }
    const server = await startTestServer({ database, now: () => clock.ms, trustProxy: '127.0.0.1' })
    onTestFinished(() => server.close())
    return { server, clock, keys: createApiKeys(server.database, 'sandbox') }
  }

  test('works from its networks alone', async () => {
    const { server, keys } = await start()
    const bounds = { ...defaultBounds, networks: ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'] }
    const { secret: key } = await keys.createKey(server.agencyId, 'office', { bounds })
    const from = (address: string) => server.call(server.coupons, { key, headers: { 'x-forwarded-for': address } })
    for (const address of ['192.0.2.9', '2001:db8::1', '198.51.100.7']) {
      expect((await from(address)).status, address).toBe(200)
    }
    for (const address of ['192.0.3.1', '2001:db9::1', '198.51.100.8']) {
      expectRefusal(await from(address), 403, 'not_allowed')
    }
  })

  test('that has expired is refused in the words for an unknown one, within a second', async () => {
    const { server, keys, clock } = await start()
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const expiresAt = Date.now() + 60_000
    const { secret: key } = await keys.createKey(server.agencyId, 'short', { expiresAt })
    expect((await server.call(server.coupons, { key })).status).toBe(200)
    vi.setSystemTime(expiresAt)
    clock.ms += 900
    const expired = await server.call(server.coupons, { key })
    expectRefusal(expired, 401, 'unauthenticated')
    await server.revoke(server)
    clock.ms += 900
    expect((await server.call(server.coupons)).body['error']).toBe(expired.body['error'])
  })
})

test.each(['', 'office', '192.0.2.0/33', '192.0.2.0/', '2001:db8::/129', '192.0.2.0/24/1', '192.0.2'])(
  '%j is no network',
  (network) => {
    expect(() => createNetworkCheck([network])).toThrow('is not a network')
  },
)

test('an IPv4 address is the same one when it is mapped into IPv6', () => {
  expect(createNetworkCheck(['192.0.2.0/24'])('::ffff:192.0.2.1')).toBe(true)
})
