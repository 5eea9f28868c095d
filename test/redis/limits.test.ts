import { describe, expect, test } from 'vitest'
import { openKeys, redisUrl, skipped } from '../support/redis.ts'

const bounds = { unitsPerSecond: 1_000, requestsMax: 2 }

describe.skipIf(redisUrl === undefined)(`limits in Redis ${skipped}`, () => {
  test('units are granted once, however many processes ask for them at the same time', async () => {
    const keys = await openKeys()
    const processes = [await keys.open(), await keys.open(), await keys.open()]
    const answers = await Promise.all(
      processes.flatMap((each) => Array.from({ length: 40 }, () => each.take('a', 3, 100))),
    )
    const granted = answers.map((answer) => answer?.granted ?? 0)
    expect(granted.reduce((sum, units) => sum + units, 0)).toBe(100)
    expect(granted.filter((units) => units === 3)).toHaveLength(33)
    expect(Math.min(...answers.map((answer) => answer?.remaining ?? 0))).toBe(0)
    expect((await processes[0]?.take('b', 1, 100))?.granted).toBe(1)
  })

  test('units come back one by one, and refusals do not draw that out', async () => {
    const keys = await openKeys()
    const limits = await keys.open({ periodMs: 600_000 })
    expect(await limits.take('a', 3, 3)).toEqual({ granted: 3, remaining: 0, resetMs: 600_000 })
    const passed = async (ms: number) => {
      const key = keys.unitsOf('a')
      await keys.client.set(key, `${Number(await keys.client.get(key)) - ms * 1_000}`)
    }
    await passed(100_000)
    expect(await limits.take('a', 1, 3)).toMatchObject({ granted: 0, remaining: 0 })
    await passed(110_000)
    const second = await limits.take('a', 3, 3)
    expect(second).toMatchObject({ granted: 1, remaining: 0 })
    expect(second?.resetMs).toBeLessThanOrEqual(590_000)
  })

  test('what is missing is forgotten once all is back', async () => {
    const keys = await openKeys()
    const limits = await keys.open({ periodMs: 50 })
    await limits.take('a', 1, 1)
    await expect.poll(() => keys.keys('units')).toEqual([])
  })

  test('a clock of Redis that was set back locks nobody out', async () => {
    const keys = await openKeys()
    const limits = await keys.open({ periodMs: 1_000, leaseMs: 5_000 })
    await limits.take('a', 1, 1)
    await limits.enter('ag_1', 'left behind', { ...bounds, requestsMax: 1 })
    const hour = 3_600_000
    for (const key of await keys.keys('units')) await keys.client.set(key, `${(Date.now() + hour) * 1_000}`)
    for (const key of await keys.keys('requests')) {
      await keys.client.zAdd(key, { score: Date.now() + hour, value: 'left behind' })
      await keys.client.pExpire(key, hour)
    }
    expect(await limits.take('a', 1, 1)).toEqual({ granted: 1, remaining: 0, resetMs: 1_000 })
    expect(await limits.enter('ag_1', 'another', { ...bounds, requestsMax: 1 })).toMatchObject({ isInside: true })
  })

  test('a unit that is given back can be taken by another process, and never more than there were', async () => {
    const keys = await openKeys()
    const [one, two] = [await keys.open(), await keys.open()]
    await one.take('a', 1, 1)
    one.refund('a', 1)
    one.refund('a', 1)
    await expect.poll(async () => (await two.take('a', 5, 1))?.granted).toBe(1)
  })

  test('requests in progress are counted over all processes until they leave', async () => {
    const keys = await openKeys()
    const [one, two] = [await keys.open(), await keys.open()]
    expect(await one.enter('ag_1', 'a', bounds)).toMatchObject({ isInside: true, rate: { remaining: 999 } })
    expect(await two.enter('ag_1', 'b', bounds)).toMatchObject({ isInside: true, rate: { remaining: 998 } })
    expect(await two.enter('ag_1', 'c', bounds)).toMatchObject({ isInside: false, rate: { granted: 1 } })
    expect(await two.enter('ag_2', 'd', bounds)).toMatchObject({ isInside: true })
    one.leave('ag_1', 'a')
    await expect.poll(async () => (await two.enter('ag_1', 'c', bounds))?.isInside).toBe(true)
    expect(await one.enter('ag_1', 'e', bounds)).toMatchObject({ isInside: false })
  })

  test('a request without a unit takes no slot', async () => {
    const keys = await openKeys()
    const limits = await keys.open()
    const oneUnit = { unitsPerSecond: 1, requestsMax: 2 }
    expect(await limits.enter('ag_1', 'a', oneUnit)).toMatchObject({ isInside: true, rate: { granted: 1 } })
    expect(await limits.enter('ag_1', 'b', oneUnit)).toMatchObject({
      isInside: false,
      rate: { granted: 0, remaining: 0 },
    })
    await keys.giveBack()
    expect(await limits.enter('ag_1', 'c', oneUnit)).toMatchObject({ isInside: true })
  })

  test('the slots of a process that died are free when its lease has ended', async () => {
    const keys = await openKeys()
    const limits = await keys.open()
    await limits.enter('ag_1', 'a', bounds)
    await keys.client.zAdd(keys.requestsOf('ag_1'), { score: Date.now() - 1, value: 'of one that died' })
    expect(await limits.enter('ag_1', 'b', bounds)).toMatchObject({ isInside: true })
    expect(await limits.enter('ag_1', 'c', bounds)).toMatchObject({ isInside: false })
  })

  test('the slots of a process that lives are renewed, also where Redis has lost them', async () => {
    const keys = await openKeys()
    const living = await keys.open({ renewMs: 10 })
    await living.enter('ag_1', 'a', bounds)
    await living.enter('ag_1', 'b', bounds)
    for (const key of await keys.keys('requests')) await keys.client.del(key)
    await expect.poll(() => keys.keys('requests')).toHaveLength(1)
    const limits = await keys.open()
    expect(await limits.enter('ag_1', 'c', bounds)).toMatchObject({ isInside: false })
  })

  test('no key stays behind', async () => {
    const keys = await openKeys()
    const limits = await keys.open()
    await limits.take('a', 1, 1)
    await limits.enter('ag_1', 'b', bounds)
    const all = [...(await keys.keys('units')), ...(await keys.keys('requests'))]
    expect(all).toHaveLength(4)
    for (const key of all) expect(await keys.client.pTTL(key)).toBeGreaterThan(0)
  })
})
