import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { CannotRun, type Program } from '../../prove/support/program.ts'
import { prove } from '../../prove/support/prove.ts'

const programs: Record<string, Program['run']> = {
  needy: async () => await Promise.reject(new CannotRun('a server')),
  holding: async () => await Promise.resolve({ counts: { kills: 3 }, violations: [] }),
  broken: async () => await Promise.resolve({ counts: {}, violations: ['twice'] }),
  failing: async () => await Promise.reject(new Error('It failed.')),
}

test.each([
  ['needy, holding', 0],
  ['needy', 2],
  ['needy, broken, holding', 1],
  ['failing', 1],
])('of %s the exit code is %i, and what cannot run is left out', async (asked, code) => {
  const out = vi.spyOn(console, 'log').mockReturnValue()
  const err = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => void vi.restoreAllMocks())
  const names = asked.split(', ')
  const load = (name: string) => Promise.resolve({ run: programs[name] ?? expect.fail(name) })
  expect(await prove(names, load, { quick: true, seed: 1 })).toBe(code)
  const said = out.mock.calls.join('\n')
  for (const name of names) expect(said).toContain(`${name} (quick)`)
  expect(said.includes('kills: 3')).toBe(names.includes('holding'))
  const left = names.includes('needy') ? [['needy needs a server, and was left out.']] : []
  expect(err.mock.calls).toEqual(left)
})

test('processes alone ends with 2 where no PostgreSQL and Redis are named', async () => {
  const root = join(import.meta.dirname, '../..')
  const env = { PATH: process.env['PATH'] }
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; stderr: string }>()
  execFile(process.execPath, ['prove/main.ts', 'processes', '--quick'], { cwd: root, env }, (error, _, stderr) =>
    resolve({ code: error?.code, stderr }),
  )
  expect(await promise).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^processes needs TEST_DATABASE_URL and TEST_REDIS_URL.*left out\.\n$/),
  })
})
