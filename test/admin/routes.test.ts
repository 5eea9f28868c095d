import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminOperations, startTestAdmin, type TestAdmin } from '../support/admin.ts'
import { bulkCaller } from '../support/bulk.ts'
import { databases, expectRefusal, startTestServer, type TestServer } from '../support/server.ts'

type Item = Record<string, unknown>

describe.each(databases)('the admin API, on %s', (database) => {
  let server: TestServer
  let admin: TestAdmin
  beforeAll(async () => {
    server = await startTestServer({ database })
    admin = await startTestAdmin(server)
  })
  afterAll(async () => {
    await admin.close()
    await server.close()
  })

  const get = async (path: string) => await admin.call(`/v1/admin${path}`)
  const post = async (path: string, data?: object) =>
    await admin.call(`/v1/admin${path}`, { method: 'POST', ...(data && { data }) })
  const put = async (path: string, data: object) => await admin.call(`/v1/admin${path}`, { method: 'PUT', data })
  const newAgency = async (name = 'Acme'): Promise<string> => (await post('/agencies', { name })).body.id
  const newKey = async (agency: string, limits: object = {}) =>
    (await post(`/agencies/${agency}/keys`, { name: 'n8n', scopes: ['coupons:read'], ...limits })).body
  /** The items of all pages of a list, two a page. */
  const pages = async (path: string): Promise<Item[]> => {
    const items: Item[] = []
    for (let after = ''; ;) {
      const { body } = await get(`${path}${path.includes('?') ? '&' : '?'}limit=2${after}`)
      items.push(...body.data)
      if (!body.has_more) return items
      expect(body.data).toHaveLength(2)
      after = `&starting_after=${body.next_cursor}`
    }
  }
  const idsOf = (items: Item[]) => items.map(({ id }) => String(id))
  const events = async (query: string) =>
    (await get(`/events?${query}`)).body.data.map(({ type, actor }: Item) => `${String(actor)} ${String(type)}`)

  test('makes, shows and renames agencies, and lists them page by page, oldest first', async () => {
    const made = await post('/agencies', { name: 'Acme' })
    expect(made.status).toBe(201)
    const { id } = made.body
    expect(made.body).toEqual({
      id: expect.stringMatching(/^ag_/),
      object: 'agency',
      name: 'Acme',
      created: expect.any(Number),
      archived_at: null,
      frozen_at: null,
    })
    expect((await get(`/agencies/${id}`)).body).toEqual(made.body)
    expect((await put(`/agencies/${id}`, { name: 'Acme GmbH' })).body).toEqual({ ...made.body, name: 'Acme GmbH' })
    const others = [await newAgency(), await newAgency(), await newAgency()]
    expect(idsOf(await pages('/agencies')).toSorted()).toEqual([server.agencyId, String(id), ...others].toSorted())
    expect(idsOf(await pages('/agencies'))[0]).toBe(server.agencyId)
    expect(await events(`agency=${id}`)).toEqual(['operator agency.renamed', 'operator agency.created'])
  })

  test('archives and freezes an agency and undoes it; to do it again changes nothing', async () => {
    const id = await newAgency()
    for (const [action, field, isSet] of [
      ['archive', 'archived_at', true],
      ['unarchive', 'archived_at', false],
      ['freeze', 'frozen_at', true],
      ['unfreeze', 'frozen_at', false],
    ] as const) {
      for (let time = 0; time < 2; time += 1) {
        const { body } = await post(`/agencies/${id}/${action}`)
        expect(body[field]).toEqual(isSet ? expect.any(Number) : null)
      }
    }
    expect(await events(`agency=${id}`)).toEqual(
      ['agency.unfrozen', 'agency.frozen', 'agency.unarchived', 'agency.archived', 'agency.created'].map(
        (type) => `operator ${type}`,
      ),
    )
  })

  test('archives an agency once, however many ask at once, and unarchives it once', async () => {
    const id = await newAgency()
    for (const [action, type] of [
      ['archive', 'agency.archived'],
      ['unarchive', 'agency.unarchived'],
    ]) {
      const answers = await Promise.all(Array.from({ length: 6 }, () => post(`/agencies/${id}/${action}`)))
      expect(new Set(answers.map(({ body }) => body.archived_at)).size).toBe(1)
      expect((await events(`agency=${id}`)).filter((event: string) => event === `operator ${type}`)).toHaveLength(1)
    }
  })

  test('renames that come at once are told of one after the other, and one to the same name is not', async () => {
    const id = await newAgency('N0')
    await put(`/agencies/${id}`, { name: 'N0' })
    await Promise.all(['N1', 'N2', 'N3', 'N3'].map((name) => put(`/agencies/${id}`, { name })))
    const { data } = (await get(`/events?agency=${id}`)).body
    const renames = data
      .filter(({ type }: Item) => type === 'agency.renamed')
      .map(({ terms }: Item) => JSON.parse(String(terms)))
    const last = (await get(`/agencies/${id}`)).body.name
    const chain = [last]
    for (const { name, before } of renames) {
      expect(name).toBe(chain[0])
      chain.unshift(before)
    }
    expect(chain[0]).toBe('N0')
  })

  test('connects accounts, lists them and disconnects them', async () => {
    const id = await newAgency()
    const made = await post(`/agencies/${id}/accounts`, {})
    expect(made.status).toBe(201)
    const account = made.body.id
    expect(made.body).toEqual({
      id: expect.stringMatching(/^acct_/),
      object: 'account',
      agency_id: id,
      mode: 'sandbox',
      connected: expect.any(Number),
    })
    expect((await post(`/agencies/${id}/accounts`, { account })).body).toEqual(made.body)
    for (let time = 0; time < 2; time += 1) await post(`/agencies/${id}/accounts`, {})
    expect(await pages(`/agencies/${id}/accounts`)).toHaveLength(3)

    const stranger = await newAgency()
    expectRefusal(await post(`/agencies/${stranger}/accounts`, { account }), 409, 'already_exists', {
      param: 'data.account',
      outcome: 'not_applied',
    })
    const from = (agency: string) =>
      admin.call(`/v1/admin/agencies/${agency}/accounts/${account}`, { method: 'DELETE' })
    expectRefusal(await from(stranger), 404, 'not_found', { param: 'accountId' })
    expect((await from(id)).body).toEqual({ id: account, object: 'account', agency_id: id, disconnected: true })
    expectRefusal(await from(id), 404, 'not_found', { param: 'accountId' })
    expect((await post(`/agencies/${stranger}/accounts`, { account })).status).toBe(201)
    expect(await events(`account=${account}`)).toEqual(
      ['account.connected', 'account.disconnected', 'account.connected'].map((type) => `operator ${type}`),
    )
  })

  test('connects no account that Stripe does not let the platform use', async () => {
    const id = await newAgency()
    expectRefusal(await post(`/agencies/${id}/accounts`, { account: 'acct_stranger' }), 403, 'account_disconnected')
    expect(await pages(`/agencies/${id}/accounts`)).toEqual([])
  })

  test('makes a key and shows its secret in that answer alone', async () => {
    const agency = await newAgency()
    const made = await newKey(agency, { max_percent: 20, networks: ['192.0.2.0/24'], expires_at: 4_102_444_800 })
    const { secret, ...key } = made
    expect(secret).toMatch(/^CD\.[0-9a-f]{40}$/)
    expect(key).toMatchObject({
      object: 'api_key',
      agency_id: agency,
      name: 'n8n',
      scopes: ['coupons:read'],
      max_percent: 20,
      networks: ['192.0.2.0/24'],
      expires_at: 4_102_444_800,
      accounts: null,
      changes_per_day: null,
      frozen_by: null,
    })
    expect((await get(`/keys/${key.id}`)).body).toEqual(key)
    const others = [await newKey(agency), await newKey(agency)]
    const listed = await pages(`/agencies/${agency}/keys`)
    expect(idsOf(listed).toSorted()).toEqual([String(key.id), ...idsOf(others)].toSorted())
    expect(JSON.stringify(listed)).not.toContain(secret.slice(3, -4))
    expect(server.logged.join('')).not.toContain(secret)
  })

  test('changes what a key may do, and leaves what is not given', async () => {
    const { id } = await newKey(await newAgency(), { max_percent: 20, max_months: 3 })
    const { body } = await put(`/keys/${id}`, { name: 'Make', max_percent: null, changes_per_day: 5 })
    expect(body).toMatchObject({ name: 'Make', max_percent: null, changes_per_day: 5, max_months: 3 })
    expect((await put(`/keys/${id}`, {})).body).toEqual(body)
    expect(await events(`object=${id}`)).toEqual(['operator api_key.changed', 'operator api_key.created'])
  })

  test('rotates a key with an overlap, and one that has ended not at all', async () => {
    const { id, secret } = await newKey(await newAgency())
    const rotated = await post(`/keys/${id}/rotate`, { overlap_seconds: 3_600 })
    expect(rotated.status).toBe(201)
    expect(rotated.body.secret).not.toBe(secret)
    expect((await get(`/keys/${id}`)).body.expires_at).toBeGreaterThan(Date.now() / 1_000 + 3_000)
    await post(`/keys/${id}/revoke`)
    expectRefusal(await post(`/keys/${id}/rotate`, { overlap_seconds: 1 }), 400, 'invalid_request', { param: 'keyId' })
  })

  test('revokes, freezes and unfreezes a key; to do it again changes nothing', async () => {
    const { id } = await newKey(await newAgency())
    for (let time = 0; time < 2; time += 1) expect((await post(`/keys/${id}/freeze`)).body.frozen_by).toBe(id)
    for (let time = 0; time < 2; time += 1) expect((await post(`/keys/${id}/unfreeze`)).body.frozen_by).toBe(null)
    const { revoked_at: first } = (await post(`/keys/${id}/revoke`)).body
    expect(first).toEqual(expect.any(Number))
    expect((await post(`/keys/${id}/revoke`)).body.revoked_at).toBe(first)
    expect(await events(`object=${id}`)).toEqual(
      ['api_key.revoked', 'api_key.unfrozen', 'api_key.frozen', 'api_key.created'].map((type) => `operator ${type}`),
    )
  })

  test('an archived agency gets no key and no account', async () => {
    const id = await newAgency()
    await post(`/agencies/${id}/archive`)
    const data = { name: 'n8n', scopes: ['coupons:read'] }
    expectRefusal(await post(`/agencies/${id}/keys`, data), 403, 'not_allowed', { param: 'agencyId' })
    expectRefusal(await post(`/agencies/${id}/accounts`, {}), 403, 'not_allowed', { param: 'agencyId' })
  })

  test('a key of an archived agency is not replaced, and works on once the agency is unarchived', async () => {
    const agency = await newAgency()
    const key = await newKey(agency)
    await post(`/agencies/${agency}/archive`)
    const rotate = async () => await post(`/keys/${key.id}/rotate`, { overlap_seconds: 0 })
    expectRefusal(await rotate(), 403, 'not_allowed', { param: 'keyId', outcome: 'not_applied' })
    await post(`/agencies/${agency}/unarchive`)
    expect((await get(`/keys/${key.id}`)).body.expires_at).toBe(null)
    expect((await get(`/agencies/${agency}/keys`)).body.data).toHaveLength(1)
    expect((await rotate()).status).toBe(201)
  })

  test('a key that is made here works on the public API, and a freeze here stops its writes and not its reads', async () => {
    const tenant = await server.openTenant()
    const { id, secret: key } = await newKey(tenant.agencyId, { scopes: ['coupons:read', 'coupons:write'] })
    const write = async () =>
      (await server.call(tenant.coupons, { method: 'POST', key, body: { data: { percent_off: 10 } } })).status
    const read = async () => (await server.call(tenant.coupons, { key })).status
    expect([await write(), await read()]).toEqual([201, 200])
    for (const what of [`/keys/${id}`, `/agencies/${tenant.agencyId}`, '/platform']) {
      await post(`${what}/freeze`)
      await expect.poll(write).toBe(403)
      expect(await read()).toBe(200)
      await post(`${what}/unfreeze`)
      await expect.poll(write).toBe(201)
    }
    await post(`/keys/${id}/revoke`)
    await expect.poll(read).toBe(401)
  })

  test('freezes the platform, and the status says so', async () => {
    const frozen = await post('/platform/freeze')
    expect(frozen.body).toEqual({ object: 'platform', frozen_at: expect.any(Number) })
    expect((await get('/status')).body.freezes).toEqual([{ target: 'platform', frozen_at: frozen.body.frozen_at }])
    expect((await post('/platform/unfreeze')).body).toEqual({ object: 'platform', frozen_at: null })
    expect((await get('/status')).body.freezes).toEqual([])
  })

  test('lists bulk jobs of all agencies, newest first, shows one and cancels it once', async () => {
    const tenants = [await server.openTenant(), await server.openTenant(), await server.openTenant()]
    const jobs: string[] = []
    for (const tenant of tenants) {
      const data = { id: 'TEN', percent_off: 10 }
      await server.call(tenant.coupons, { method: 'POST', key: tenant.key, body: { data } })
      jobs.unshift((await bulkCaller(server, tenant).accepted({ count: 2 })).id)
    }
    const [id, ...others] = jobs
    expect(idsOf(await pages('/jobs?unfinished=true')).toSorted()).toEqual(jobs.toSorted())
    expect(idsOf(await pages(`/jobs?agency=${tenants[2]?.agencyId}`))).toEqual([id])
    expect((await get('/status')).body.jobs).toEqual({ unfinished: 3, pending_codes: 6 })
    const { agencyId, accountId, keyId } = tenants[2] ?? server
    const whose = { agency_id: agencyId, account: accountId, key: keyId, coupon: 'TEN' }
    expect((await get(`/jobs/${id}`)).body).toMatchObject({ id, status: 'queued', total: 2, ...whose })
    const canceled = await post(`/jobs/${id}/cancel`)
    expect(canceled.body).toMatchObject({ id, status: 'canceled', canceled: 2, ...whose })
    expect((await post(`/jobs/${id}/cancel`)).body).toEqual(canceled.body)
    expect(await events(`object=${id}`)).toEqual(['operator bulk_job.canceled'])
    expect(idsOf(await pages('/jobs?unfinished=true')).toSorted()).toEqual(others.toSorted())
  })

  test('lists the events of all agencies by the filters of `journal list`, newest first', async () => {
    const agency = await newAgency()
    const { id: key } = await newKey(agency)
    const tenant = await server.openTenant()
    const headers = { 'idempotency-key': `order-${database}` }
    const body = { data: { id: 'SUMMER', percent_off: 10 } }
    const answer = await server.call(tenant.coupons, { method: 'POST', key: tenant.key, body, headers })
    await server.journal.flush()
    const created = {
      type: 'coupon.create',
      agency_id: tenant.agencyId,
      account: tenant.accountId,
      mode: 'sandbox',
      object_id: 'SUMMER',
    }
    for (const query of [
      `agency=${tenant.agencyId}`,
      `account=${tenant.accountId}`,
      `key=${tenant.keyId}`,
      `request=${answer.headers.get('request-id')}`,
      `idempotency_key=order-${database}`,
      `object=SUMMER&agency=${tenant.agencyId}&since=1`,
    ]) {
      const { data } = (await get(`/events?${query}`)).body
      expect(data, query).toEqual([expect.objectContaining(created)])
    }
    expect((await get('/events?since=4102444800')).body.data).toEqual([])
    expect((await get('/events?unanswered=true')).body.data).toEqual([])
    const all = await pages('/events')
    expect(new Set(idsOf(all)).size).toBe(all.length)
    expect(all.length).toBeGreaterThan(3)
    expect(new Set(all.map(({ agency_id: id }) => id)).size).toBeGreaterThan(1)
    expect(await events(`object=${key}`)).toEqual(['operator api_key.created'])
  })

  test('an event names the request by which the operator acted, and not the operator’s address', async () => {
    const made = await post('/agencies', { name: 'Acme' })
    const [event] = (await get(`/events?request=${made.headers.get('request-id')}`)).body.data
    expect(event).toMatchObject({ type: 'agency.created', agency_id: made.body.id, actor: 'operator', address: null })
  })

  test('the status says which database it is, and what the journal and the queue hold', async () => {
    const { body } = await get('/status')
    expect(body).toMatchObject({
      object: 'status',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      mode: 'sandbox',
      database: { kind: database, writable: true, pending_migrations: 0 },
      redis: null,
      journal: { last_seal: null, last_sealed_at: null, unsealed: expect.any(Number), unsettled: 0 },
    })
  })

  test('each operation of the document was called by a test above with success', () => {
    expect([...admin.succeeded].toSorted()).toEqual(adminOperations.map(({ name }) => name).toSorted())
  })
})
