import { describe, expect, onTestFinished, test } from 'vitest'
import { databases, expectRefusal, startTestServer, type DatabaseKind } from '../support/server.ts'
import { openStub, succeed } from '../support/stripe-stub.ts'

const open = async (database: DatabaseKind) => {
  const stub = await openStub(succeed)
  const server = await startTestServer({ database, stripe: stub.origin })
  onTestFinished(async () => {
    await server.close()
    await stub.close()
  })
  const create = () => server.call(server.coupons, { method: 'POST', body: { data: { percent_off: 10 } } })
  return { stub, server, create }
}

describe.each(databases)('when the database fails, on %s', (database) => {
  test('a change that the journal cannot take is not made', async () => {
    const { stub, server, create } = await open(database)
    expect((await create()).status).toBe(201)
    await server.database.schema.alterTable('changes').renameTo('changes_away').execute()
    const answer = await create()
    expectRefusal(answer, 503, 'unavailable', { outcome: 'not_applied', retryable: true })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(JSON.stringify(answer.body)).not.toMatch(/changes|table|relation/)
    expect(stub.seen).toHaveLength(1)
  })

  test('a change that was made is answered even if its outcome cannot be written, and the log keeps it', async () => {
    const { server, create } = await open(database)
    await server.database.schema.alterTable('change_outcomes').renameTo('away').execute()
    expect((await create()).status).toBe(201)
    const line = server.logged.find((candidate) => candidate.includes('could not be written to the journal')) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({ level: 50, ending: { outcome: 'applied', object_id: 'STUB' } })
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
