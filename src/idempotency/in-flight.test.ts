import { expect, test } from 'vitest'
import { createInFlight } from './in-flight.ts'

/** Calls that the test ends; `begun` counts those that were made. */
function openCalls() {
  const share = createInFlight<string>()
  const begun: PromiseWithResolvers<string>[] = []
  const call = () => {
    const one = Promise.withResolvers<string>()
    begun.push(one)
    return one.promise
  }
  return { begun, ask: (key: string) => share(key, call) }
}

test('who comes while a call under the same key runs gets its result, and is told that it is shared', async () => {
  const { begun, ask } = openCalls()
  const both = [ask('a'), ask('a')]
  expect(begun).toHaveLength(1)
  begun[0]?.resolve('made')
  expect(await Promise.all(both)).toEqual([
    { result: 'made', shared: false },
    { result: 'made', shared: true },
  ])
})

test('another key is another call', () => {
  const { begun, ask } = openCalls()
  void ask('a')
  void ask('b')
  expect(begun).toHaveLength(2)
})

test.each(['resolve', 'reject'] as const)('a call that has ended, by %s, is not shared any more', async (end) => {
  const { begun, ask } = openCalls()
  const first = ask('a').catch(() => {})
  begun[0]?.[end]('first')
  await first
  const second = ask('a')
  begun[1]?.resolve('second')
  expect(await second).toEqual({ result: 'second', shared: false })
})

test('a failure is everybody’s who shared the call', async () => {
  const { begun, ask } = openCalls()
  const both = Promise.allSettled([ask('a'), ask('a')])
  begun[0]?.reject(new Error('Failed.'))
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
