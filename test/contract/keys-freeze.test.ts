import { describe, expect, onTestFinished, test } from 'vitest'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { createFreezes, type FreezeTarget } from '../../src/agencies/freezes.ts'
import { databases, expectRefusal, journalOf, startTestServer, type Tenant } from '../support/server.ts'

const targets: [string, (tenant: Tenant) => FreezeTarget, RegExp][] = [
  ['a key', ({ keyId }) => ({ kind: 'api_key', id: keyId }), /^This API key is frozen/],
  ['an agency', ({ agencyId }) => ({ kind: 'agency', id: agencyId }), /^Your agency is frozen/],
  ['the platform', () => ({ kind: 'platform' }), /^The platform is frozen/],
]

describe.each(databases)('a freeze, on %s', (database) => {
  const start = async () => {
    const clock = { ms: 1_000 }
    const server = await startTestServer({ database, now: () => clock.ms })
    onTestFinished(() => server.close())
    const freezes = createFreezes(server.database, 'sandbox')
    const create = (tenant: Tenant = server, url = server.url, headers = {}) =>
      server.call(
        tenant.coupons,
        { method: 'POST', key: tenant.key, body: { data: { percent_off: 10 } }, headers },
        url,
      )
    return { server, clock, freezes, create }
  }

  test.each(targets)('of %s stops writes within a second in every process, and no reads', async (_, of, sentence) => {
    const { server, clock, freezes, create } = await start()
    const urls = [server.url, await server.openSecondServer()]
    for (const url of urls) expect((await create(server, url)).status).toBe(201)
    await freezes.freeze(of(server))
    clock.ms += 900
    for (const url of urls) {
      const answer = await create(server, url)
      expectRefusal(answer, 403, 'not_allowed', { outcome: 'not_applied' })
      expect(answer.body['error']).toMatch(sentence)
      expect((await server.call(server.coupons, {}, url)).status).toBe(200)
    }
    expect(await journalOf(server)).toHaveLength(2)
  })

  test.each(targets)('of %s ends within a second of its end', async (_, of) => {
    const { server, clock, freezes, create } = await start()
    await freezes.freeze(of(server))
    expect((await create()).status).toBe(403)
    await freezes.unfreeze(of(server))
    clock.ms += 900
    expect((await create()).status).toBe(201)
  })

  test('of a key leaves the other keys of its agency, and one of an agency the other agencies', async () => {
    const { server, freezes, create } = await start()
    const second = await server.openKey(server)
    const stranger = await server.openTenant()
    await freezes.freeze({ kind: 'api_key', id: server.keyId })
    expect((await create(second)).status).toBe(201)
    await freezes.freeze({ kind: 'agency', id: server.agencyId })
    expect((await create(stranger)).status).toBe(201)
  })

  test('does not deny what an earlier request with the same Idempotency-Key has made', async () => {
    const { server, clock, freezes, create } = await start()
    const headers = { 'idempotency-key': 'order-1' }
    expect((await create(server, server.url, headers)).status).toBe(201)
    await server.journal.flush()
    await freezes.freeze({ kind: 'platform' })
    clock.ms += 900
    expectRefusal(await create(server, server.url, headers), 403, 'not_allowed', { outcome: 'applied' })
  })

  test('is an event of the operator in the journal, once', async () => {
    const { server, freezes } = await start()
    const target = { kind: 'api_key', id: server.keyId } as const
    expect(await freezes.freeze(target)).toBe(true)
    expect(await freezes.freeze(target)).toBe(false)
    expect(await freezes.unfreeze(target)).toBe(true)
    expect(await freezes.unfreeze(target)).toBe(false)
    const events = server.database.selectFrom('events').select(['type', 'actor', 'key_id', 'mode']).orderBy('seq')
    const whose = { actor: 'operator', key_id: server.keyId, mode: 'sandbox' }
    const written = await events.where('type', 'like', '%frozen').execute()
    expect(written).toEqual([
      { type: 'api_key.frozen', ...whose },
      { type: 'api_key.unfrozen', ...whose },
    ])
  })

  test('is shown by the key', async () => {
    const { server, freezes } = await start()
    await freezes.freeze({ kind: 'agency', id: server.agencyId })
    const [key] = await createApiKeys(server.database, 'sandbox').listKeys(server.agencyId)
    expect(key?.frozenBy).toBe(server.agencyId)
  })
})
