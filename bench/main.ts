import { readdirSync } from 'node:fs'

/** `npm run bench -- NAME` runs bench/NAME.ts. */
const name = process.argv[2]
const names = readdirSync(import.meta.dirname)
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((one) => one !== 'main')

if (name === undefined || !names.includes(name)) {
  console.error(`Which benchmark? npm run bench -- ${names.join(' | ')}`)
  process.exitCode = 2
} else {
  await import(`./${name}.ts`)
}
