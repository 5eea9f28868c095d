import { forkServer } from './support/fork.ts'
import { compareAnswers } from './support/matrix.ts'
import type { Options } from './support/program.ts'
import { compareTimes } from './support/timing.ts'

/**
 * Whether one agency can detect anything of another: every operation of the document, at every kind of target, with every kind of
 * key; then whether the time of an answer tells what its words do not; and that nothing of the other was touched.
 */
export async function run({ quick, seed }: Options) {
  const server = await forkServer({ limits: { publicPerSecond: 1_000_000, unknownKeysPerSecond: 1_000_000 } })
  try {
    const answers = await compareAnswers(server, await server.call('openTenant'))
    const times = await compareTimes(server, { pairs: quick ? 200 : 1_000, seed })
    const violations = [...answers.violations, ...times.violations]
    const { suspicious } = await server.call('log')
    violations.push(...suspicious.map((line) => `The log has an error or a secret: ${line}`))
    return { counts: { ...answers.counts, ...times.counts }, violations }
  } finally {
    await server.close()
  }
}
