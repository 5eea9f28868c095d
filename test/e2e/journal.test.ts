import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { newFolder, run, serve } from '../support/process.ts'

// Each test runs some ten commands, each a process of its own.

/** A server that has run, what its demo agency asked of it, and the command line beside it. */
async function runServer(environment: Record<string, string> = {}) {
  const folder = newFolder()
  const all = { DATA_DIR: folder, ...environment }
  const server = await serve(all)
  const demo = readFileSync(join(folder, 'demo.env'), 'utf8')
  const [, key = ''] = /CHATDASH_API_KEY=(\S+)/.exec(demo) ?? []
  const [, account = ''] = /CHATDASH_ACCOUNT_ID=(\S+)/.exec(demo) ?? []
  const send = async (
    method: string,
    path: string,
    data?: object,
    headers: Record<string, string> = {},
    url = server.url,
  ) => {
    const answer = await fetch(`${url}/v1/public/stripe/connect/accounts/${account}${path}`, {
      method,
      headers: { authorization: key, ...(data && { 'content-type': 'application/json' }), ...headers },
      body: data ? JSON.stringify({ data }) : null,
    })
    const body = (await answer.json()) as Record<string, unknown>
    return { status: answer.status, id: String(body['id']), requestId: answer.headers.get('request-id') ?? '' }
  }
  return {
    folder,
    account,
    send,
    post: (path: string, data: object, headers?: Record<string, string>) => send('POST', path, data, headers),
    chatdash: (...args: string[]) => run(args, all),
    json: async (...args: string[]) =>
      JSON.parse((await run([...args, '--json'], all)).out) as Record<string, string | number | null>[],
    stop: () => server.stop('SIGTERM'),
    sql: (text: string) => {
      const database = new DatabaseSync(join(folder, 'chatdash.db'))
      try {
        return database.prepare(text).run()
      } finally {
        database.close()
      }
    },
  }
}

test('an operator finds a change by what is known of it, and reads it whole', async () => {
  const server = await runServer()
  const made = await server.post('/coupons', { id: 'SUMMER', percent_off: 10 }, { 'idempotency-key': 'order-1' })
  const refused = await server.post('/coupons', { percent_off: 'x' })
  await server.stop()

  const all = await server.json('journal', 'list', '--account', server.account)
  expect(all.map(({ type, outcome }) => [type, outcome])).toEqual([
    ['request.refused', 'not_applied'],
    ['coupon.create', 'applied'],
  ])
  const change = String(all[1]?.['id'])
  for (const filter of [
    ['--object', 'SUMMER'],
    ['--request', made.requestId],
    ['--caller-key', 'order-1'],
  ]) {
    expect(await server.json('journal', 'list', ...filter), filter.join(' ')).toEqual([all[1]])
  }
  expect(await server.json('journal', 'list', '--since', '1h', '--limit', '1')).toEqual([all[0]])
  expect(await server.json('journal', 'list', '--unanswered')).toEqual([])

  const shown = (await server.chatdash('journal', 'show', change)).out
  for (const part of ['SUMMER', '127.0.0.1', 'order-1', made.requestId, 'Stripe made the change to SUMMER.']) {
    expect(shown).toContain(part)
  }
  expect((await server.chatdash('journal', 'show', made.requestId)).out).toBe(shown)
  const short = (await server.chatdash('journal', 'show', refused.requestId)).out
  expect(short).toContain('was refused before Stripe was asked. Nothing was changed.')
  const csv = (await server.chatdash('journal', 'list', '--csv')).out.split('\r\n')
  expect(csv).toHaveLength(5)
  expect(csv[0]).toMatch(/^id,object,type,created,/)
  expect((await server.chatdash('journal', 'show', 'chg_none')).code).toBe(1)
  expect((await server.chatdash('journal', 'list', '--since', 'yesterday')).code).toBe(2)
})

test('a journal is sealed, signed, exported, and verified where it is and elsewhere; a change to it is named', async () => {
  const keys = generateKeyPairSync('ed25519')
  const folder = newFolder()
  const file = (name: string) => join(folder, name)
  writeFileSync(file('seal.pem'), keys.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(file('public.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }))
  const server = await runServer({ JOURNAL_SEAL_KEY: file('seal.pem') })
  await server.post('/coupons', { id: 'SUMMER', percent_off: 10 })
  await server.stop()
  expect((await server.chatdash('journal', 'seal')).code).toBe(0)
  const verify = (...more: string[]) =>
    server.chatdash('journal', 'verify', '--public-key', file('public.pem'), ...more)
  expect(await verify()).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^ok +3 events under \d seals? .*signed up to seal/),
  })
  expect((await server.chatdash('journal', 'export', file('journal.jsonl'))).code).toBe(0)
  expect(await verify('--export', file('journal.jsonl'))).toMatchObject({ code: 0 })

  const changed = readFileSync(file('journal.jsonl'), 'utf8').replace('"object_id":"SUMMER"', '"object_id":"WINTER"')
  writeFileSync(file('changed.jsonl'), changed)
  const named = {
    code: 1,
    out: expect.stringMatching(/^FAIL +The event evt_\w+ \(coupon.create.started, seq 2\) was changed/),
  }
  expect(await verify('--export', file('changed.jsonl'))).toMatchObject(named)
  server.sql("update events set object_id = 'WINTER' where seq = 2")
  expect(await verify()).toMatchObject(named)
})

