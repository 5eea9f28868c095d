import { describe, expect, onTestFinished, test } from 'vitest'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createAgencyChanges } from '../../src/agencies/agency-changes.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { runHere } from '../support/command.ts'
import { newFolder } from '../support/process.ts'
import { databases, expectRefusal, startTestServer } from '../support/server.ts'

function inNewFolder() {
  const environment = { DATA_DIR: newFolder() }
  return async (...args: string[]) => await runHere(args, environment)
}

test('an agency is renamed and named by its name, and each change is an event', async () => {
  const chatdash = inNewFolder()
  const id = (await chatdash('agency', 'create', 'Acme')).out.trim()
  expect((await chatdash('agency', 'rename', 'Acme', 'Acme GmbH')).err).toBe(`${id} is now named Acme GmbH.\n`)
  expect((await chatdash('key', 'create', '--agency', 'Acme GmbH', '--name', 'n8n')).code).toBe(0)
  expect((await chatdash('agency', 'archive', 'Acme GmbH')).err).toBe(`${id} is now archived.\n`)
  expect((await chatdash('agency', 'archive', id)).err).toBe(`${id} was already archived.\n`)
  const [listed] = JSON.parse((await chatdash('agency', 'list', '--json')).out)
  const now = Date.now() / 1_000
  expect(listed).toEqual({
    id,
    name: 'Acme GmbH',
    created: expect.any(Number),
    archived_at: expect.any(Number),
    frozen_at: null,
  })
  expect(Math.abs(listed.archived_at - now)).toBeLessThan(300)
  expect((await chatdash('agency', 'unarchive', id)).err).toBe(`${id} is now not archived.\n`)
  const events = JSON.parse((await chatdash('journal', 'list', '--agency', id, '--json')).out)
  expect(events.map(({ type, actor, terms }: Record<string, string>) => [actor, type, terms])).toEqual([
    ['operator', 'agency.unarchived', null],
    ['operator', 'agency.archived', null],
    ['operator', 'api_key.created', expect.any(String)],
    ['operator', 'agency.renamed', '{"name":"Acme GmbH","before":"Acme"}'],
    ['operator', 'agency.created', '{"name":"Acme"}'],
  ])
})

test('an account that is connected or disconnected by command is an event', async () => {
  const chatdash = inNewFolder()
  const id = (await chatdash('agency', 'create', 'Acme')).out.trim()
  const account = (await chatdash('account', 'connect', '--agency', id)).out.trim()
  // It has the account already.
  await chatdash('account', 'connect', account, '--agency', id)
  await chatdash('account', 'disconnect', account)
  const events = JSON.parse((await chatdash('journal', 'list', '--account', account, '--json')).out)
  expect(events.map(({ type, actor }: Record<string, string>) => [actor, type])).toEqual([
    ['operator', 'account.disconnected'],
    ['operator', 'account.connected'],
  ])
})

test('of two agencies of one name a command asks which, and takes the id', async () => {
  const chatdash = inNewFolder()
  const ids = [
    (await chatdash('agency', 'create', 'Acme')).out.trim(),
    (await chatdash('agency', 'create', 'Acme')).out.trim(),
  ]
  const asked = await chatdash('key', 'list', '--agency', 'Acme')
  expect(asked).toMatchObject({
    code: 1,
    err: `More than one agency is named Acme: ${ids.join(', ')}. Give the id of one.\n`,
  })
  expect((await chatdash('key', 'list', '--agency', ids[1] ?? '')).code).toBe(0)
})

test('the journal is listed of an agency that is named by its name, and of no other', async () => {
  const chatdash = inNewFolder()
  const id = (await chatdash('agency', 'create', 'Acme')).out.trim()
  await chatdash('agency', 'create', 'Other')
  const listed = await chatdash('journal', 'list', '--agency', 'Acme', '--json')
  expect(listed.out).toBe((await chatdash('journal', 'list', '--agency', id, '--json')).out)
  expect(JSON.parse(listed.out)).toMatchObject([{ type: 'agency.created', terms: '{"name":"Acme"}' }])
  expect(await chatdash('journal', 'list', '--agency', 'Nobody')).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no agency Nobody.'),
  })
})

test('an archived agency gets no key and no account, and the hint that is printed undoes it', async () => {
  const chatdash = inNewFolder()
  const id = (await chatdash('agency', 'create', 'Acme')).out.trim()
  const made = await chatdash('key', 'create', '--agency', id, '--name', 'n8n', '--json')
  await chatdash('agency', 'archive', id)
  for (const args of [
    ['key', 'create', '--name', 'Make', '--agency', id],
    ['key', 'rotate', JSON.parse(made.out).id, '--overlap', '24h'],
    ['account', 'connect', '--agency', id],
  ]) {
    const refused = await chatdash(...args)
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('is archived') })
    const [, hint = ''] = /To undo that: chatdash (.*)\n/.exec(refused.err) ?? []
    expect((await chatdash(...hint.split(' '))).code).toBe(0)
    expect((await chatdash(...args)).code).toBe(0)
    await chatdash('agency', 'archive', id)
  }
})

describe.each(databases)('while an agency is archived, on %s', (database) => {
  test('its keys neither read nor write, in every process within a second, and its jobs lose theirs', async () => {
    let now = 0
    const server = await startTestServer({ database, now: () => now })
    onTestFinished(() => server.close())
    const read = async (who = server) => await server.call(server.coupons, { key: who.key })
    const stranger = await server.openTenant()
    const strangerReads = async () => await server.call(stranger.coupons, { key: stranger.key })
    expect([(await read()).status, (await strangerReads()).status]).toEqual([200, 200])

    const changes = createAgencyChanges(server.database, 'sandbox')
    const agency = await createAgencies(server.database).findAgency(server.agencyId)
    if (!agency) throw new Error('no agency')
    await changes.archive(agency)
    now += 1_000
    expectRefusal(await read(), 401, 'unauthenticated')
    expectRefusal(
      await server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } }),
      401,
      'unauthenticated',
    )
    expect((await strangerReads()).status).toBe(200)
    // What a bulk job asks before it sends anything.
    const keys = createApiKeys(server.database, 'sandbox')
    expect(await keys.findWorking(server.keyId)).toBe(undefined)

    await changes.unarchive(agency)
    now += 1_000
    expect((await read()).status).toBe(200)
  })
})
