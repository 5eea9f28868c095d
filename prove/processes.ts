import { createBreaking } from './support/breaking.ts'
import { openCluster } from './support/cluster.ts'
import { CannotRun, type Options } from './support/program.ts'
import { createProver } from './support/prover.ts'
import { createSharing } from './support/sharing.ts'

const budget = 100

/**
 * Several processes on one PostgreSQL, one Redis and one Stripe promise the same as one. PROVE_DATABASE_URL and PROVE_REDIS_URL, or those
 * of the tests, name them. Nothing here is left to chance, so the seed is not used.
 */
export async function run({ quick }: Options) {
  const databaseUrl = process.env['PROVE_DATABASE_URL'] ?? process.env['TEST_DATABASE_URL']
  const redisUrl = process.env['PROVE_REDIS_URL'] ?? process.env['TEST_REDIS_URL']
  if (databaseUrl === undefined || redisUrl === undefined) {
    throw new CannotRun('TEST_DATABASE_URL and TEST_REDIS_URL, or PROVE_DATABASE_URL and PROVE_REDIS_URL')
  }
  const cluster = await openCluster(databaseUrl, redisUrl, { RATE_LIMIT_PER_SECOND: String(budget) })
  try {
    const [first, second] = await Promise.all([cluster.start(), cluster.start()])
    const pair = [first, second] as const
    const prover = createProver(cluster)
    const sharing = createSharing(prover, budget)
    const breaking = createBreaking(prover)
    for (let round = 0; round < (quick ? 3 : 50); round += 1) await sharing.equalRequests(pair)
    for (let round = 0; round < (quick ? 1 : 20); round += 1) {
      await sharing.revokedKey(pair)
      await sharing.frozenKey(pair)
    }
    await sharing.sharedBudget(pair, quick ? 4 : 30)
    const third = await cluster.start({ REDIS_URL: cluster.redis.url })
    for (let round = 0; round < (quick ? 1 : 5); round += 1) await sharing.redisOutage(third)
    await third.kill()
    for (let round = 0; round < (quick ? 1 : 5); round += 1) {
      await breaking.failover(pair, 'fallSilent')
      await breaking.failover(pair, 'refuse')
    }
    await breaking.leakedSlots(await cluster.start({ RATE_LIMIT_PER_SECOND: '10000' }), second)
    for (let round = 0; round < (quick ? 1 : 20); round += 1) await breaking.killed(await cluster.start(), second)
    return { counts: prover.counts, violations: prover.violations }
  } finally {
    await cluster.close()
  }
}
