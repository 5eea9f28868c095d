import { readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { Options, Program } from './support/program.ts'

/** `npm run prove -- NAME [--quick] [--seed N]` runs prove/NAME.ts, or all of them; exit code 1 where a promise was broken. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  // Programs may have options of their own, which they read themselves.
  strict: false,
  options: { quick: { type: 'boolean', default: false }, seed: { type: 'string' } },
})
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.replace(/\.ts$/, ''))
const [asked = ''] = positionals
const chosen = asked === 'all' ? names : names.filter((name) => name === asked)
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed)

if (chosen.length === 0) {
  console.error(`Which program? npm run prove -- ${['all', ...names].join(' | ')} [--quick] [--seed N]`)
  process.exitCode = 2
} else if (!Number.isSafeInteger(seed)) {
  console.error('--seed must be a whole number.')
  process.exitCode = 2
} else {
  for (const name of chosen) await prove(name, { quick: values.quick === true, seed })
  // What a broken program has left running must not keep the process.
  process.exit()
}

async function prove(name: string, options: Options): Promise<void> {
  const { run }: Program = await import(`./${name}.ts`)
  const size = options.quick ? 'quick' : 'full'
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`
  console.log(`${name} (${size}), seed ${options.seed}, ${new Date().toISOString().slice(0, 10)}, ${machine}`)
  const startedAt = performance.now()
  const { counts, violations } = await run(options).catch((error: unknown) => ({
    counts: {},
    violations: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  }))
  for (const [what, count] of Object.entries(counts)) console.log(`  ${what}: ${count}`)
  for (const violation of violations) console.log(`  VIOLATION: ${violation}`)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  const verdict = violations.length === 0 ? 'holds' : `BROKEN, ${violations.length} violations`
  console.log(`${name}: ${verdict}, in ${seconds} s`)
  if (violations.length > 0) process.exitCode = 1
}
