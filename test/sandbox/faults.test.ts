import { describe, expect, onTestFinished, test } from 'vitest'
import { serveSandbox } from '../../src/sandbox/server.ts'
import { callerOf, form, open, type Params } from '../support/sandbox.ts'
import { schemaViolation } from '../support/sandbox-schemas.ts'

const percent = { percent_off: 25 }
const withFault = (fault: string) => ({ headers: { 'sandbox-fault': fault } })

describe('a fault asked for in a header', () => {
  test.each([
    ['429', 429, 'rate_limit'],
    ['500', 500, undefined],
    ['503', 503, undefined],
  ])('%s answers so, says so, and makes nothing', async (fault, status, code) => {
    const s = open()
    const answer = await s.call('POST', '/v1/coupons', percent, withFault(fault))
    expect(answer.status).toBe(status)
    expect(answer.headers['sandbox-fault']).toBe(fault)
    expect(answer.body.error.code).toBe(code)
    expect((await s.ok('GET', '/v1/coupons')).data).toEqual([])
  })

  test('a 500 is kept under the idempotency key, a 429 and a 503 are not', async () => {
    const s = open()
    for (const [fault, status] of [
      ['429', 200],
      ['503', 200],
      ['500', 500],
    ] as const) {
      await s.refused('POST', '/v1/coupons', percent, { idempotencyKey: fault, ...withFault(fault) })
      const again = await s.sandbox.send({
        method: 'POST',
        path: '/v1/coupons',
        headers: { authorization: 'Bearer sk_test_sandbox', 'idempotency-key': fault },
        body: form(percent),
      })
      expect(schemaViolation(again.status, JSON.parse(again.body))).toBe(undefined)
      expect(again.status).toBe(status)
    }
  })

  test('a reset changes nothing, a lost or cut answer was a success', async () => {
    const s = open()
    for (const [fault, count] of [
      ['reset', 0],
      ['lost', 1],
      ['cut', 2],
    ] as const) {
      await expect(s.call('POST', '/v1/coupons', percent, withFault(fault))).rejects.toMatchObject({
        code: 'ECONNRESET',
      })
      expect((await s.ok('GET', '/v1/coupons')).data).toHaveLength(count)
    }
  })

  test('the replay of a lost answer arrives', async () => {
    const s = open()
    const options = { idempotencyKey: 'k', ...withFault('lost') }
    await expect(s.call('POST', '/v1/coupons', percent, options)).rejects.toMatchObject({ code: 'ECONNRESET' })
    const replay = await s.call('POST', '/v1/coupons', percent, options)
    expect(replay.headers['idempotent-replayed']).toBe('true')
    expect((await s.ok('GET', '/v1/coupons')).data).toEqual([replay.body])
  })

  test('times limits how often one key meets it', async () => {
    const s = open()
    const options = { idempotencyKey: 'k', ...withFault('503;times=2') }
    const statuses: number[] = []
    for (let n = 0; n < 3; n++) statuses.push((await s.call('POST', '/v1/coupons', percent, options)).status)
    expect(statuses).toEqual([503, 503, 200])
  })

  test.each(['nonsense', '500;ms=-1', 'latency;ms=x'])('an unknown fault is refused: %s', async (fault) => {
    const s = open()
    expect(await s.refused('POST', '/v1/coupons', percent, withFault(fault))).toMatchObject({ param: 'Sandbox-Fault' })
  })
})

const statuses = async (s: ReturnType<typeof open>, count: number, method = 'GET', params: Params = {}) => {
  const all: number[] = []
  for (let n = 0; n < count; n++) all.push((await s.call(method, '/v1/coupons', params)).status)
  return all
}

