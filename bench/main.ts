/** `npm run bench`: every table; `-- NAME`: one; `--quick`: small and short; `--markdown`: as docs/performance.md has them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Scale } from './compare.ts'
import { dropSchemas } from './contestants/postgres.ts'
import { type Load, openLoad } from './load/load.ts'
import { describeMachine, type Table, toMarkdown, toText } from './report.ts'

/** What one benchmark gives back. */
export type Benchmark = (load: Load, scale: Scale) => Promise<Table[]>

const benchmarks: Record<string, () => Promise<Benchmark>> = {
  server: async () => (await import('./tables/server.ts')).server,
  latency: async () => (await import('./tables/latency.ts')).latency,
  stalls: async () => (await import('./tables/stalls.ts')).stalls,
  start: async () => (await import('./tables/start.ts')).start,
  memory: async () => (await import('./tables/memory.ts')).memory,
  processes: async () => (await import('./tables/processes.ts')).processes,
  growth: async () => (await import('./tables/growth.ts')).growth,
  search: async () => (await import('./tables/search.ts')).search,
  sandbox: async () => (await import('./tables/sandbox.ts')).sandbox,
}
const full: Scale = { isQuick: false, rounds: 5, turn: { seconds: 4 }, warmUpRequests: 10_000 }
const quick: Scale = { isQuick: true, rounds: 3, turn: { seconds: 1 }, warmUpRequests: 500 }

async function main(): Promise<number> {
  const options = { quick: { type: 'boolean' }, markdown: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const names = positionals.length > 0 ? positionals : Object.keys(benchmarks)
  const unknown = names.find((name) => name !== 'check' && !Object.hasOwn(benchmarks, name))
  if (unknown !== undefined) {
    console.error(`There is no benchmark "${unknown}": ${Object.keys(benchmarks).join(', ')}, check.`)
    return 2
  }

  const load = openLoad()
  try {
    if (names.includes('check')) return await (await import('./check.ts')).check(load)
    const machine = describeMachine()
    console.log(machine)
    const results: Record<string, Table[]> = {}
    for (const name of names) {
      const benchmark = await benchmarks[name]?.()
      const tables = (await benchmark?.(load, values.quick === true ? quick : full)) ?? []
      for (const table of tables) console.log(values.markdown === true ? toMarkdown(table) : toText(table))
      results[name] = tables
    }
    console.log(`\nKept in ${keep({ machine, isQuick: values.quick === true, results })}`)
    return 0
  } finally {
    load.close()
    await dropSchemas()
  }
}

function keep(results: unknown): string {
  const folder = new URL('results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`, folder)
  writeFileSync(file, JSON.stringify(results, null, 2))
  return file.pathname
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void dropSchemas().finally(() => process.exit(130)))
}
process.exitCode = await main()
