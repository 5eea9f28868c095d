import { randomUUID } from 'node:crypto'
import { Agent } from 'undici'
import { sleep } from '../../src/lib/sleep.ts'
import type { Random } from './random.ts'
import { bulkCoupon, type Tenant } from './tenants.ts'
import type { Wire } from './wire.ts'

type Body = Record<string, unknown>
type Answer = { status: number; body: Body }
/** What a caller wants once, however often it has to ask. `name` is how the sandbox's side of the wire knows it. */
type Intent = {
  kind: 'create' | 'update' | 'delete' | 'bulk'
  name: string
  method: string
  path: string
  data?: object
}

type Options = {
  name: string
  tenant: Tenant
  wire: Wire
  random: Random
  /** Where the server is; waits while there is none. */
  url: () => Promise<string>
  /** How many codes a bulk job makes, and how often there is one. */
  codes: number
  bulkShare: number
  retryMs: number
}

export type Caller = ReturnType<typeof createCaller>

const agent = new Agent({ connections: 512, headersTimeout: 60_000, bodyTimeout: 60_000 })
export const closeCallers = () => agent.destroy()

/** A caller that retries with the same key until it has a clear answer, and holds every answer against what Stripe has done. */
export function createCaller({ name, tenant, wire, random, url, codes, bulkShare, retryMs }: Options) {
  const violations: string[] = []
  const counts = { requests: 0, unanswered: 0, acknowledged: 0, refused: 0, abandoned: 0, asked_again: 0 }
  const acknowledged: { intent: Intent; key: string; id: string }[] = []
  const alive: string[] = []
  const jobs: string[] = []
  let made = 0

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

  const intend = (): Intent => {
    made += 1
    const id = `${name}-${made}`
    const { coupons } = tenant
    if (random.chance(bulkShare)) {
      const data = { codes: Array.from({ length: codes }, (_, index) => `${id}-${index}`) }
      return { kind: 'bulk', name: id, method: 'POST', path: `${coupons}/${bulkCoupon}/promotion-codes/bulk`, data }
    }
    const target = random.chance(0.4) ? alive.shift() : undefined
    if (target === undefined) {
      const data = { ...(random.chance(0.5) && { id: `ID-${id}` }), name: id, percent_off: 1 + random.below(100) }
      return { kind: 'create', name: id, method: 'POST', path: coupons, data }
    }
    const path = `${coupons}/${target}`
    if (random.chance(0.3)) return { kind: 'delete', name: `delete /v1/coupons/${target}`, method: 'DELETE', path }
    return { kind: 'update', name: id, method: 'PUT', path, data: { name: id } }
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
    if (intent.kind !== 'delete') alive.push(id)
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
    for (;;) {
      const found = await call('GET', intent.path)
      if (found?.status === 200) return false
      if (found?.body['code'] === 'not_found') return true
      await sleep(retryMs)
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
      await sleep(retryMs)
    }
  }

  /** A read's answer, asked for until there is one. */
  const read = async (path: string): Promise<Body> => {
    for (;;) {
      const answer = await call('GET', path)
      if (answer?.status === 200) return answer.body
      await sleep(retryMs)
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
      while ((await read(job))['finished_at'] === null) await sleep(retryMs)
      return (await read(`${job}/codes?limit=100`))['data'] as Body[]
    },

    /** Does one thing to its end: something new or, now and then, something that was acknowledged before. */
    async act(): Promise<void> {
      if (acknowledged.length === 0 || random.chance(0.9)) return void (await settle(intend()))
      const { intent, key, id } = random.pick(acknowledged)
      counts.asked_again += 1
      for (;;) {
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
        await sleep(retryMs)
      }
    },
  }
}
