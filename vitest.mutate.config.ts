import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import whole from './vitest.config.ts'

/** A mutant's run ends with the first test that fails: those beside the source are the quickest to. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isBesideSource = ({ moduleId }: TestSpecification) => moduleId.includes('/src/')
    return files.toSorted((a, b) => Number(isBesideSource(b)) - Number(isBesideSource(a)))
  }
}

/**
 * The tests that mutants are tried against: those beside the source, and of the others, which start servers, as few as reach
 * every module that is mutated. Each mutant costs a run of all that reach it.
 */
export default defineConfig({
  test: {
    ...whole.test,
    include: [
      'src/**/*.test.ts',
      'test/contract/{accounts,events,idempotency,keys-guard,keys-manage,keys-manage-attacks,outcomes,promotion-codes,update-coupon}.test.ts',
      'test/fault/{database,sharing}.test.ts',
      'test/jobs/{leases,turns,worker}.test.ts',
      'test/journal/{refusals,seals,settle,undo}.test.ts',
      'test/documents.test.ts',
    ],
    // Tests are found again by their names, some of which say what their seed was.
    env: { ...whole.test?.env, SEED: '1' },
    sequence: { sequencer: QuickestFirst },
    // A poll waits in vain for what a mutant never does.
    expect: { poll: { timeout: 5_000, interval: 20 } },
  },
})
