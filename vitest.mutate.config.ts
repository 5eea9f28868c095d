import { defineConfig } from 'vitest/config'
import whole from './vitest.config.ts'

/** The tests that mutants are tried against: the fast ones, which run in this process and on SQLite. */
export default defineConfig({
  test: {
    ...whole.test,
    include: [
      'src/**/*.test.ts',
      'test/contract/*.test.ts',
      'test/fault/{caller,database,refusals,sharing,stripe}.test.ts',
    ],
    // Loading the modules again for each file would take most of the time.
    isolate: false,
    // A poll waits in vain for what a mutant never does.
    expect: { poll: { timeout: 5_000, interval: 20 } },
  },
})
