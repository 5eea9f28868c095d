import { randomUUID } from 'node:crypto'
import { createFreezes } from '../../src/agencies/freezes.ts'
import { sleep } from '../../src/lib/sleep.ts'
import type { ServerProcess, Tenant } from './cluster.ts'
import type { Pair, Prover } from './prover.ts'

/** What processes know of each other while all is well, and without Redis. */
export function createSharing({ cluster, call, violations, count, highest, create, ask }: Prover, budget: number) {
  /** What is stopped while both servers are being asked must be refused by both to whoever asks a second later. */
  const stopped = async (servers: Pair, what: string, status: number, stop: (tenant: Tenant) => Promise<unknown>) => {
    const tenant = await cluster.openTenant()
    const asking = ask(servers, 2_700, 1, (server) =>
      call(server, tenant, { method: 'POST', data: { percent_off: 10 }, idempotencyKey: randomUUID() }),
    )
    // Just after both have looked the key up anew, which they trust for 900 ms.
    await sleep(1_000)
    await stop(tenant)
    const stoppedAt = performance.now()
    const answers = await asking
    for (const server of servers) {
      const own = answers.filter((answer) => answer.server === server)
      const late = own.filter((answer) => answer.status === 201).map(({ askedAt }) => askedAt - stoppedAt)
      if (!own.some((answer) => answer.status === status)) violations.push(`${what} was never refused by one server.`)
      if (late.length === 0) violations.push(`Nothing was created before ${what} was stopped.`)
      if (Math.max(...late) >= 1_000) violations.push(`${what} still worked ${Math.max(...late)} ms later.`)
      highest(`${what}: last use, ms later`, Math.max(0, ...late))
    }
    count(what)
  }

  return {
    async equalRequests(servers: Pair) {
      const tenant = await cluster.openTenant()
      const name = randomUUID()
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => create([servers[index % 2] ?? servers[0]], tenant, name)),
      )
      const texts = new Set(answers.map(({ status, text }) => `${status} ${text}`))
      const coupons = await cluster.couponsOf(tenant)
      if (coupons.length !== 1) violations.push(`100 equal requests made ${coupons.length} coupons.`)
      if (texts.size !== 1) violations.push(`100 equal requests got ${texts.size} answers: ${[...texts].join(' | ')}`)
      if (answers[0]?.status !== 201) violations.push(`Equal requests were answered ${answers[0]?.status}.`)
      count('equal requests', answers.length)
    },

    revokedKey: (servers: Pair) => stopped(servers, 'a revoked key', 401, ({ keyId }) => cluster.keys.revokeKey(keyId)),

    frozenKey: (servers: Pair) =>
      stopped(servers, 'a frozen key', 403, ({ keyId }) =>
        createFreezes(cluster.database, 'test').freeze({ kind: 'api_key', id: keyId }),
      ),

    /** Windows last a second from their first unit, so that T seconds meet at most floor(T) + 1 of them. */
    async sharedBudget(servers: Pair, seconds: number) {
      const tenant = await cluster.openTenant()
      const outages = () => servers.reduce((sum, server) => sum + server.output().split('Redis is lost').length - 1, 0)
      const outagesBefore = outages()
      const startedAt = performance.now()
      // Refused for its parameter, it costs its unit and nothing else.
      const answers = await ask(servers, seconds * 1_000, 8, (server) => call(server, tenant, { query: '?limit=0' }))
      const lastedMs = performance.now() - startedAt
      const granted = answers.filter(({ status }) => status === 400).length
      const refused = answers.filter(({ status }) => status === 429).length
      if (granted + refused !== answers.length)
        violations.push('Something was neither granted nor refused by the budget.')
      // A process that waits longer than 100 ms for Redis, as on a busy machine, grants up to a budget of its own.
      const budgets = outages() === outagesBefore ? 1 : servers.length
      const most = budgets * budget * (Math.floor(lastedMs / 1_000) + 1)
      if (granted > most) violations.push(`In ${lastedMs} ms ${granted} units were granted, of ${most}.`)
      if (refused === 0) violations.push('The budget was never used up.')
      count('units granted', granted)
      count('units that might have been', most)
      count('units refused', refused)
      count('times that Redis was too slow', outages() - outagesBefore)
    },

    /** `server` has its Redis behind the proxy. */
    async redisOutage(server: ServerProcess) {
      const tenant = await cluster.openTenant()
      const isLost = () => server.output().lastIndexOf('Redis is lost') > server.output().lastIndexOf('Redis is back')
      cluster.redis.fallSilent()
      const answers = await ask([server], 2_000, 4, () => call(server, tenant, { query: '?limit=0' }))
      if (!isLost()) violations.push('The server did not say that Redis is lost.')
      cluster.redis.heal()
      const healedAt = performance.now()
      while (isLost() && performance.now() < healedAt + 30_000) await sleep(20)
      const ms = performance.now() - healedAt
      if (ms > 5_000) violations.push(`${Math.round(ms)} ms after Redis came back it was used again.`)
      const failed = answers.filter(({ status }) => status !== 400 && status !== 429)
      if (failed.length > 0) violations.push(`Without Redis ${failed.length} of ${answers.length} requests failed.`)
      highest('Redis: ms until used again', ms)
      count('requests without Redis', answers.length)
    },
  }
}
