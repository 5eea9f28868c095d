import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import type { Measured } from './compare.ts'

/** A row is the texts of its cells; `figures` are what they were made of. */
export type Table = { title: string; columns: string[]; rows: string[][]; figures: unknown }

const packages = ['fastify', 'stripe', 'undici', 'express', 'kysely', 'pg']

/** The machine and the versions, in a sentence. */
export function describeMachine(): string {
  const [cpu] = cpus()
  const versions = packages.map((name) => {
    const manifest = readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')
    return `${name} ${JSON.parse(manifest).version}`
  })
  const load = loadavg()[0]?.toFixed(1)
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  const machine = `${cpus().length} × ${cpu?.model.trim()}, ${memory}, Linux ${release()}, load ${load} at the start`
  return `${machine}; Node ${process.versions.node}, ${versions.join(', ')}`
}

/** The figures of a comparison; the first contestant is what the others are compared with. */
export function comparisonTable(title: string, measured: Measured[]): Table {
  return {
    title,
    columns: ['', 'req/s', 'ratio', 'p50 ms', 'p99 ms', 'CPU µs', 'ratio', 'RSS MB', 'generator'],
    rows: measured.map((one) => [
      one.name,
      whole(one.perSecond),
      one.ratio.toFixed(2),
      one.p50.toFixed(1),
      one.p99.toFixed(1),
      whole(one.cpu),
      one.cpuRatio.toFixed(2),
      whole(one.memory),
      percent(one.generatorShare),
    ]),
    figures: measured,
  }
}

export const whole = (value: number) => Math.round(value).toLocaleString('en')
const percent = (part: number) => `${Math.round(part * 100)} %`

export function toText({ title, columns, rows }: Table): string {
  const all = [columns, ...rows]
  const widths = columns.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)))
  const line = (row: string[]) =>
    row.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ')
  return `\n${title}\n${all.map(line).join('\n')}`
}

export function toMarkdown({ title, columns, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return `\n**${title}**\n\n${[columns, columns.map(() => '---'), ...rows].map(line).join('\n')}`
}
