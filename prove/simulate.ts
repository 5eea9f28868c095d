import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { planted } from './simulation/planted.ts'
import type { Options } from './support/program.ts'

/** What a process of the simulation says of one history. */
type Line = { seed: number; digest: string; violations: string[]; lines?: string[]; counts: Record<string, number> }

const sizes = { full: 100_000, quick: 2_000, planted: 3_000 }

/**
 * Lives through many histories of two servers, their callers and Stripe, each drawn from one seed: `--histories N` of them from
 * `--seed N` on. With `--planted`, puts one bug after the other into the source and looks whether its history is found.
 */
export async function run({ quick, seed }: Options): Promise<{ counts: Record<string, number>; violations: string[] }> {
  const { values } = parseArgs({
    strict: false,
    options: { histories: { type: 'string' }, planted: { type: 'boolean' } },
  })
  const given = typeof values.histories === 'string' ? Number(values.histories) : undefined
  if (values.planted === true) return await findPlanted(seed, given ?? sizes.planted)
  const histories = given ?? (quick ? sizes.quick : sizes.full)
  const lanes = Math.min(availableParallelism(), histories)
  const counts: Record<string, number> = { histories: 0 }
  const violations: string[] = []
  const children: ChildProcess[] = []
  const take = ({ seed: of, digest, violations: broken, lines = [], counts: more }: Line) => {
    counts['histories'] = (counts['histories'] ?? 0) + 1
    for (const [what, count] of Object.entries(more)) counts[what] = (counts[what] ?? 0) + count
    if (histories <= 10) console.log(`  seed ${of}: digest ${digest}`)
    for (const line of lines) console.log(`    ${line}`)
    violations.push(...broken.map((what) => `seed ${of}: ${what}`))
    if (broken.length > 0) for (const child of children) child.kill()
  }
  const lane = (_: unknown, index: number) => {
    const own = ['--seed', String(seed + index), '--histories', String(histories - index), '--step', String(lanes)]
    return live(own, take, children)
  }
  const codes = await Promise.all(Array.from({ length: lanes }, lane))
  if (violations.length === 0 && counts['histories'] !== histories) {
    violations.push(
      `only ${counts['histories']} of ${histories} histories came to their end (exit codes ${codes.join(', ')})`,
    )
  }
  return { counts, violations }
}

/** Runs a process of the simulation; resolves to its exit code. */
async function live(args: string[], take: (line: Line) => void, children: ChildProcess[]): Promise<number | null> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'simulation/child.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const exit = new Promise<number | null>((resolve) => void child.once('exit', resolve))
  for await (const line of createInterface(child.stdout)) take(JSON.parse(line))
  return await exit
}

async function findPlanted(seed: number, histories: number) {
  const violations: string[] = []
  let found = 0
  const look = async (name: string) => {
    let isFound = false
    await live(
      ['--seed', String(seed), '--histories', String(histories), '--plant', name],
      (line) => {
        if (line.violations.length === 0) return
        isFound = true
        console.log(`  found by seed ${line.seed}: ${name}\n    ${line.violations[0]}`)
      },
      [],
    )
    if (isFound) found += 1
    else violations.push(`not found in ${histories} histories: ${name}`)
  }
  const names = planted.map(({ name }) => name)
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) await look(name)
  })
  await Promise.all(lanes)
  return { counts: { planted: planted.length, found }, violations }
}
