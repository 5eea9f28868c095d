import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { prove } from './support/prove.ts'

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
  process.exitCode = await prove(chosen, (name) => import(`./${name}.ts`), { quick: values.quick === true, seed })
  // What a broken program has left running must not keep the process.
  process.exit()
}
