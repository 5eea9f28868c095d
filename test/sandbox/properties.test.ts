/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each step of a run is checked as it is taken */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callerOf, form, type Answer } from '../support/sandbox.ts'
import { openSandbox } from '../../src/sandbox/sandbox.ts'

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const start = 1_800_000_000

type ModelCoupon = { id: string; redeemBy: number | null; most: number | null; redeemed: number; name: string | null }
type ModelCode = {
  id: string
  coupon: ModelCoupon
  spelling: string
  wanted: boolean
  most: number | null
  redeemed: number
}

/** The expected state in the plainest terms: lists in order of creation and a clock. */
class Model {
  now = start
  coupons: ModelCoupon[] = []
  codes: ModelCode[] = []
  kept = new Map<string, { params: string; text: string }>()

  valid(coupon: ModelCoupon): boolean {
    const isInTime = coupon.redeemBy === null || this.now <= coupon.redeemBy
    return isInTime && (coupon.most === null || coupon.redeemed < coupon.most)
  }

  active(code: ModelCode): boolean {
    const isThere = this.coupons.includes(code.coupon)
    return code.wanted && isThere && this.valid(code.coupon) && (code.most === null || code.redeemed < code.most)
  }

  isTaken(spelling: string, except?: ModelCode): boolean {
    const lower = spelling.toLowerCase()
    return this.codes.some((code) => code !== except && code.spelling.toLowerCase() === lower && this.active(code))
  }
}

type Real = { call: ReturnType<typeof callerOf>['call']; customer: string }
type Step = { name: string; run(model: Model, real: Real): Promise<void> }

const pick = <T>(from: T[], at: number): T | undefined => from[at % Math.max(from.length, 1)]
const index = fc.nat(50)
const id = fc.option(fc.constantFrom('A', 'B', 'C', 'SAME0001'), { nil: undefined })
const most = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined })
const inSeconds = fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined })
const key = fc.option(fc.constantFrom('k1', 'k2', 'k3'), { nil: undefined })

const created = (answer: Answer): ModelCoupon => ({
  id: answer.body.id,
  redeemBy: answer.body.redeem_by,
  most: answer.body.max_redemptions,
  redeemed: 0,
  name: null,
})

const createCoupon = fc
  .record({ id, most, inSeconds, key })
  .map(({ id: own, most: max, inSeconds: ahead, key: idempotencyKey }): Step => ({
    name: `create coupon ${own ?? ''} ${idempotencyKey ?? ''}`,
    async run(model, { call }) {
      const redeemBy = ahead === undefined ? undefined : start + 1_000_000 + ahead
      const params = { percent_off: 25, id: own, max_redemptions: max, redeem_by: redeemBy }
      const answer = await call('POST', '/v1/coupons', params, idempotencyKey === undefined ? {} : { idempotencyKey })
      const kept = idempotencyKey === undefined ? undefined : model.kept.get(idempotencyKey)
      if (kept && kept.params === form(params)) {
        expect(answer.text).toBe(kept.text)
        expect(answer.headers['idempotent-replayed']).toBe('true')
        return
      }
      if (kept) {
        expect(answer.body.error.type).toBe('idempotency_error')
        return
      }
      if (redeemBy !== undefined && redeemBy <= model.now) {
        expect(answer).toMatchObject({ status: 400, body: { error: { param: 'redeem_by' } } })
        return
      }
      const isTaken = model.coupons.some((coupon) => coupon.id === own)
      expect(answer.status).toBe(isTaken ? 400 : 200)
      if (idempotencyKey !== undefined) model.kept.set(idempotencyKey, { params: form(params), text: answer.text })
      if (!isTaken) model.coupons.push(created(answer))
    },
  }))

const renameCoupon = fc.tuple(index, fc.constantFrom('X', 'Y', null)).map(([at, name]): Step => ({
  name: `rename ${at} ${name}`,
  async run(model, { call }) {
    const coupon = pick(model.coupons, at)
    const { status } = await call('POST', `/v1/coupons/${coupon?.id ?? 'none'}`, { name })
    expect(status).toBe(coupon ? 200 : 404)
    if (coupon) coupon.name = name
  },
}))

const deleteCoupon = index.map((at): Step => ({
  name: `delete ${at}`,
  async run(model, { call }) {
    const coupon = pick(model.coupons, at)
    const { status } = await call('DELETE', `/v1/coupons/${coupon?.id ?? 'none'}`)
    expect(status).toBe(coupon ? 200 : 404)
    model.coupons = model.coupons.filter((one) => one !== coupon)
  },
}))

const createCode = fc
  .record({ at: index, spelling: fc.constantFrom('one', 'ONE', 'two', 'Two'), most })
  .map(({ at, spelling, most: max }): Step => ({
    name: `create code ${spelling} of ${at}`,
    async run(model, { call }) {
      const coupon = pick(model.coupons, at)
      const params = {
        promotion: { type: 'coupon', coupon: coupon?.id ?? 'none' },
        code: spelling,
        max_redemptions: max,
      }
      const answer = await call('POST', '/v1/promotion_codes', params)
      const isTooMany = max !== undefined && coupon !== undefined && coupon.most !== null && max > coupon.most
      const code = coupon && { id: '', coupon, spelling, wanted: true, most: max ?? null, redeemed: 0 }
      const isRefused = !code || isTooMany || (model.active(code) && model.isTaken(spelling))
      expect(answer.status).toBe(isRefused ? 400 : 200)
      if (code && !isRefused) model.codes.push({ ...code, id: answer.body.id })
    },
  }))

