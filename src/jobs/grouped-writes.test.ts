import { expect, test } from 'vitest'
import { createGroupedWrites } from './grouped-writes.ts'

/** Writes that the test lets end one by one. */
function openWrites() {
  const written: string[][] = []
  const ends: PromiseWithResolvers<void>[] = []
  const write = createGroupedWrites<string>((items) => {
    const end = Promise.withResolvers<void>()
    written.push(items)
    ends.push(end)
    return end.promise
  })
  return { written, ends, write }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('what arrives while a write runs is written together by the next one', async () => {
  const { written, ends, write } = openWrites()
  const first = write('a')
  await settled()
  const others = [write('b'), write('c')]
  await settled()
  expect(written).toEqual([['a']])
  ends[0]?.resolve()
  await first
  await settled()
  expect(written).toEqual([['a'], ['b', 'c']])
  ends[1]?.resolve()
  await Promise.all(others)
})

test('a write that fails fails its own items, and the next one goes on', async () => {
  const { ends, write } = openWrites()
  const first = write('a')
  await settled()
  const second = write('b')
  ends[0]?.reject(new Error('Failed.'))
  await expect(first).rejects.toThrow('Failed.')
  await settled()
  ends[1]?.resolve()
  await expect(second).resolves.toBe(undefined)
})
