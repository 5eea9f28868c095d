import { parseArgs } from 'node:util'
import { adaptations, patchSources } from './patches.ts'
import { planted } from './planted.ts'

/** Lives through the histories of some seeds: each is a line of JSON on standard output. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    histories: { type: 'string', default: '1' },
    /** The name of a planted bug. */
    plant: { type: 'string' },
    /** Tells every history whole, not only those that broke something. */
    verbose: { type: 'boolean', default: false },
    /** Every so many seeds are this process's. */
    step: { type: 'string', default: '1' },
  },
})
const bug = planted.find(({ name }) => name === values.plant)
patchSources([...adaptations, ...(bug?.changes ?? [])])

const { openEnvironment } = await import('./environment.ts')
const { runHistory } = await import('./history.ts')
const environment = await openEnvironment()
process.once('SIGTERM', () => {
  environment.close()
  process.exit(1)
})
const first = Number(values.seed)
for (let seed = first; seed < first + Number(values.histories); seed += Number(values.step)) {
  const { lines, ...outcome } = await runHistory(environment, seed)
  const isBroken = outcome.violations.length > 0
  process.stdout.write(`${JSON.stringify(isBroken || values.verbose ? { ...outcome, lines } : outcome)}\n`)
  if (isBroken) break
}
environment.close()
// The timers of the world keep nothing alive, but a database connection might.
process.exit()
