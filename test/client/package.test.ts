import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { generateApi } from 'swagger-typescript-api'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.ts'

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

/** Compilers and npm are slow on a busy machine. */
const timeout = 180_000

let packed: string
beforeAll(async () => {
  packed = mkdtempSync(join(tmpdir(), 'chatdash-packed-'))
  await execute('npm', ['pack', '--silent', '--pack-destination', packed], { cwd: join(root, 'client') })
}, timeout)
afterAll(() => rmSync(packed, { recursive: true }))

/** A project that has the packed client and what it depends on, and nothing else. */
async function installClient(): Promise<string> {
  const folder = newProject('openapi-fetch', 'openapi-typescript-helpers')
  const installed = join(folder, 'node_modules/chatdash-client')
  mkdirSync(installed)
  const archive = readdirSync(packed).find((file) => file.endsWith('.tgz')) ?? ''
  await execute('tar', ['-xzf', join(packed, archive), '-C', installed, '--strip-components', '1'])
  return folder
}

const useOf = ({ url, key, accountId }: TestServer) => `
  import { createChatdash } from 'chatdash-client'
  const client = createChatdash({ url: '${url}', apiKey: '${key}' })
  const { data } = await client.POST('/stripe/connect/accounts/{accountId}/coupons', {
    params: { path: { accountId: '${accountId}' } },
    body: { data: { id: 'PACKED', percent_off: 25 } },
  })`

test('the packed client has one dependency', async () => {
  const folder = await installClient()
  const { name, dependencies, engines } = JSON.parse(
    readFileSync(join(folder, 'node_modules/chatdash-client/package.json'), 'utf8'),
  )
  expect({ name, dependencies: Object.keys(dependencies), engines }).toEqual({
    name: 'chatdash-client',
    dependencies: ['openapi-fetch'],
    engines: { node: '>=18' },
  })
})

test('the packed client type-checks and runs in another project', { timeout }, async () => {
  const server = await openServer()
  const folder = await installClient()
  const more = 'const percent: number | null | undefined = data?.percent_off; console.log(data?.id, percent)'
  writeFileSync(join(folder, 'use.mts'), `${useOf(server)}\n${more}`)
  await typeCheck(folder, 'use.mts')
  const { stdout } = await execute(process.execPath, [join(folder, 'use.mts')])
  expect(stdout).toBe('PACKED 25\n')
})

test('the packed client runs where there is no global crypto, as on Node 18', async () => {
  const server = await openServer()
  const folder = await installClient()
  writeFileSync(join(folder, 'use.mjs'), `delete globalThis.crypto\n${useOf(server)}\nconsole.log(data?.id)`)
  const { stdout } = await execute(process.execPath, [join(folder, 'use.mjs')])
  expect(stdout).toBe('PACKED\n')
})

test('a client of another generator type-checks and runs as well', { timeout }, async () => {
  const server = await openServer()
  const folder = newProject()
  await generateApi({ input: join(root, 'openapi/v1.json'), output: folder, fileName: 'api.ts', silent: true })
  writeFileSync(
    join(folder, 'use.ts'),
    `import { Api } from './api.js'
     const api = new Api({ baseUrl: '${server.url}/v1/public', baseApiParams: { headers: { authorization: '${server.key}' }, format: 'json' } })
     const { data } = await api.stripe.connectAccountsCouponsCreate('${server.accountId}', { data: { id: 'OTHER', percent_off: 25, duration: 'once' } })
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