const switchCode = fc.tuple(index, fc.boolean()).map(([at, active]): Step => ({
  name: `switch code ${at} ${active}`,
  async run(model, { call }) {
    const code = pick(model.codes, at)
    if (!code) return
    const { status } = await call('POST', `/v1/promotion_codes/${code.id}`, { active })
    const isBack = active && !model.active(code)
    const isRefused = isBack && (!model.active({ ...code, wanted: true }) || model.isTaken(code.spelling, code))
    expect(status).toBe(isRefused ? 400 : 200)
    if (!isRefused) code.wanted = active
  },
}))

const redeem = fc.tuple(index, fc.boolean()).map(([at, byCode]): Step => ({
  name: `redeem ${byCode ? 'code' : 'coupon'} ${at}`,
  async run(model, { call, customer }) {
    const code = byCode ? pick(model.codes, at) : undefined
    const coupon = byCode ? code?.coupon : pick(model.coupons, at)
    if (!coupon) return
    const named = code ? { promotion_code: code.id } : { coupon: coupon.id }
    const { status } = await call('POST', '/_sandbox/redemptions', { ...named, customer })
    const isRedeemable = code ? model.active(code) : model.valid(coupon)
    expect(status).toBe(isRedeemable ? 200 : 400)
    if (!isRedeemable) return
    coupon.redeemed++
    if (code) code.redeemed++
  },
}))

const advance = fc.constantFrom(1, 5, 999_980, 90_000).map((seconds): Step => ({
  name: `advance ${seconds}`,
  async run(model, { call }) {
    const { body } = await call('POST', '/_sandbox/clock', { advance: seconds })
    model.now += seconds
    expect(body.now).toBe(model.now)
    if (seconds > 86_400) model.kept.clear()
  },
}))

async function pages(call: Real['call'], path: string, limit: number, from: 'starting_after' | 'ending_before') {
  const seen: Answer['body'][] = []
  let cursor: string | undefined
  if (from === 'ending_before') {
    const all = await pages(call, path, 100, 'starting_after')
    cursor = all.at(-1)?.id
    if (cursor === undefined) return []
    seen.push(all.at(-1))
  }
  for (;;) {
    const { body } = await call('GET', path, { limit, [from]: cursor })
    if (body.has_more) expect(body.data).toHaveLength(limit)
    else expect(body.data.length).toBeLessThanOrEqual(limit)
    if (from === 'starting_after') seen.push(...body.data)
    else seen.unshift(...body.data)
    if (!body.has_more) return seen
    cursor = (from === 'starting_after' ? body.data.at(-1) : body.data[0]).id
  }
}

async function compare(model: Model, { call }: Real, limit: number): Promise<void> {
  for (const from of ['starting_after', 'ending_before'] as const) {
    const coupons = await pages(call, '/v1/coupons', limit, from)
    expect(coupons.map((one) => [one.id, one.name, one.times_redeemed, one.valid])).toEqual(
      model.coupons.toReversed().map((one) => [one.id, one.name, one.redeemed, model.valid(one)]),
    )
    const codes = await pages(call, '/v1/promotion_codes', limit, from)
    expect(codes.map((one) => [one.id, one.code, one.times_redeemed, one.active])).toEqual(
      model.codes.toReversed().map((one) => [one.id, one.spelling, one.redeemed, model.active(one)]),
    )
    const active = codes.filter((one) => one.active).map((one) => String(one.code).toLowerCase())
    expect(new Set(active).size).toBe(active.length)
  }
}

describe('whatever happens', () => {
  const step = fc.oneof(
    createCoupon,
    createCoupon,
    renameCoupon,
    deleteCoupon,
    createCode,
    createCode,
    switchCode,
    redeem,
    advance,
  )

  test(`lists equal the model, cursors see each once, codes stay unique, replays do not differ (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), async (steps, limit) => {
        const sandbox = openSandbox({ file: ':memory:', now: () => start * 1000 })
        const { call } = callerOf(sandbox)
        const customer: string = (await call('POST', '/v1/customers')).body.id
        const model = new Model()
        for (const one of steps) await one.run(model, { call, customer })
        await compare(model, { call, customer }, limit)
        sandbox.close()
      }),
      { seed, numRuns: 150 },
    )
  })

  test(`a thousand at once with the same few keys make one coupon a key (seed ${seed})`, async () => {
    const sandbox = openSandbox({ file: ':memory:', now: () => start * 1000 })
    const { call } = callerOf(sandbox)
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        call('POST', '/v1/coupons', { percent_off: 25 }, { idempotencyKey: `k${n % 10}` }),
      ),
    )
    expect(new Set(answers.map(({ text }) => text)).size).toBe(10)
    expect((await call('GET', '/v1/coupons', { limit: 100 })).body.data).toHaveLength(10)
    sandbox.close()
  })
})
