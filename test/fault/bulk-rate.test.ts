import { expect, test } from 'vitest'
import { openBulk } from '../support/bulk-stripe.ts'
import { createManualClock } from '../support/clock.ts'

const never = new AbortController().signal

test('twenty codes a second are twenty a second, however long Stripe takes for each', async () => {
  const clock = createManualClock()
  let begun = 0
  const { server, accepted, finished } = await openBulk('sqlite', async (_, answer) => {
    begun += 1
    await clock.sleep(500, never)
    return await answer()
  })
  const { id } = await accepted({ count: 60 })
  server.startBulkWorker(20, { clock })
  for (let count = 1; count <= 60; count += 1) {
    await expect.poll(() => begun, { interval: 5 }).toBe(count)
    clock.advance(50)
  }
  expect(clock.now()).toBe(3_000)
  clock.advance(500)
  expect(await finished(id)).toMatchObject({ succeeded: 60 })
})