test('what a key has made is listed, then undone, each as a change of the operator', async () => {
  const server = await runServer()
  const coupon = await server.post('/coupons', { percent_off: 10 })
  await server.post('/promotion-codes', { coupon: coupon.id, code: 'CODE10' })
  await server.post('/coupons', { id: 'KEPT', percent_off: 0 })
  await server.stop()
  const [created] = await server.json('journal', 'list', '--object', coupon.id)
  const args = ['undo', '--key', String(created?.['key']), '--since', '1h']
  const dry = await server.json(...args, '--dry-run')
  expect(dry.map(({ kind, result }) => [kind, result])).toEqual([
    ['promotion_code', 'to undo'],
    ['coupon', 'to undo'],
  ])
  const done = await server.json(...args)
  expect(done.map(({ object_id, result }) => [object_id, result])).toEqual(
    dry.map(({ object_id }) => [object_id, 'undone']),
  )
  const newest = await server.json('journal', 'list', '--limit', '2')
  expect(newest.map(({ actor, type, outcome, object_id }) => [actor, type, outcome, object_id])).toEqual([
    ['operator', 'coupon.delete', 'applied', coupon.id],
    ['operator', 'promotion_code.update', 'applied', done[0]?.['object_id']],
  ])
  expect((await server.json(...args)).map(({ result }) => result)).toEqual(['undone', 'gone already'])
})

test('a change without an answer is listed, settled by command, and then known', async () => {
  const server = await runServer()
  await server.post('/coupons', { id: 'SUMMER', percent_off: 10 })
  await server.send('DELETE', '/coupons/SUMMER')
  await server.stop()
  // As if the process had been killed a quarter of an hour ago, before it wrote the end.
  server.sql("delete from events where type = 'coupon.delete.ended'")
  server.sql("update events set at = at - 900000 where type = 'coupon.delete.started'")
  const unanswered = () => server.json('journal', 'list', '--unanswered')
  expect(await unanswered()).toMatchObject([{ type: 'coupon.delete', object_id: 'SUMMER', outcome: null }])
  const evidence = { object_id: 'SUMMER', outcome: 'applied', evidence: 'Stripe has no SUMMER any more.' }
  expect(await server.json('journal', 'settle', '--dry-run')).toMatchObject([evidence])
  expect(await server.json('journal', 'settle')).toMatchObject([evidence])
  expect(await unanswered()).toEqual([])
  const known = await server.json('journal', 'list', '--object', 'SUMMER', '--since', '1h')
  expect(known).toContainEqual(expect.objectContaining({ type: 'coupon.delete', outcome: 'applied' }))
})

test('a server seals what it was asked for by itself', async () => {
  const server = await runServer()
  await server.post('/coupons', { id: 'SUMMER', percent_off: 10 })
  const sealed = async () => (await server.chatdash('journal', 'verify')).out
  await expect.poll(sealed, { interval: 1_000 }).toMatch(/^ok +[23] events under/)
  onTestFinished(async () => void (await server.stop()))
})

test('two processes that write and seal at once leave one unbroken chain over every event', async () => {
  const first = await runServer()
  const second = await serve({ DATA_DIR: first.folder })
  const creates = 30
  const both = [undefined, second.url].flatMap((url) =>
    Array.from({ length: creates }, () => first.send('POST', '/coupons', { percent_off: 10 }, {}, url)),
  )
  for (const { status } of await Promise.all(both)) expect(status).toBe(201)
  const sealing = Array.from({ length: 3 }, () => first.chatdash('journal', 'seal'))
  for (const { code } of await Promise.all(sealing)) expect(code).toBe(0)
  expect(await first.stop()).toBe(0)
  expect(await second.stop('SIGTERM')).toBe(0)
  await first.chatdash('journal', 'seal')
  const { code, out } = await first.chatdash('journal', 'verify', '--json')
  expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, events: 1 + 4 * creates, unsealed: 0, finding: null })
})
