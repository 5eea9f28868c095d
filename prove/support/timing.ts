import { Agent } from 'undici'
import { mintApiKey } from '../../src/agencies/api-key.ts'
import { operations } from '../../test/support/document.ts'
import { quantile, randomFrom, signTest } from './statistics.ts'
import type { ForkedServer } from './fork.ts'
import { fill } from './matrix.ts'
import { furnish, type Ids, inventLike } from './targets.ts'
import { exchange, type Sent } from './exchange.ts'

/** What is asked for in each pair: something of another agency, and something that does not exist. */
type Question = { name: string; others: () => Sent; missing: () => Sent }

/** In standard deviations of the sign test: noise alone goes beyond it once in 17 million questions. */
const bound = 5.5
/** Of the usual time: less is far below what a network adds, and needs more requests than a budget has to be seen. */
const smallestEffect = 0.05
/** Of each kind of id, so that neither side has more in the database's cache. */
const pool = 5

/**
 * Asks in pairs, in random order, for what is another's and for what does not exist, and tests whether one of them is answered
 * faster. Noise hits both alike, so a busy machine only hides an effect. A question with a known effect shows that one is seen.
 */
export async function compareTimes(server: ForkedServer, { pairs, seed }: { pairs: number; seed: number }) {
  const random = randomFrom(seed)
  const agent = new Agent({ connections: 1, pipelining: 1 })
  const time = async (sent: Sent) => {
    const startedAt = performance.now()
    await exchange(agent, server.url, sent)
    return performance.now() - startedAt
  }
  const violations: string[] = []
  const effects: number[] = []
  let worst = 0
  const measure = async ({ others, missing }: Question) => {
    const differences: number[] = []
    const times: number[] = []
    for (let pair = -20; pair < pairs; pair += 1) {
      const isOthersFirst = random() < 0.5
      const first = await time(isOthersFirst ? others() : missing())
      const second = await time(isOthersFirst ? missing() : others())
      // The first pairs warm both ways up.
      if (pair < 0) continue
      differences.push(isOthersFirst ? first - second : second - first)
      times.push(first, second)
    }
    return { sigmas: signTest(differences), effect: quantile(differences, 0.5), usual: quantile(times, 0.5) }
  }

  const { questions, control } = await questionsFor(server, random)
  const { sigmas: seen } = await measure(control)
  if (Math.abs(seen) < bound) violations.push(`A known difference is not seen: ${seen.toFixed(1)} σ of ${bound}.`)
  for (const question of questions) {
    const { sigmas, effect, usual } = await measure(question)
    effects.push(Math.abs(effect) * 1_000)
    worst = Math.max(worst, Math.abs(sigmas))
    if (Math.abs(sigmas) < bound || Math.abs(effect) < usual * smallestEffect) continue
    const microseconds = `${(effect * 1_000).toFixed(0)} µs of ${(usual * 1_000).toFixed(0)}`
    violations.push(`${question.name}: what is another’s takes another time, ${microseconds}, ${sigmas.toFixed(1)} σ`)
  }
  await agent.close()
  const rounded = (value: number) => Math.round(value * 10) / 10
  return {
    violations,
    counts: {
      'timed questions': questions.length,
      'pairs of each': pairs,
      'largest σ': rounded(worst),
      'σ of a known difference': rounded(Math.abs(seen)),
      'largest median difference, µs': rounded(Math.max(...effects)),
    },
  }
}

async function questionsFor(server: ForkedServer, random: () => number) {
  const caller = server.tenant
  const own = await furnish(server, caller, 'timing')
  const others: Ids[] = []
  const revoked: string[] = []
  for (let count = 0; count < pool; count += 1) {
    others.push(await furnish(server, await server.call('openTenant'), 'timing'))
    const { id, secret } = await server.call('openKey', caller.agencyId)
    await server.call('revokeKey', id)
    revoked.push(secret)
  }
  const missing = others.map(inventLike)
  const unknown = revoked.map(mintApiKey)
  const anyOf = <T>(values: T[]): T => values[Math.floor(random() * values.length)] as T

  const ask = (operation: (typeof operations)[number], ids: Ids, key = caller.key): Sent => ({
    method: operation.method,
    path: fill(operation.path, ids),
    headers: { authorization: key, ...(operation.hasBody && { 'content-type': 'application/json' }) },
    body: operation.hasBody ? JSON.stringify(operation.example) : undefined,
  })
  const byAccount = operations.filter(({ path }) => path.includes('{accountId}'))
  const byJob = byAccount.filter(({ path, method }) => path.includes('{jobId}') && method === 'GET')
  const [read] = byAccount
  if (!read) throw new Error('No operation is on an account.')
  const inOwnAccount = (ids: Ids): Ids => ({ ...ids, accountId: own.accountId, couponId: own.couponId })
  const questions: Question[] = [
    ...byAccount.map((operation) => ({
      name: operation.name,
      others: () => ask(operation, anyOf(others)),
      missing: () => ask(operation, anyOf(missing)),
    })),
    ...byJob.map((operation) => ({
      name: `${operation.name}, a job`,
      others: () => ask(operation, inOwnAccount(anyOf(others))),
      missing: () => ask(operation, inOwnAccount(anyOf(missing))),
    })),
    {
      name: 'a revoked key beside one that never was',
      others: () => ask(read, own, anyOf(revoked)),
      missing: () => ask(read, own, anyOf(unknown)),
    },
  ]
  const control = { name: 'control', others: () => ask(read, own), missing: () => ask(read, anyOf(missing)) }
  return { questions, control }
}
