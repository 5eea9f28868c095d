import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { adminToken, startTestAdmin } from '../support/admin.ts'
import { startTestServer } from '../support/server.ts'

const isThere = (program: string) => spawnSync(program, ['--version']).status === 0
const hasPrograms = ['bash', 'curl', 'jq'].every(isThere)

test.skipIf(!hasPrograms)(
  `the commands of docs/admin.md run in their order${hasPrograms ? '' : ' (skipped: bash, curl or jq is not here)'}`,
  async () => {
    const server = await startTestServer()
    const admin = await startTestAdmin(server)
    onTestFinished(async () => {
      await admin.close()
      await server.close()
    })
    const page = readFileSync(new URL('../../docs/admin.md', import.meta.url), 'utf8')
    // The first one starts the server.
    const [, ...blocks] = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block)
    const script = ['set -euo pipefail', 'curl() { command curl --fail "$@"; }', ...blocks].join('\n')
    const { stdout } = await promisify(execFile)(
      'bash',
      ['-c', script.replaceAll('http://127.0.0.1:9090', admin.url)],
      {
        env: { PATH: process.env['PATH'], ADMIN_TOKEN: adminToken },
      },
    )
    expect(stdout).toContain('"object":"status"')
    const events = await server.database.selectFrom('events').select('type').orderBy('seq').execute()
    expect(events.map(({ type }) => type)).toEqual([
      'agency.created',
      'account.connected',
      'api_key.created',
      'agency.renamed',
      'api_key.changed',
      'api_key.created',
      'api_key.rotated',
      'api_key.frozen',
      'agency.frozen',
      'platform.frozen',
      'platform.unfrozen',
      'api_key.revoked',
      'agency.archived',
      'account.disconnected',
    ])
  },
)
