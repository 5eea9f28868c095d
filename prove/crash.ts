/**
 * `npm run prove -- crash`: real server processes, on SQLite and on PostgreSQL, are killed (SIGKILL) at every step of a change
 * and of a bulk job, at random, and while they start and stop. Callers retry under their keys at the next process.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databases } from '../test/support/server.ts'
import { playEpisode } from './support/crash-episode.ts'
import { startProcess } from './support/process.ts'
import type { Options, Result } from './support/program.ts'
import { createRandom } from './support/random.ts'

const lanes = 6
const killsPerEpisode = 10

/** How many kills there are, and what broke. */
export async function run({ quick, seed }: Options): Promise<Result> {
  const counts: Record<string, number> = {}
  const violations: string[] = []
  let left = quick ? 40 : 1_000
  let started = 0
  const lane = async () => {
    while (left > 0 && violations.length === 0) {
      const number = started++
      const kills = Math.min(left, killsPerEpisode)
      left -= kills
      const kind = databases[number % databases.length] ?? 'sqlite'
      const episode = await playEpisode({ kind, kills, random: createRandom(seed + number), first: number })
      for (const [what, count] of Object.entries(episode.counts)) counts[what] = (counts[what] ?? 0) + count
      violations.push(...episode.violations.map((violation) => `${kind}, seed ${seed + number}: ${violation}`))
    }
  }
  await warmUp()
  await Promise.all(Array.from({ length: lanes }, lane))
  return { counts, violations }
}

/** Lets one process end by itself, which leaves its compiled code to those that are killed. */
async function warmUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-crash-'))
  const server = startProcess({ DATA_DIR: folder })
  await server.listening
  await server.end('SIGTERM')
  rmSync(folder, { recursive: true })
}
