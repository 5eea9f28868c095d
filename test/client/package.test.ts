import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generateApi } from 'swagger-typescript-api'
import { expect, onTestFinished, test } from 'vitest'
import { startTestServer } from '../support/server.ts'

const root = join(import.meta.dirname, '../..')
const execute = promisify(execFile)

/** An empty project of somebody else's, with the packages that are named linked into it. */
function newProject(...linked: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-client-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'node_modules'))
  for (const name of linked) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return folder
}

const compiler = join(root, 'node_modules/typescript/bin/tsc')
const options = '--noEmit --ignoreConfig --strict --skipLibCheck --module nodenext --target es2024 --lib es2024,dom'

const typeCheck = (folder: string, ...files: string[]) =>
  execute(process.execPath, [compiler, ...options.split(' '), ...files.map((file) => join(folder, file))]).catch(
    ({ stdout }: { stdout: string }) => expect.fail(stdout),
  )

async function openServer() {
  const server = await startTestServer()
  onTestFinished(() => server.close())
  return server
}

test('the packed package gives a client that another project type-checks and runs', async () => {
  const server = await openServer()
  const folder = newProject('openapi-fetch', 'openapi-typescript-helpers')
  await execute('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root })
  const installed = join(folder, 'node_modules/chatdash-server')
  mkdirSync(installed)
  const archive = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? ''
  await execute('tar', ['-xzf', join(folder, archive), '-C', installed, '--strip-components', '1'])
  writeFileSync(
    join(folder, 'use.mts'),
    `import { createChatdash } from 'chatdash-server/client'
     const client = createChatdash({ url: '${server.url}', apiKey: '${server.key}' })
     const { data } = await client.POST('/v1/public/stripe/connect/accounts/{accountId}/coupons', {
       params: { path: { accountId: '${server.accountId}' } },
       body: { data: { id: 'PACKED', percent_off: 25 } },
     })
     const percent: number | null | undefined = data?.percent_off
     console.log(data?.id, percent)`,
  )
  await typeCheck(folder, 'use.mts')
  const { stdout } = await execute(process.execPath, [join(folder, 'use.mts')])
  expect(stdout).toBe('PACKED 25\n')
})

test('a client of another generator type-checks and runs as well', async () => {
  const server = await openServer()
  const folder = newProject()
  await generateApi({ input: join(root, 'openapi/v1.json'), output: folder, fileName: 'api.ts', silent: true })
  writeFileSync(
    join(folder, 'use.ts'),
    `import { Api } from './api.js'
     const api = new Api({ baseUrl: '${server.url}', baseApiParams: { headers: { authorization: '${server.key}' }, format: 'json' } })
     const { data } = await api.v1.createCoupon('${server.accountId}', { data: { id: 'OTHER', percent_off: 25, duration: 'once' } })
     const percent: number | null = data.percent_off
     console.log(data.id, percent)`,
  )
  await typeCheck(folder, 'use.ts', 'api.ts')
  // Enums of that generator are not erasable, so its client is transformed instead of stripped.
  const text = `import './use.ts'`
  writeFileSync(join(folder, 'main.ts'), text)
  writeFileSync(join(folder, 'use.ts'), readFileSync(join(folder, 'use.ts'), 'utf8').replace('./api.js', './api.ts'))
  const { stdout } = await execute(process.execPath, [
    '--experimental-transform-types',
    '--no-warnings',
    join(folder, 'main.ts'),
  ])
  expect(stdout).toBe('OTHER 25\n')
})
