import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

test.each([
  ['bin/chatdash.cjs', '20.19.0', '22.18'],
  ['bin/chatdash.cjs', '22.17.1', '22.18'],
  ['sandbox/bin.cjs', '22.12.0', '22.13'],
])('%s says in one sentence that Node %s is too old, and which is needed', async (file, version, needed) => {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  const failed: unknown = await run(process.execPath, ['-e', `${pretend}; require('./${file}')`], { cwd: root }).catch(
    (error: unknown) => error,
  )
  expect(failed).toMatchObject({ code: 1, stdout: '' })
  expect(failed).toHaveProperty('stderr', expect.stringMatching(/^chatdash[^\n]+\.\n$/))
  expect(failed).toHaveProperty(
    'stderr',
    expect.stringContaining(`needs Node ${needed} or later, and this is ${version}.`),
  )
})
