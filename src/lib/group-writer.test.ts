import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createGroupWriter } from './group-writer.ts'

/** A writer whose groups the test lets end one by one; `written` says what was in each. */
function openWriter(itemsMax?: number) {
  const written: string[][] = []
  const ends: PromiseWithResolvers<void>[] = []
  const writer = createGroupWriter<string>(
    (items) => {
      const end = Promise.withResolvers<void>()
      written.push(items)
      ends.push(end)
      return end.promise
    },
    (error) => error === faultOfItem,
    itemsMax,
  )
  return { written, ends, writer }
}

const faultOfItem = new Error('one item cannot be written')

test('what is added within one turn of the loop is one group', async () => {
  const { written, writer } = openWriter()
  void writer.add('a')
  void writer.add('b')
  expect(written).toEqual([])
  await turnOfTheLoop()
  expect(written).toEqual([['a', 'b']])
})

test('what is added while a group is written waits for it, and an item ends with its group', async () => {
  const { written, ends, writer } = openWriter()
  const first = writer.add('a')
  await turnOfTheLoop()
  let isSecondWritten = false
  const second = writer.add('b').then(() => (isSecondWritten = true))
  await turnOfTheLoop()
  expect(written).toEqual([['a']])
  ends[0]?.resolve()
  await first
  await turnOfTheLoop()
  expect(written).toEqual([['a'], ['b']])
  expect(isSecondWritten).toBe(false)
  ends[1]?.resolve()
  await second
})

test('a group has no more items than it may', async () => {
  const { written, ends, writer } = openWriter(2)
  const all = ['a', 'b', 'c'].map((item) => writer.add(item))
  await turnOfTheLoop()
  expect(written).toEqual([['a', 'b']])
  ends[0]?.resolve()
  await turnOfTheLoop()
  expect(written).toEqual([['a', 'b'], ['c']])
  ends[1]?.resolve()
  await Promise.all(all)
})

test('a group that fails fails its own items and no others', async () => {
  const { ends, writer } = openWriter(1)
  const both = Promise.allSettled([writer.add('a'), writer.add('b')])
  await turnOfTheLoop()
  ends[0]?.reject(new Error('Failed.'))
  await turnOfTheLoop()
  ends[1]?.resolve()
  expect(await both).toMatchObject([{ status: 'rejected', reason: { message: 'Failed.' } }, { status: 'fulfilled' }])
})

test('unless an error is known to be one item’s, its group is written once and fails whole', async () => {
  const written: string[][] = []
  const writer = createGroupWriter<string>(async (items) => {
    written.push(items)
    throw faultOfItem
  })
  const results = await Promise.allSettled(['a', 'b'].map((item) => writer.add(item)))
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(written).toEqual([['a', 'b']])
})

test('an item that is alone in its group is not written again', async () => {
  const written: string[][] = []
  const write = async (items: string[]) => {
    written.push(items)
    throw faultOfItem
  }
  await expect(createGroupWriter(write, () => true).add('bad')).rejects.toBe(faultOfItem)
  expect(written).toEqual([['bad']])
})

test('a writer that has come to rest writes what is added later', async () => {
  const { written, ends, writer } = openWriter()
  const first = writer.add('a')
  await turnOfTheLoop()
  ends[0]?.resolve()
  await first
  await turnOfTheLoop()
  void writer.add('b')
  await turnOfTheLoop()
  expect(written).toEqual([['a'], ['b']])
})

test('of a group that one item has failed each is written alone, and only that one fails', async () => {
  const writer = createGroupWriter<string>(
    async (items) => {
      if (items.includes('bad')) throw faultOfItem
    },
    (error) => error === faultOfItem,
  )
  const results = await Promise.allSettled(['a', 'bad', 'b'].map((item) => writer.add(item)))
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})
