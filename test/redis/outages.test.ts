import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createLog } from '../../src/http/log.ts'
import { measureRedis } from '../../src/redis/measure.ts'
import { openRedisLimits } from '../../src/redis/limits.ts'
import { newFolder, serve } from '../support/process.ts'
import { openKeys, redisUrl, skipped } from '../support/redis.ts'
import { openProxy } from '../support/tcp-proxy.ts'

/** Keys in Redis behind a proxy that can break. */
const start = async () => {
  const keys = await openKeys()
  const proxy = await openProxy(new URL(redisUrl ?? ''))
  onTestFinished(() => proxy.close())
  return { keys, proxy, url: proxy.url }
}
const lines = (logged: string[]) => logged.map((line): string => JSON.parse(line).msg)
const lost = 'Redis is lost: each process keeps its own limits until it is back'
const back = 'Redis is back: the limits hold over all processes'

describe.skipIf(redisUrl === undefined)(`a Redis that breaks ${skipped}`, () => {
  test('is answered for by the process, said once, and used again when it is back', async () => {
    const { keys, proxy, url } = await start()
    const limits = await keys.open({ url })
    expect(limits.state()).toEqual({ isUp: true })
    proxy.cut()
    await expect.poll(() => limits.take('a', 1, 1)).toBe(undefined)
    await expect.poll(async () => (await limits.take('b', 1, 10))?.granted).toBe(1)
    expect(lines(limits.logged)).toEqual([lost, back])
    expect(limits.state()).toEqual({ isUp: true })
  })

  test('that falls silent is given up after the first late answer, and a new connection is used', async () => {
    const { keys, proxy, url } = await start()
    const limits = await keys.open({ url, answerMs: 2_000 })
    proxy.kill()
    const answers = await Promise.all([limits.take('a', 1, 5), limits.take('a', 1, 5)])
    expect(answers).toEqual([undefined, undefined])
    expect(limits.logged[0]).toContain('no answer within 2000 ms')
    await expect.poll(async () => (await limits.take('b', 1, 5))?.granted).toBe(1)
  })

  test('that refuses scripts, as a full one does, is not used before it takes them again', async () => {
    const { keys } = await start()
    const limits = await keys.open()
    const admin = keys.client
    await limits.take('a', 1, 1)
    // Of another type than the scripts expect, this key makes them fail.
    const probe = keys.unitsOf('probe')
    await admin.del(probe)
    await admin.hSet(probe, 'a', 'b')
    await admin.del(keys.unitsOf('a'))
    await admin.hSet(keys.unitsOf('a'), 'a', 'b')
    expect(await limits.take('a', 1, 1)).toBe(undefined)
    expect(limits.logged[0]).toContain('WRONGTYPE')
    expect(await limits.take('b', 1, 1)).toBe(undefined)
    await admin.del(probe)
    await expect.poll(async () => (await limits.take('c', 1, 1))?.granted).toBe(1)
    expect(lines(limits.logged)).toEqual([lost, back])
  })

  test('that is silent does not hold up the end of a server', async () => {
    const { proxy, url } = await start()
    const server = await serve({ DATA_DIR: newFolder(), REDIS_URL: url, SHUTDOWN_TIMEOUT_MS: '60000' })
    proxy.kill()
    expect(await server.stop('SIGTERM')).toBe(0)
  })
})

test('a Redis that always hangs up is tried again and again, and said once', async () => {
  let tries = 0
  const server = createServer((socket) => {
    tries += 1
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const logged: string[] = []
  const log = createLog('info', { write: (line: string) => void logged.push(line) })
  const limits = await openRedisLimits({ url: `redis://127.0.0.1:${port}`, prefix: 'test', log, retryMs: 1 })
  await expect.poll(() => tries).toBeGreaterThan(3)
  await limits.close()
  expect(lines(logged)).toEqual([lost])
  expect(limits.state()).toEqual({ isUp: false })
})

test('a Redis that never answers keeps no doctor waiting', async () => {
  const server = createServer((socket) => onTestFinished(() => void socket.destroy())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  await expect(measureRedis(`redis://127.0.0.1:${port}`, 20)).rejects.toThrow('no answer within 20 ms')
})

test('a Redis that is not there at the start delays nothing for long, and its password is nowhere', async () => {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  free.close()
  await once(free, 'close')
  const logged: string[] = []
  const log = createLog('trace', { write: (line: string) => void logged.push(line) })
  const url = `redis://user:hidden-word@127.0.0.1:${port}`
  const limits = await openRedisLimits({ url, prefix: 'test', log })
  expect(await limits.take('a', 1, 1)).toBe(undefined)
  expect(await limits.enter('ag_1', 'a', { unitsPerSecond: 1, requestsMax: 1 })).toBe(undefined)
  limits.leave('ag_1', 'a')
  limits.refund('a', 1)
  expect(limits.state()).toEqual({ isUp: false })
  await limits.close()
  expect(lines(logged)).toEqual([lost])
  expect(logged[0]).toContain('ECONNREFUSED')
  expect(logged.join('')).not.toContain('hidden-word')
})
