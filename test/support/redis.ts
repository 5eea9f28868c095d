import { randomBytes } from 'node:crypto'
import { createClient } from '@redis/client'
import { onTestFinished } from 'vitest'
import { createLog } from '../../src/http/log.ts'
import { openRedisLimits } from '../../src/redis/limits.ts'

/** Where the tests with Redis are skipped: they say so themselves. */
export const redisUrl = process.env['TEST_REDIS_URL']
export const skipped = '(skipped where TEST_REDIS_URL names none)'

type Options = Partial<Parameters<typeof openRedisLimits>[0]>

/**
 * Keys of its own in the Redis of the tests. `open` gives the limits as one more process would have them, with bounds that no busy
 * machine reaches: units do not come back and slots are not lost unless the test says so.
 */
export async function openKeys() {
  const url = redisUrl ?? ''
  const prefix = `test-${randomBytes(6).toString('hex')}`
  const client = createClient({ url })
  await client.connect()
  onTestFinished(() => client.destroy())
  const keys = (kind: string) => client.keys(`chatdash:${prefix}:${kind}:*`)
  return {
    client,
    keys,
    unitsOf: (key: string) => `chatdash:${prefix}:units:${key}`,
    requestsOf: (agencyId: string) => `chatdash:${prefix}:requests:${agencyId}`,

    async open(options: Options = {}) {
      const logged: string[] = []
      const log = createLog('info', { write: (line: string) => void logged.push(line) })
      const bounds = { answerMs: 60_000, periodMs: 86_400_000, leaseMs: 600_000, retryMs: 20 }
      const limits = await openRedisLimits({ url, prefix, log, ...bounds, ...options })
      onTestFinished(() => limits.close())
      return { ...limits, logged }
    },

    /** Gives every unit back, as a second does. */
    async giveBack() {
      for (const key of await keys('units')) await client.del(key)
    },
  }
}