describe('a fault rule', () => {
  test('fails as large a part of the requests as it says, without chance', async () => {
    const s = open()
    await s.ok('POST', '/_sandbox/faults', { fault: '503', rate: 0.25 })
    expect(await statuses(s, 8)).toEqual([200, 200, 200, 503, 200, 200, 200, 503])
  })

  test('ends after its times, and keeps to its method and path', async () => {
    const s = open()
    await s.ok('POST', '/_sandbox/faults', { fault: '503', times: 1, method: 'POST', path: '/v1/coupons' })
    expect(await statuses(s, 1)).toEqual([200])
    expect((await s.call('POST', '/v1/customers')).status).toBe(200)
    expect(await statuses(s, 2, 'POST', percent)).toEqual([503, 200])
  })

  test('is listed and cleared, and never hits the controls', async () => {
    const s = open()
    await s.ok('POST', '/_sandbox/faults', { fault: '500' })
    expect((await s.ok('GET', '/_sandbox/faults')).data).toMatchObject([{ fault: '500', rate: 1, times: null }])
    expect((await s.ok('DELETE', '/_sandbox/faults')).data).toEqual([])
    expect(await statuses(s, 1)).toEqual([200])
  })

  test.each([{ fault: 'x' }, {}, { fault: '500', rate: 0 }, { fault: '500', rate: 2 }, { fault: '500', times: 0 }])(
    'is refused when it makes no sense: %o',
    async (params) => {
      expect(await open().refused('POST', '/_sandbox/faults', params)).toMatchObject({ status: 400 })
    },
  )
})

describe('the clock', () => {
  test('moves forwards when told to: coupons expire and keys are forgotten', async () => {
    const s = open()
    const coupon = { ...percent, id: 'A', redeem_by: s.clock.now + 3600 }
    await s.ok('POST', '/v1/coupons', coupon, { idempotencyKey: 'k' })
    const clock = await s.ok('POST', '/_sandbox/clock', { advance: 86_401 })
    expect(clock).toEqual({ object: 'sandbox.clock', ahead: 86_401, now: s.clock.now + 86_401 })
    expect(await s.ok('GET', '/_sandbox/clock')).toEqual(clock)
    expect(await s.ok('GET', '/v1/coupons/A')).toMatchObject({ valid: false })
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'B' }, { idempotencyKey: 'k' })
  })

  test('does not go back', async () => {
    expect(await open().refused('POST', '/_sandbox/clock', { advance: -5 })).toMatchObject({ param: 'advance' })
  })
})

async function served() {
  const server = await serveSandbox({ file: ':memory:', host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  const ask = (fault: string) =>
    fetch(`${server.url}/v1/coupons`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_sandbox', 'sandbox-fault': fault },
      body: new URLSearchParams({ percent_off: '25' }),
    })
  return { ask }
}

describe('over the port', () => {
  test.each(['reset', 'lost'])('%s breaks the connection without an answer', async (fault) => {
    const { ask } = await served()
    await expect(ask(fault)).rejects.toThrow('fetch failed')
  })

  test('cut breaks it in the middle of the body', async () => {
    const { ask } = await served()
    const response = await ask('cut')
    expect(response.status).toBe(200)
    expect(response.headers.get('sandbox-fault')).toBe('cut')
    await expect(response.text()).rejects.toThrow('terminated')
  })

  test('drip sends the body in pieces', async () => {
    const { ask } = await served()
    const response = await ask('drip;ms=1')
    let pieces = 0
    let text = ''
    const decoder = new TextDecoder()
    for await (const piece of response.body ?? []) {
      pieces++
      text += decoder.decode(piece, { stream: true })
    }
    expect(pieces).toBeGreaterThan(1)
    expect(schemaViolation(200, JSON.parse(text))).toBe(undefined)
  })

  test('latency answers late', async () => {
    const { ask } = await served()
    const start = performance.now()
    const response = await ask('latency;ms=50')
    expect(response.headers.get('sandbox-fault')).toBe('latency')
    expect(schemaViolation(200, (await response.json()) as Record<string, unknown>)).toBe(undefined)
    expect(performance.now() - start).toBeGreaterThan(45)
  })
})

test('several callers with one key while the first is late get 409, and later its answer', async () => {
  const { sandbox } = open()
  const { call } = callerOf(sandbox)
  const first = call('POST', '/v1/coupons', percent, { idempotencyKey: 'k', ...withFault('latency;ms=20') })
  const others = await Promise.all([1, 2, 3].map(() => call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })))
  expect(others.map(({ status }) => status)).toEqual([409, 409, 409])
  expect((await first).status).toBe(200)
})
