import { randomUUID } from 'node:crypto'
import { Agent } from 'undici'
import { sleep } from '../../src/lib/sleep.ts'
import { createIntents, type Intent } from './intents.ts'
import type { Random } from './random.ts'
import { bulkCoupon, type Tenant } from './tenants.ts'
import type { Wire } from './wire.ts'

type Body = Record<string, unknown>
type Answer = { status: number; body: Body }
type Options = {
  name: string
  tenant: Tenant
  wire: Wire
  random: Random
  /** Where the server is; waits while there is none. */
  url: () => Promise<string>
  codes: number
  bulkShare: number
  retryMs: number
}

const attemptsMax = 2_000

export type Caller = ReturnType<typeof createCaller>

const agent = new Agent({ connections: 512, headersTimeout: 60_000, bodyTimeout: 60_000 })

/** A caller that retries with the same key until it has a clear answer, and holds every answer against what Stripe has done. */
export function createCaller({ name, tenant, wire, random, url, codes, bulkShare, retryMs }: Options) {
  const violations: string[] = []
  const counts = { requests: 0, unanswered: 0, acknowledged: 0, refused: 0, abandoned: 0, asked_again: 0 }
  const acknowledged: { intent: Intent; key: string; id: string }[] = []
  const jobs: string[] = []
  const { intend, keep } = createIntents({ name, tenant, random, codes, bulkShare })

  const call = async (method: string, path: string, data?: object, key?: string): Promise<Answer | undefined> => {
    const origin = await url()
    counts.requests += 1
    const headers = {
      authorization: tenant.key,
      ...(data && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    }
    try {
      const { statusCode: status, body } = await agent.request({
        origin,
        path,
        method,
        headers,
        body: data ? JSON.stringify({ data }) : null,
      })
      return { status, body: (await body.json()) as Body }
    } catch {
      counts.unanswered += 1
      return undefined
    }
  }

  /** Waits before the next attempt. @throws where there were so many that no answer is to be expected */
  const pause = async (attempt: number) => {
    if (attempt > attemptsMax) throw new Error(`${name} got no clear answer in ${attemptsMax} attempts.`)
    await sleep(retryMs)
  }

  const deeds = ({ name: intent }: Intent) => wire.deeds.of(`${tenant.accountId} ${intent}`)

  const acknowledge = (intent: Intent, { body }: Answer): void => {
    counts.acknowledged += 1
    const id = String(body['id'])
    if (intent.kind === 'bulk') {
      jobs.push(id)
      return
    }
    if (!deeds(intent).has(id))
      violations.push(`${intent.name} was acknowledged with ${id}, which Stripe has not done.`)
    for (const [field, value] of Object.entries(intent.data ?? {})) {
      if (body[field] !== value)
        violations.push(`${intent.name} was acknowledged with ${field} ${String(body[field])}.`)
    }
    if (intent.kind !== 'delete') keep(id)
  }

  /** Whether a refusal is final; what it says is held against what was done. */
  const isRefused = async (intent: Intent, { body }: Answer, attempt: number): Promise<boolean> => {
    counts.refused += 1
    const { outcome, code, retryable } = body
    const mayHaveBeen = intent.kind === 'delete' && attempt > 1
    if (outcome === 'not_applied' && deeds(intent).size > 0 && !mayHaveBeen) {
      violations.push(`${intent.name} was refused as not applied (${String(code)}), but was applied.`)
    }
    if (outcome === 'applied' && deeds(intent).size === 0) {
      violations.push(`${intent.name} was refused as applied, but was not.`)
    }
    if (retryable === true) return false
    if (code === 'stripe_failed') return true
    if (intent.kind !== 'delete') {
      violations.push(`${intent.name} was refused for good: ${JSON.stringify(body)}`)
      return true
    }
    // Stripe keeps no key for a DELETE: whoever had no clear answer asks for the object.
    for (let look = 1; ; look += 1) {
      const found = await call('GET', intent.path)
      if (found?.status === 200) return false
      if (found?.body['code'] === 'not_found') return true
      await pause(look)
    }
  }

  /** Asks until there is a clear answer. */
  const settle = async (intent: Intent, key = randomUUID()): Promise<string | undefined> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await call(intent.method, intent.path, intent.data, intent.method === 'DELETE' ? undefined : key)
      if (answer && answer.status < 300) {
        acknowledge(intent, answer)
        const id = String(answer.body['id'])
        if (intent.kind !== 'delete') acknowledged.push({ intent, key, id })
        return id
      }
      if (answer && (await isRefused(intent, answer, attempt))) {
        counts.abandoned += 1
        return undefined
      }
      await pause(attempt)
    }
  }

  /** A read's answer, asked for until there is one. */
  const read = async (path: string): Promise<Body> => {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await call('GET', path)
      if (answer?.status === 200) return answer.body
      await pause(attempt)
    }
  }

  return {
    name,
    tenant,
    violations,
    counts,
    jobs,
    acknowledged,

    /** Lists the coupons of the account on this server. */
    async glance(origin: string): Promise<void> {
      const { body } = await agent.request({
        origin,
        path: tenant.coupons,
        method: 'GET',
        headers: { authorization: tenant.key },
      })
      await body.dump()
    },

    /** The codes of a job, as the caller is told of them once the job is finished. */
    async finishedJob(id: string): Promise<Body[]> {
      const job = `${tenant.coupons}/${bulkCoupon}/promotion-codes/bulk/${id}`
      for (let look = 1; (await read(job))['finished_at'] === null; look += 1) await pause(look / 20)
      return (await read(`${job}/codes?limit=100`))['data'] as Body[]
    },

    /** Does one thing to its end: something new or, now and then, something that was acknowledged before. */
    async act(): Promise<void> {
      if (acknowledged.length === 0 || random.chance(0.9)) return void (await settle(intend()))
      const { intent, key, id } = random.pick(acknowledged)
      counts.asked_again += 1
      for (let attempt = 1; ; attempt += 1) {
        const answer = await call(intent.method, intent.path, intent.data, key)
        if (answer && answer.status < 300) {
          if (answer.body['id'] !== id) {
            violations.push(`${intent.name} was ${id} and is ${String(answer.body['id'])} when it is asked for again.`)
          }
          return
        }
        if (answer?.body['outcome'] === 'not_applied') {
          violations.push(`${intent.name}, which was acknowledged, is then refused as not applied.`)
        }
        await pause(attempt)
      }
    },
  }
}
