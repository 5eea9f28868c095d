import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { cli, newFolder, serve } from '../support/process.ts'

const missing = ['bash', 'curl', 'jq'].filter((program) => spawnSync(program, ['--version']).status !== 0)

test.skipIf(missing.length > 0)(
  `the commands of docs/curl.md run in their order${missing.length > 0 ? ` (skipped: no ${missing.join(', ')} here)` : ''}`,
  async () => {
    const folder = newFolder()
    await serve({ DATA_DIR: folder })
    const page = readFileSync(new URL('../../docs/curl.md', import.meta.url), 'utf8')
    const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block)
    const script = [
      'set -euo pipefail',
      `curl() { command curl --silent --show-error --fail -w '\\n' "$@"; }`,
      `chatdash() { "${process.execPath}" "${cli}" "$@"; }`,
      ...blocks,
    ].join('\n')
    const env = { PATH: process.env['PATH'], DATA_DIR: folder }
    const pasted = script.replace('data/demo.env', join(folder, 'demo.env'))
    const { stdout } = await promisify(execFile)('bash', ['-c', pasted], { env })
    expect(stdout).toContain('"id":"SUMMER20"')
  },
)
