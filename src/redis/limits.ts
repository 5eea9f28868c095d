import { createHash } from 'node:crypto'
import type { Rate } from '../http/limits/rate.ts'
import type { SharedLimits } from '../http/limits/shared.ts'
import type { Logger } from '../http/log.ts'
import { openRedis, type RedisState } from './connection.ts'
import { enterScript, holdScript, refundScript, takeScript } from './scripts.ts'

type Options = {
  url: string
  /** Keeps the keys apart from those of others: the mode. */
  prefix: string
  log: Logger
  /** The rest is in milliseconds; tests set others. */
  answerMs?: number
  retryMs?: number
  periodMs?: number
  /** How long the slots of a process that died stay taken. */
  leaseMs?: number
  renewMs?: number
}

export type RedisLimits = SharedLimits & { state(): RedisState; close(): Promise<void> }

/** The limits that processes share through Redis, each question a script and one round trip. Redis's clock alone counts. */
export async function openRedisLimits(options: Options): Promise<RedisLimits> {
  const { prefix, periodMs = 1_000, leaseMs = 5_000, renewMs = 1_000 } = options
  const unitsOf = (key: string) => `chatdash:${prefix}:units:${key}`
  const requestsOf = (agencyId: string) => `chatdash:${prefix}:requests:${agencyId}`
  const takeOf = (key: string, wanted: number, perSecond: number) =>
    [takeSha, '1', unitsOf(key), `${wanted}`, `${perSecond}`, `${periodMs}`] as const
  const redis = await openRedis({ ...options, scripts, probe: ['EVALSHA', ...takeOf('probe', 1, 1)] })

  /** The agencies of the requests that run in this process. */
  const held = new Map<string, string>()
  const renewing = setInterval(() => {
    for (const [agencyId, requests] of Map.groupBy(held.keys(), (request) => held.get(request) ?? '')) {
      redis.tell('EVALSHA', holdSha, '1', requestsOf(agencyId), `${leaseMs}`, ...requests)
    }
  }, renewMs).unref()

  return {
    async take(key, wanted, perSecond) {
      const answer = await redis.ask('EVALSHA', ...takeOf(key, wanted, perSecond))
      return isNumbers(answer) ? rateOf(answer) : undefined
    },

    refund(key, perSecond) {
      redis.tell('EVALSHA', refundSha, '1', unitsOf(key), `${perSecond}`, `${periodMs}`)
    },

    async enter(agencyId, requestId, { unitsPerSecond, requestsMax }) {
      const bounds = [unitsPerSecond, periodMs, requestsMax, leaseMs].map(String)
      const answer = await redis.ask(
        'EVALSHA',
        enterSha,
        '2',
        unitsOf(agencyId),
        requestsOf(agencyId),
        ...bounds,
        requestId,
      )
      const entry = isNumbers(answer) ? { rate: rateOf(answer), isInside: answer[3] === 1 } : undefined
      // Without an answer the request runs all the same, and is counted once Redis is back.
      if (entry?.isInside !== false) held.set(requestId, agencyId)
      return entry
    },

    leave(agencyId, requestId) {
      held.delete(requestId)
      redis.tell('ZREM', requestsOf(agencyId), requestId)
    },

    state: () => redis.state(),

    async close() {
      clearInterval(renewing)
      await redis.close()
    },
  }
}

const scripts = [takeScript, refundScript, enterScript, holdScript]
const [takeSha = '', refundSha = '', enterSha = '', holdSha = ''] = scripts.map((script) =>
  createHash('sha1').update(script).digest('hex'),
)

function isNumbers(answer: unknown): answer is number[] {
  return Array.isArray(answer)
}

function rateOf([granted = 0, remaining = 0, resetMs = 0]: number[]): Rate {
  return { granted, remaining, resetMs }
}
