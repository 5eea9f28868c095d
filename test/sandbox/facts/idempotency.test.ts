/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { coupons, fact, idsOf, percent, refusal } from '../../support/sandbox-facts.ts'

describe('an idempotency key', () => {
  fact('S', 'a POST with the key of another answers as that did, and makes nothing', async (s) => {
    const first = await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
    const second = await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
    expect(second.text).toBe(first.text)
    expect(second.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.headers['request-id'],
    })
    expect(second.headers['request-id']).not.toBe(first.headers['request-id'])
    expect(await idsOf(s)).toHaveLength(1)
  })
  fact('S', 'on GET and DELETE a key is ignored', async (s) => {
    const [id = ''] = await coupons(s, 1)
    await s.ok('DELETE', `/v1/coupons/${id}`, {}, { headers: { 'idempotency-key': 'k' } })
    expect(await s.refused('DELETE', `/v1/coupons/${id}`, {}, { headers: { 'idempotency-key': 'k' } })).toMatchObject({
      status: 404,
    })
  })
  fact('S', 'a key has up to 255 characters', async (s) => {
    await s.ok('POST', '/v1/coupons', percent, { idempotencyKey: 'k'.repeat(255) })
    expect(await s.refused('POST', '/v1/coupons', percent, { idempotencyKey: 'k'.repeat(256) })).toMatchObject({
      status: 400,
    })
  })
  fact('S', "a key is an account's own, and a mode's", async (s) => {
    const account = (await s.ok('POST', '/v1/accounts')).id
    for (const options of [{}, { account }, { key: 'sk_live_x1y2' }]) {
      const answer = await s.call('POST', '/v1/coupons', percent, { ...options, idempotencyKey: 'k' })
      expect(answer.headers['idempotent-replayed']).toBeUndefined()
    }
  })
  fact('S', 'a key is forgotten after 24 hours', async (s) => {
    await s.ok('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
    s.clock.now += 86_399
    expect((await s.call('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })).headers['idempotent-replayed']).toBe(
      'true',
    )
    s.clock.now += 2
    await s.ok('POST', '/v1/coupons', { percent_off: 3 }, { idempotencyKey: 'k' })
    expect(await idsOf(s)).toHaveLength(2)
  })
  fact('S', 'a refusal by the endpoint is kept', async (s) => {
    await s.ok('POST', '/v1/coupons', { ...percent, id: 'A' })
    const first = await s.call('POST', '/v1/coupons', { ...percent, id: 'A' }, { idempotencyKey: 'k' })
    await s.ok('DELETE', '/v1/coupons/A')
    const second = await s.call('POST', '/v1/coupons', { ...percent, id: 'A' }, { idempotencyKey: 'k' })
    expect(second).toMatchObject({ status: 400, text: first.text })
  })
  fact('S', 'a refusal of the parameters is not kept', async (s) => {
    await s.refused('POST', '/v1/coupons', { percent_off: 'x' }, { idempotencyKey: 'k' })
    await s.ok('POST', '/v1/coupons', percent, { idempotencyKey: 'k' })
  })
  fact('R', 'one key with other parameters is an idempotency_error', async (s) => {
    await s.ok('POST', '/v1/coupons', percent, { idempotencyKey: 'k-1' })
    await refusal(
      'POST',
      '/v1/coupons',
      { percent_off: 26 },
      {
        type: 'idempotency_error',
        message:
          "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'k-1' if you meant to execute a different request.",
      },
      { idempotencyKey: 'k-1' },
    )(s)
  })
})
