import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'console/src/**/*.test.ts', 'test/**/*.test.ts'],
    // Most of the tests' time is spent waiting for backoffs and processes, so more files than cores run at once.
    maxWorkers: 4,
    // No module keeps state that a test could leave behind, and loading the server anew for each file took half of all time.
    isolate: false,
    // Compiled once for the threads and processes of all tests: half of the time that a command takes is compiling.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
    // These bound a test that hangs. No test may depend on them, so they leave room for a machine that is busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000, interval: 20 } },
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
})
