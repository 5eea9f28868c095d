import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { callerOf, open } from '../support/sandbox.ts'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { schemaViolation } from '../support/sandbox-schemas.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** The standalone command as a process, once it says where it listens. */
async function started(file: string): Promise<{ child: ChildProcess; url: string }> {
  const program = `
    import { sandbox } from './src/cli/sandbox.ts'
    process.exitCode = await sandbox.run({ values: { port: '0', data: ${JSON.stringify(file)} }, positionals: [] })
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for await (const chunk of child.stdout) {
    said += String(chunk)
    const url = /http:\/\/[\d.]+:\d+/.exec(said)?.[0]
    if (url !== undefined) return { child, url }
  }
  throw new Error(`it ended: ${said}`)
}

const gone = (child: ChildProcess): Promise<number | null> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => {
        child.once('exit', resolve)
      })
    : Promise.resolve(child.exitCode)

async function create(url: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/v1/coupons`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_sandbox' },
    body: new URLSearchParams({ percent_off: '25' }),
  })
  if (answer.status !== 200) return undefined
  const body: { id: string } = JSON.parse(await answer.text())
  expect(schemaViolation(200, body)).toBe(undefined)
  return body.id
}

test('what was answered 200 is there after kill -9, in each of three rounds', async () => {
  const file = join(folder(), 'sandbox.db')
  const answered: string[] = []
  for (let round = 0; round < 3; round++) {
    const { child, url } = await started(file)
    const before = answered.length
    let isKilled = false
    const clients = Array.from({ length: 8 }, async () => {
      while (!isKilled) {
        const id = await create(url).catch(() => undefined)
        if (id !== undefined) answered.push(id)
        if (answered.length - before > 150 && !isKilled) {
          isKilled = true
          child.kill('SIGKILL')
        }
      }
    })
    await Promise.all(clients)
    await gone(child)
  }
  const { ok } = open({ file })
  for (const id of answered) await ok('GET', `/v1/coupons/${id}`)
  expect(answered.length).toBeGreaterThan(450)
}, 30_000)

test('SIGTERM ends it in order', async () => {
  const { child, url } = await started(join(folder(), 'sandbox.db'))
  expect(await create(url)).toMatch(/^[A-Za-z0-9]{8}$/)
  child.kill('SIGTERM')
  expect(await gone(child)).toBe(0)
})

test('two hold one file open: each sees what the other did, and they share the clock and the faults', async () => {
  const file = join(folder(), 'sandbox.db')
  const one = open({ file })
  const other = open({ file })
  const { id } = await one.ok('POST', '/v1/coupons', { percent_off: 25, redeem_by: one.clock.now + 10 })
  expect(await other.ok('GET', `/v1/coupons/${id}`)).toMatchObject({ valid: true })
  await other.ok('POST', '/_sandbox/clock', { advance: 11 })
  expect(await one.ok('GET', `/v1/coupons/${id}`)).toMatchObject({ valid: false })
  await one.ok('POST', '/_sandbox/faults', { fault: '503', times: 1 })
  expect((await other.call('GET', '/v1/coupons')).status).toBe(503)
  expect((await one.call('GET', '/v1/coupons')).status).toBe(200)
  await other.ok('DELETE', `/v1/coupons/${id}`)
  expect((await one.call('GET', `/v1/coupons/${id}`)).status).toBe(404)
})

test('two of one process do not lock each other out', async () => {
  const file = join(folder(), 'sandbox.db')
  const both = [open({ file }), open({ file })]
  const made = await Promise.all(
    both.flatMap(({ ok }) => [1, 2, 3].map(() => ok('POST', '/v1/coupons', { percent_off: 25 }))),
  )
  expect(new Set(made.map(({ id }) => id)).size).toBe(6)
})

test('writes of two processes at once all come through', async () => {
  const file = join(folder(), 'sandbox.db')
  const { url } = await started(file)
  const { ok } = open({ file })
  const ids = await Promise.all(
    Array.from({ length: 200 }, async (_, n) =>
      n % 2 ? create(url) : (await ok('POST', '/v1/coupons', { percent_off: 25 })).id,
    ),
  )
  expect(new Set(ids).size).toBe(200)
  for (const id of ids) await ok('GET', `/v1/coupons/${id}`)
})

test('of two processes redeeming the last place one wins', async () => {
  const file = join(folder(), 'sandbox.db')
  const { url } = await started(file)
  const { ok, call } = open({ file })
  const customer = (await ok('POST', '/v1/customers')).id
  for (let n = 0; n < 20; n++) {
    const { id } = await ok('POST', '/v1/coupons', { percent_off: 25, max_redemptions: 1 })
    const there = fetch(`${url}/_sandbox/redemptions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_sandbox' },
      body: new URLSearchParams({ coupon: id, customer }),
    })
    const here = call('POST', '/_sandbox/redemptions', { coupon: id, customer })
    const { status } = await there
    expect(schemaViolation(status, (await (await there).json()) as Record<string, unknown>)).toBe(undefined)
    expect([status, (await here).status].toSorted((a, b) => a - b)).toEqual([200, 400])
  }
})

test('the state is there when it is opened again, keys of idempotency included', async () => {
  const file = join(folder(), 'sandbox.db')
  const first = openSandbox({ file })
  const { text } = await callerOf(first).call('POST', '/v1/coupons', { percent_off: 25 }, { idempotencyKey: 'k' })
  first.close()
  const again = openSandbox({ file })
  expect((await callerOf(again).call('POST', '/v1/coupons', { percent_off: 25 }, { idempotencyKey: 'k' })).text).toBe(
    text,
  )
  again.close()
})
