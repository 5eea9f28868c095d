import { describe, expect, onTestFinished, test } from 'vitest'
import { encodeCursor } from '../../src/lib/cursor.ts'
import { bulkCaller } from '../support/bulk.ts'
import { databases, expectRefusal, journalOf, type Options, startTestServer } from '../support/server.ts'

describe.each(databases)('a bulk job, on %s', (database) => {
  /** A server with the coupon TEN and no worker: what is accepted stays as it is. */
  const open = async (options: Options = {}) => {
    const server = await startTestServer({ database, ...options })
    onTestFinished(() => server.close())
    const bulk = bulkCaller(server)
    await bulk.addCoupon('TEN')
    return { server, bulk }
  }

  test('is answered with its counts alone', async () => {
    const { bulk } = await open()
    const { body } = await bulk.create({ codes: ['A', 'B'] })
    expect(body).toEqual({
      id: expect.stringMatching(/^bulk_[0-9a-f]{24}$/),
      object: 'bulk_promotion_codes',
      coupon: 'TEN',
      status: 'queued',
      total: 2,
      succeeded: 0,
      failed: 0,
      canceled: 0,
      created: expect.closeTo(Date.now() / 1000, -1),
      finished_at: null,
    })
  })

  test('lists its codes page by page, in the order in which they were given', async () => {
    const { server, bulk } = await open()
    const { id } = await bulk.accepted({ codes: ['D', 'b', 'C', 'A', 'E'] })
    const page = async (query: string) => (await server.call(`${bulk.path()}/${id}/codes${query}`)).body
    const first = await page('?limit=2')
    expect(first['data']).toEqual(
      ['D', 'b'].map((code) => ({
        code,
        status: 'pending',
        promotion_code: null,
        error: null,
        error_code: null,
      })),
    )
    const second = await page(`?limit=2&starting_after=${String(first['next_cursor'])}`)
    expect(second).toMatchObject({ data: [{ code: 'C' }, { code: 'A' }], has_more: true })
    const third = await page(`?limit=2&starting_after=${String(second['next_cursor'])}`)
    expect(third).toMatchObject({ data: [{ code: 'E' }], has_more: false, next_cursor: null })
    expect((await page(''))['data']).toHaveLength(5)
  })

  test('refuses a cursor of another list', async () => {
    const { server, bulk } = await open()
    const [one, other] = [await bulk.accepted({ count: 2 }), await bulk.accepted({ count: 2 })]
    const { body } = await server.call(`${bulk.path()}/${one.id}/codes?limit=1`)
    for (const cursor of [String(body['next_cursor']), 'nonsense']) {
      const answer = await server.call(`${bulk.path()}/${other.id}/codes?starting_after=${cursor}`)
      expectRefusal(answer, 400, 'invalid_request', { param: 'starting_after' })
    }
  })

  test.each([1_000, 2 ** 31])('refuses a cursor that names the position %i, which no code has', async (at) => {
    const { server, bulk } = await open()
    const { id } = await bulk.accepted({ count: 2 })
    const answer = await server.call(`${bulk.path()}/${id}/codes?starting_after=${encodeCursor({ id, at })}`)
    expectRefusal(answer, 400, 'invalid_request', { param: 'starting_after' })
  })

  test('gives its result as CSV that no spreadsheet runs, all of it', async () => {
    const { server, bulk } = await open()
    server.startBulkWorker(1_000)
    const given = ['CSV-1', '-2', ...Array.from({ length: 500 }, (_, index) => `C${index}`)]
    const { id } = await bulk.accepted({ codes: given })
    const { codes } = await bulk.finished(id)
    const answer = await server.call(`${bulk.path()}/${id}/codes.csv`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${id}.csv"`)
    expect(String(answer.body['text']).split('\r\n')).toEqual([
      'code,status,promotion_code,error_code,error',
      ...codes.map(({ code, promotion_code }) => `${code === '-2' ? "'-2" : code},created,${promotion_code},,`),
      '',
    ])
  })

  test('that nobody has begun is canceled at once and whole; again, that changes nothing', async () => {
    const { server, bulk } = await open()
    const { id } = await bulk.accepted({ count: 3 })
    const canceled = await bulk.cancel(id)
    expect(canceled.status).toBe(200)
    expect(canceled.body).toMatchObject({ status: 'canceled', total: 3, succeeded: 0, failed: 0, canceled: 3 })
    expect(canceled.body['finished_at']).not.toBe(null)
    for (const code of await bulk.codes(id)) expect(code).toMatchObject({ status: 'canceled', error: null })
    expect((await bulk.cancel(id)).body).toEqual(canceled.body)
    const creates = async () =>
      (await journalOf(server)).filter(({ operation }) => operation === 'promotion_code.bulk_create')
    server.startBulkWorker(1_000)
    await bulk.finished((await bulk.accepted({ count: 1 })).id)
    expect(await creates()).toHaveLength(1)
  })

  test('that is done stays done when it is canceled', async () => {
    const { server, bulk } = await open()
    server.startBulkWorker(1_000)
    const { id } = await bulk.accepted({ count: 3 })
    await bulk.finished(id)
    expect((await bulk.cancel(id)).body).toMatchObject({ status: 'done', succeeded: 3, canceled: 0 })
  })

  test('is refused where the agency would have too many pending codes, and nothing is written', async () => {
    const { server, bulk } = await open({ bulkPendingCodesMax: 10 })
    const { id } = await bulk.accepted({ count: 6 })
    const refused = await bulk.create({ count: 5 }, { key: 'full' })
    expectRefusal(refused, 429, 'rate_limited', { outcome: 'not_applied', retryable: true })
    expect(refused.body['error']).toMatch(/10 pending codes/)
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(await server.database.selectFrom('bulk_jobs').select('id').execute()).toEqual([{ id }])

    await bulk.accepted({ count: 4 })
    await bulk.cancel(id)
    await bulk.accepted({ count: 5 }, { key: 'full' })
  })

  test('of one agency takes no capacity from another', async () => {
    const { server, bulk } = await open({ bulkPendingCodesMax: 10 })
    await bulk.accepted({ count: 10 })
    const other = bulkCaller(server, await server.openTenant())
    await other.addCoupon('TEN')
    expect(await other.accepted({ count: 10 })).toMatchObject({ total: 10 })
  })

  test('and many others at once do not exceed the capacity', async () => {
    const { server, bulk } = await open({ bulkPendingCodesMax: 10 })
    const answers = await Promise.all(Array.from({ length: 12 }, () => bulk.create({ count: 3 })))
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(3)
    expect(await server.database.selectFrom('bulk_codes').select('position').execute()).toHaveLength(9)
  })

  test('of another mode is not shown, not counted, not replayed and not worked on', async () => {
    const { server, bulk } = await open({ bulkPendingCodesMax: 10 })
    const live = await bulk.accepted({ count: 10 }, { key: 'same' })
    // As a server with a live key on the same database would have stored it.
    await server.database
      .updateTable('bulk_jobs')
      .set((column) => ({
        mode: 'live',
        idempotency_key: column.fn<string>('replace', [
          column.ref('idempotency_key'),
          column.val('sandbox/'),
          column.val('live/'),
        ]),
      }))
      .execute()
    expectRefusal(await server.call(`${bulk.path()}/${live.id}`), 404, 'not_found', { param: 'jobId' })
    server.startBulkWorker(1_000)
    const own = await bulk.accepted({ count: 10 }, { key: 'same' })
    expect(own.id).not.toBe(live.id)
    await bulk.finished(own.id)
    const untouched = server.database.selectFrom('bulk_codes').select('status').where('job_id', '=', live.id)
    expect(new Set((await untouched.execute()).map(({ status }) => status))).toEqual(new Set(['pending']))
  })
})
