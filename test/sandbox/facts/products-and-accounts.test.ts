/* oxlint-disable vitest/no-standalone-expect, vitest/expect-expect -- each fact is a test */
import { describe, expect } from 'vitest'
import { fact, refusal } from '../../support/sandbox-facts.ts'

describe('a product', () => {
  fact('S', 'takes images and what else a catalogue says', async (s) => {
    const given = {
      active: false,
      description: 'A plan',
      images: ['https://example.com/a.png', 'https://example.com/b.png'],
      marketing_features: [{ name: 'Fast' }],
      shippable: true,
      statement_descriptor: 'PLAN',
      tax_code: 'txcd_10000000',
      type: 'good',
      unit_label: 'seat',
      url: 'https://example.com/plan',
    }
    const product = await s.ok('POST', '/v1/products', { name: 'Plan', ...given })
    expect(product).toMatchObject(given)
    expect(await s.ok('GET', `/v1/products/${product.id}`)).toEqual(product)
  })
  fact('S', 'is updated, which shows in updated', async (s) => {
    const { id } = await s.ok('POST', '/v1/products', {
      id: 'P',
      name: 'Plan',
      description: 'Old',
      url: 'https://a.example',
    })
    s.clock.now += 60
    const product = await s.ok('POST', `/v1/products/${id}`, { name: 'New', description: null, active: false })
    expect(product).toMatchObject({ name: 'New', description: null, active: false, url: 'https://a.example' })
    expect(product.updated - product.created).toBe(60)
    expect(await s.ok('GET', '/v1/products/P')).toEqual(product)
  })
  fact('S', 'keeps its id and type', async (s) => {
    await s.ok('POST', '/v1/products', { id: 'P', name: 'Plan' })
    for (const param of ['id', 'type']) {
      await refusal('POST', '/v1/products/P', { [param]: 'good' }, { code: 'parameter_unknown', param })(s)
    }
  })
  fact('S', 'is gone when it is deleted', async (s) => {
    await s.ok('POST', '/v1/products', { id: 'P', name: 'Plan' })
    expect(await s.ok('DELETE', '/v1/products/P')).toEqual({ id: 'P', object: 'product', deleted: true })
    const missing = { status: 404, code: 'resource_missing', param: 'id', message: "No such product: 'P'" }
    await refusal('GET', '/v1/products/P', {}, missing)(s)
    expect((await s.ok('GET', '/v1/products')).data).toEqual([])
  })
  fact('S', 'is listed by active, ids, shippable, type and url', async (s) => {
    const good = { type: 'good', shippable: true, url: 'https://a.example', active: false }
    await s.ok('POST', '/v1/products', { id: 'A', name: 'A', ...good })
    await s.ok('POST', '/v1/products', { id: 'B', name: 'B', shippable: false })
    await s.ok('POST', '/v1/products', { id: 'C', name: 'C' })
    const ids = async (params: Record<string, unknown>) =>
      (await s.ok('GET', '/v1/products', params)).data.map(({ id }: { id: string }) => id)
    expect(await ids({ active: true })).toEqual(['C', 'B'])
    expect(await ids({ active: false })).toEqual(['A'])
    expect(await ids({ ids: ['A', 'C', 'nope'] })).toEqual(['C', 'A'])
    expect(await ids({ shippable: false })).toEqual(['B'])
    expect(await ids({ type: 'good' })).toEqual(['A'])
    expect(await ids({ url: 'https://a.example' })).toEqual(['A'])
  })
})

describe('an account', () => {
  const controllers = {
    standard: ['account', 'stripe', 'stripe', 'full'],
    express: ['application_express', 'application', 'stripe', 'express'],
    custom: ['application_custom', 'application', 'application', 'none'],
  }
  for (const [type, [payer, payments, collection, dashboard]] of Object.entries(controllers)) {
    fact('S', `of type ${type} shows the controller that the type stands for`, async (s) => {
      expect((await s.ok('POST', '/v1/accounts', { type })).controller).toEqual({
        fees: { payer },
        is_controller: true,
        losses: { payments },
        requirement_collection: collection,
        stripe_dashboard: { type: dashboard },
        type: 'application',
      })
    })
  }
  fact('S', 'with a controller has the type none', async (s) => {
    const controller = {
      fees: { payer: 'application' },
      losses: { payments: 'application' },
      stripe_dashboard: { type: 'express' },
    }
    const account = await s.ok('POST', '/v1/accounts', { controller })
    expect(account).toMatchObject({ type: 'none', controller: { ...controller, requirement_collection: 'stripe' } })
    expect(await s.ok('GET', `/v1/accounts/${account.id}`)).toEqual(account)
  })
})
