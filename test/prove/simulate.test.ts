import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { adaptations } from '../../prove/simulation/patches.ts'
import { planted } from '../../prove/simulation/planted.ts'

const root = join(import.meta.dirname, '../..')

/** What the simulation says of the histories of some seeds, by seed. */
async function live(seed: number, histories: number): Promise<Map<number, { digest: string; violations: string[] }>> {
  const args = ['prove/simulation/child.ts', '--seed', String(seed), '--histories', String(histories)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  const lines = stdout.trim().split('\n')
  return new Map(lines.map((line) => JSON.parse(line)).map((history) => [history.seed, history]))
}

test('the same seed gives the same history, whatever the process has lived through before', async () => {
  const [alone, among] = await Promise.all([live(7, 1), live(4, 4)])
  expect(among.size).toBe(4)
  expect(alone.get(7)).toEqual(among.get(7))
  expect(alone.get(7)).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{16}$/), violations: [] })
  expect(new Set(Array.from(among.values(), ({ digest }) => digest)).size).toBe(4)
})

test('each bug that the simulation plants has its place in the source', () => {
  const changes = [...adaptations, ...planted.flatMap((bug) => bug.changes)]
  const strays = changes.filter(({ file, from }) => readFileSync(join(root, file), 'utf8').split(from).length !== 2)
  expect(strays).toEqual([])
})
