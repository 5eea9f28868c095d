import { describe, expect, test } from 'vitest'
import { databases, expectRefusal, journalOf, type DatabaseKind } from '../support/server.ts'
import { startServerOnStub } from '../support/server-on-stub.ts'
import { type openStub, succeed } from '../support/stripe-stub.ts'

const open = async (database: DatabaseKind, ...behaviours: Parameters<typeof openStub>) =>
  await startServerOnStub([...behaviours, succeed], { database })

describe.each(databases)('when the database fails, on %s', (database) => {
  test('a change that the journal cannot take is not made', async () => {
    const { stub, server, create } = await open(database)
    expect((await create()).status).toBe(201)
    await server.database.schema.alterTable('events').renameTo('events_away').execute()
    const answer = await create()
    expectRefusal(answer, 503, 'unavailable', { outcome: 'not_applied', retryable: true })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(JSON.stringify(answer.body)).not.toMatch(/events|table|relation/)
    expect(stub.seen).toHaveLength(1)
  })

  test('a change that was made is answered even if its end cannot be written, which is logged and written as soon as it can be', async () => {
    const arrived = Promise.withResolvers<() => void>()
    const { server, create } = await open(database, (response, seen) => arrived.resolve(() => succeed(response, seen)))
    const rename = (from: string, to: string) => server.database.schema.alterTable(from).renameTo(to).execute()
    const answer = create()
    const release = await arrived.promise
    await rename('events', 'away')
    release()
    expect((await answer).status).toBe(201)
    const logged = () => server.logged.find((line) => line.includes('could not be written to the journal'))
    await expect.poll(logged).toBeDefined()
    expect(JSON.parse(logged() ?? '')).toMatchObject({ level: 50, event: { outcome: 'applied', object_id: 'STUB' } })

    await rename('away', 'events')
    expect(await journalOf(server)).toMatchObject([{ outcome: 'applied', object_id: 'STUB' }])
  })

  test('without a database nobody gets in, nothing is changed and /readyz says so, while /healthz still answers', async () => {
    const { stub, server, create } = await open(database)
    await server.database.schema.alterTable('api_keys').renameTo('away').execute()
    expectRefusal(await create(), 503, 'unavailable', { outcome: 'not_applied' })
    expect(stub.seen).toHaveLength(0)
    expect((await server.call('/healthz', { key: null })).status).toBe(200)
    await server.database.destroy()
    expectRefusal(await server.call('/readyz', { key: null }), 503, 'unavailable')
  })
})
