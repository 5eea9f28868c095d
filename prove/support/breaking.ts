import { randomUUID } from 'node:crypto'
import { sleep } from '../../src/lib/sleep.ts'
import type { Answer, ServerProcess, Tenant } from './cluster.ts'
import type { Pair, Prover } from './prover.ts'

/** What is left where PostgreSQL or a process dies. */
export function createBreaking({ cluster, call, violations, count, highest, create, expectOnce }: Prover) {
  return {
    async failover(servers: Pair, way: 'fallSilent' | 'refuse') {
      const tenant = await cluster.openTenant()
      const names: string[] = []
      const acknowledged: string[] = []
      const attempt = async (server: ServerProcess) => {
        const name = randomUUID()
        names.push(name)
        const data = { name, percent_off: 10 }
        const answer = await call(server, tenant, { method: 'POST', idempotencyKey: name, data })
        if (answer?.status === 201) acknowledged.push(name)
        return answer?.status === 201
      }
      for (const server of servers) await attempt(server)
      cluster.postgres[way]()
      const during = servers.flatMap((server) => [attempt(server), attempt(server)])
      await sleep(3_000)
      cluster.postgres.heal()
      const healedAt = performance.now()
      const back = servers.map(async (server) => {
        const { promise, resolve } = Promise.withResolvers<void>()
        const asking = setInterval(() => void attempt(server).then((works) => works && resolve()), 200)
        await Promise.race([promise, sleep(30_000)])
        clearInterval(asking)
        const ms = performance.now() - healedAt
        highest(`PostgreSQL ${way}: ms until served again`, ms)
        if (ms > 5_000)
          violations.push(`${Math.round(ms)} ms after PostgreSQL came back (${way}) a server answered again.`)
      })
      await Promise.all([...back, ...during])
      await expectOnce(tenant, names, acknowledged)
      count('failovers of PostgreSQL')
    },

    /** The slots that a killed process held are free within its lease of five seconds. */
    async leakedSlots(victim: ServerProcess, other: ServerProcess) {
      const tenant = await cluster.openTenant()
      const isFull = (answer: Answer | undefined) => String(answer?.body['error']).includes('requests in progress')
      const hurry = await cluster.delayStripe(9_000)
      const killing = new AbortController()
      const lane = async () => {
        while (!killing.signal.aborted) {
          await call(victim, tenant)
          await sleep(50)
        }
      }
      // More than the 200 that may run at once, so that they are 200 whatever becomes of one.
      const lanes = Array.from({ length: 220 }, lane)
      const until = performance.now() + 20_000
      while (!isFull(await settled(other, tenant)) && performance.now() < until) await sleep(50)
      if (performance.now() >= until) violations.push('The slots of one process were not counted by the other.')
      killing.abort()
      await victim.kill()
      const killedAt = performance.now()
      while (isFull(await settled(other, tenant)) && performance.now() < killedAt + 20_000) await sleep(50)
      const ms = performance.now() - killedAt
      highest('slots of a killed process: ms until free', ms)
      if (ms > 7_000) violations.push(`The slots of a killed process were free only after ${Math.round(ms)} ms.`)
      await hurry()
      await Promise.all(lanes)
    },

    async killed(victim: ServerProcess, other: ServerProcess) {
      const tenant = await cluster.openTenant()
      const names: string[] = []
      const acknowledged: string[] = []
      const killing = new AbortController()
      const caller = async (servers: ServerProcess[]) => {
        while (!killing.signal.aborted) {
          const name = randomUUID()
          names.push(name)
          const answer = await create(servers, tenant, name)
          if (answer.status === 201) acknowledged.push(name)
          else violations.push(`A create was refused for good: ${answer.text}`)
        }
      }
      const callers = [...Array.from({ length: 6 }, () => caller([victim, other])), caller([other]), caller([other])]
      await sleep(1_000)
      await victim.kill()
      killing.abort()
      await Promise.all(callers)
      await expectOnce(tenant, names, acknowledged)
      count('processes killed')
      count('coupons acknowledged around a kill', acknowledged.length)
    },
  }

  /** The answer to a request that is not refused for the budget; it asks nothing of Stripe. */
  async function settled(server: ServerProcess, tenant: Tenant): Promise<Answer | undefined> {
    for (;;) {
      const answer = await call(server, tenant, { query: '?limit=0' })
      if (!String(answer?.body['error']).includes('units a second')) return answer
      await sleep(100)
    }
  }
}
