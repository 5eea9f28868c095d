import { cpus } from 'node:os'
import { CannotRun, type Options, type Program } from './program.ts'

/**
 * Runs the programs of these names in turn and prints what they counted.
 * @returns the exit code: 1 where a promise was broken, 2 where the only program cannot run here; among others it is left out
 */
export async function prove(
  names: string[],
  load: (name: string) => Promise<Program>,
  options: Options,
): Promise<number> {
  let exitCode = 0
  for (const name of names) {
    const { run } = await load(name)
    const size = options.quick ? 'quick' : 'full'
    const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`
    console.log(`${name} (${size}), seed ${options.seed}, ${new Date().toISOString().slice(0, 10)}, ${machine}`)
    const startedAt = performance.now()
    const result = await run(options).catch((error: unknown) => {
      if (error instanceof CannotRun) return error
      return { counts: {}, violations: [error instanceof Error ? (error.stack ?? error.message) : String(error)] }
    })
    if (result instanceof CannotRun) {
      console.error(`${name} needs ${result.message}, and was left out.`)
      if (names.length === 1) exitCode = 2
      continue
    }
    const { counts, violations } = result
    for (const [what, count] of Object.entries(counts)) console.log(`  ${what}: ${count}`)
    for (const violation of violations) console.log(`  VIOLATION: ${violation}`)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    const verdict = violations.length === 0 ? 'holds' : `BROKEN, ${violations.length} violations`
    console.log(`${name}: ${verdict}, in ${seconds} s`)
    if (violations.length > 0) exitCode = 1
  }
  return exitCode
}
