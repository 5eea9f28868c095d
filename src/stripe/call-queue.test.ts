import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CallQueue, type CallQueueLimits } from './call-queue.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A queue whose calls run until they are ended by hand; `begun` says which have begun, in order. */
const openQueue = (limits: Partial<CallQueueLimits>) => {
  const queue = new CallQueue(limits)
  const begun: string[] = []
  const running = new Map<string, () => void>()
  const call = (name: string, agencyId: string, id = `acct_of_${agencyId}`) => {
    const done = queue.run({ agencyId, id }, () => {
      begun.push(name)
      return new Promise<void>((resolve) => running.set(name, resolve))
    })
    done.catch(() => {})
    return done
  }
  const end = async (name: string) => {
    running.get(name)?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { begun, call, end }
}

test('an account has no more calls in flight than it may, and the next begins when one ends', async () => {
  const { begun, call, end } = openQueue({ callsPerAccountMax: 2 })
  for (const name of ['1', '2', '3', '4']) void call(name, 'a')
  expect(begun).toEqual(['1', '2'])
  await end('1')
  expect(begun).toEqual(['1', '2', '3'])
})

test('a call is told whether it had to wait', async () => {
  const queue = new CallQueue({ callsPerAccountMax: 1 })
  const run = () => queue.run({ agencyId: 'a', id: 'acct_1' }, async (hasWaited) => hasWaited)
  expect(await Promise.all([run(), run()])).toEqual([false, true])
})

test('a call that fails gives its slot back as well', async () => {
  const queue = new CallQueue({ callsPerAccountMax: 1 })
  const account = { agencyId: 'a', id: 'acct_1' }
  await expect(queue.run(account, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await queue.run(account, async () => 'went on')).toBe('went on')
})

test('an agency with ever so many accounts leaves slots for the others', () => {
  const { begun, call } = openQueue({ callsMax: 8 })
  for (let index = 0; index < 20; index += 1) void call(`a${index}`, 'a', `acct_${index}`)
  expect(begun).toHaveLength(4)
  void call('b', 'b')
  void call('c', 'c')
  expect(begun.slice(4)).toEqual(['b', 'c'])
})

test('never exceeds the maximum of calls in flight, for any mix of callers', () => {
  const { begun, call } = openQueue({ callsMax: 8 })
  for (let index = 0; index < 50; index += 1) void call(String(index), `agency_${index}`)
  expect(begun).toHaveLength(8)
})

test('those that wait are taken up by agency in turn, and within one by account in turn', async () => {
  const { begun, call, end } = openQueue({ callsMax: 1 })
  void call('first', 'x')
  for (const name of ['a1', 'a2', 'a3']) void call(name, 'a', `acct_${name === 'a3' ? 'two' : 'one'}`)
  void call('b1', 'b')
  void call('b2', 'b')
  expect(begun).toEqual(['first'])
  for (const name of ['first', 'a1', 'b1', 'a3', 'b2']) await end(name)
  expect(begun).toEqual(['first', 'a1', 'b1', 'a3', 'b2', 'a2'])
})

test('what waits too long is refused as never sent, and not begun later', async () => {
  const { begun, call, end } = openQueue({ callsPerAccountMax: 1, waitMsMax: 100 })
  void call('1', 'a')
  const late = call('2', 'a')
  await vi.advanceTimersByTimeAsync(99)
  void call('3', 'a')
  await vi.advanceTimersByTimeAsync(1)
  await expect(late).rejects.toMatchObject({
    code: 'unavailable',
    outcome: 'not_applied',
    retryAfterS: 1,
    message: 'Too many calls to Stripe are waiting. Nothing was changed; retry shortly.',
  })
  await end('1')
  expect(begun).toEqual(['1', '3'])
})

test('so many of an agency may wait, and the next is refused at once; another agency’s is not', async () => {
  const { call } = openQueue({ callsMax: 2, waitingPerAgencyMax: 1 })
  void call('1', 'a')
  void call('2', 'a')
  await expect(call('3', 'a')).rejects.toMatchObject({ code: 'unavailable' })
  let isRefused = false
  call('4', 'b').catch(() => (isRefused = true))
  await vi.advanceTimersByTimeAsync(0)
  expect(isRefused).toBe(false)
})

test('no timer is left of a call that did not have to wait to the end', async () => {
  const { call, end } = openQueue({ callsPerAccountMax: 1 })
  void call('1', 'a')
  void call('2', 'a')
  await end('1')
  await end('2')
  expect(vi.getTimerCount()).toBe(0)
})

test('who has waited makes room for another that waits', async () => {
  const { begun, call, end } = openQueue({ callsPerAccountMax: 1, waitingPerAgencyMax: 1 })
  for (const name of ['1', '2', '3']) {
    void call(name, 'a')
    if (name !== '1') await end(String(Number(name) - 1))
  }
  expect(begun).toEqual(['1', '2', '3'])
})

test('who waits for a full account does not hold up who comes after', async () => {
  const { begun, call, end } = openQueue({ callsMax: 16, callsPerAccountMax: 1 })
  for (const name of ['a1', 'b1', 'a2', 'b2']) void call(name, name.charAt(0))
  await end('b1')
  expect(begun).toEqual(['a1', 'b1', 'b2'])
})

test('a call ends with its own result while others wait', async () => {
  const { call, end } = openQueue({ callsPerAccountMax: 1 })
  const [first, second] = [call('1', 'a'), call('2', 'a')]
  await end('1')
  await expect(first).resolves.toBe(undefined)
  await end('2')
  await expect(second).resolves.toBe(undefined)
})
