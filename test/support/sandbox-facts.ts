import { expect, test } from 'vitest'
import { open, type CallOptions, type Open, type Params } from './sandbox.ts'

/** Checks one fact on a sandbox of its own. */
export type Show = (s: Open) => Promise<void>
export type Refusal = { status?: number; code?: string; param?: string; message?: string | RegExp; type?: string }

export const percent = { percent_off: 25 }
export const promotionOf = (coupon: string): Params => ({ promotion: { type: 'coupon', coupon } })

/**
 * Tests one fact about Stripe on a sandbox of its own. R was seen in a recording of the real API, S is in Stripe's own
 * documents, T is told by third parties, G is our guess from the nearest known case.
 */
export function fact(source: 'R' | 'S' | 'T' | 'G', name: string, show: Show): void {
  // oxlint-disable-next-line vitest/expect-expect -- the check asserts
  test(`${source} ${name}`, async () => {
    await show(open())
  })
}

/** A call that is refused in exactly this way: a code or param that is not named must be absent; a message that is not named may be any. */
export function refusal(method: string, path: string, params: Params, expected: Refusal, options?: CallOptions): Show {
  return async (s) => {
    const { message, status, type, code, param } = await s.refused(method, path, params, options)
    expect({ code, param, type, status }).toEqual({
      code: expected.code,
      param: expected.param,
      type: expected.type ?? 'invalid_request_error',
      status: expected.status ?? 400,
    })
    if (typeof expected.message === 'string') expect(message).toBe(expected.message)
    else if (expected.message) expect(message).toMatch(expected.message)
  }
}

/** Runs the check on a sandbox that has coupon A. */
export const withCouponA =
  (show: Show, coupon: Params = {}): Show =>
  async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A', ...coupon })
    await show(s)
  }

/** Ids of the listed coupons. */
export async function idsOf(s: Open, params: Params = {}): Promise<string[]> {
  const list = await s.ok('GET', '/v1/coupons', params)
  return list.data.map(({ id }: { id: string }) => id)
}

/** Creates coupons and returns their ids, oldest first. */
export async function coupons(s: Open, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push((await s.ok('POST', '/v1/coupons', percent)).id)
  return ids
}
