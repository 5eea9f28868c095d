import { sleep } from '../../src/lib/sleep.ts'
import type { Answer, Cluster, ServerProcess, Tenant } from './cluster.ts'

export type Pair = readonly [ServerProcess, ServerProcess]
export type Prover = ReturnType<typeof createProver>

/** What the parts of the program share: how they ask, and where they put what they find. */
export function createProver(cluster: Cluster) {
  const { call } = cluster
  const violations: string[] = []
  const counts: Record<string, number> = {}
  const count = (what: string, more = 1) => (counts[what] = (counts[what] ?? 0) + more)
  const highest = (what: string, value: number) => (counts[what] = Math.max(counts[what] ?? 0, Math.round(value)))

  /** Creates the coupon, again with the same key wherever it may help, on the servers in turn. */
  const create = async (servers: ServerProcess[], tenant: Tenant, name: string, idempotencyKey: string = name) => {
    for (let attempt = 0; ; attempt += 1) {
      const server = servers[Math.min(attempt, servers.length - 1)]
      if (!server) throw new Error('There is no server to ask.')
      const answer = await call(server, tenant, { method: 'POST', idempotencyKey, data: { name, percent_off: 25 } })
      if (answer && answer.body['retryable'] !== true) return answer
      count(answer ? 'creates tried again after a refusal' : 'creates tried again without an answer')
      await sleep(100)
    }
  }

  /** Asks each server again and again until the time is over; whoever answers is noted with when it was asked. */
  const ask = async (
    servers: readonly ServerProcess[],
    forMs: number,
    lanes: number,
    request: (server: ServerProcess) => Promise<Answer | undefined>,
  ) => {
    const answers: { server: ServerProcess; askedAt: number; status: number }[] = []
    const until = performance.now() + forMs
    const lane = async (server: ServerProcess) => {
      while (performance.now() < until) {
        const askedAt = performance.now()
        answers.push({ server, askedAt, status: (await request(server))?.status ?? 0 })
        await sleep(20)
      }
    }
    await Promise.all(servers.flatMap((server) => Array.from({ length: lanes }, () => lane(server))))
    return answers
  }

  return { cluster, call, violations, counts, count, highest, create, ask, expectOnce }

  /** What was acknowledged exists, and nothing twice. */
  async function expectOnce(tenant: Tenant, names: string[], acknowledged: string[]): Promise<void> {
    const coupons = await cluster.couponsOf(tenant)
    const made = Map.groupBy(coupons, ({ name }) => name)
    for (const name of names) if ((made.get(name)?.length ?? 0) > 1) violations.push(`${name} was made twice.`)
    for (const name of acknowledged) if (!made.has(name)) violations.push(`${name} was acknowledged and is not there.`)
  }
}
