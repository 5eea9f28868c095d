import { execFile } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { newFolder, run, serve, start } from '../support/process.ts'

const modeOf = (file: string) => statSync(file).mode & 0o777
const cacheOf = (folder: string) => join(folder, 'compile-cache')

/** Without the cache that all tests share. */
const ownCache = { NODE_COMPILE_CACHE: '' }

/** Runs the server once from its start to its end. */
async function serveOnce(environment: Record<string, string>) {
  expect(await (await serve({ ...ownCache, ...environment })).stop('SIGTERM')).toBe(0)
}

describe('compiled code', () => {
  test('is kept in a folder of DATA_DIR that is its owner’s alone, and not in the temporary folder', async () => {
    const [folder, temporary] = [newFolder(), newFolder()]
    await serveOnce({ DATA_DIR: folder, TMPDIR: temporary })
    expect(modeOf(cacheOf(folder))).toBe(0o700)
    expect(readdirSync(cacheOf(folder))).not.toEqual([])
    expect(readdirSync(temporary)).toEqual([])
  })

  test.each([
    ['others can write to', (at: string) => (mkdirSync(at), chmodSync(at, 0o777)), 'isDirectory'],
    ['is a link', (at: string) => symlinkSync(newFolder(), at), 'isSymbolicLink'],
  ] as const)('is not kept where the folder %s', async (_, make, kind) => {
    const folder = newFolder()
    make(cacheOf(folder))
    await serveOnce({ DATA_DIR: folder })
    expect(lstatSync(cacheOf(folder))[kind]()).toBe(true)
    expect(readdirSync(cacheOf(folder))).toEqual([])
  })

  test('is not kept for other commands', async () => {
    const [folder, temporary] = [newFolder(), newFolder()]
    expect((await run(['agency', 'create', 'Acme'], { ...ownCache, DATA_DIR: folder, TMPDIR: temporary })).code).toBe(0)
    expect(existsSync(cacheOf(folder))).toBe(false)
    expect(readdirSync(temporary)).toEqual([])
  })
})

describe('what is written is its owner’s alone', () => {
  test('by the server', async () => {
    const folder = newFolder()
    await serveOnce({ DATA_DIR: folder })
    for (const file of readdirSync(folder)) expect([0o600, 0o700], file).toContain(modeOf(join(folder, file)))
  })

  test('by a command', async () => {
    const folder = join(newFolder(), 'new')
    await run(['agency', 'create', 'Acme'], { DATA_DIR: folder })
    expect(modeOf(folder)).toBe(0o700)
    expect(modeOf(join(folder, 'chatdash.db'))).toBe(0o600)
  })

  test('by the stand-alone sandbox', async () => {
    const file = join(newFolder(), 'new', 'sandbox.db')
    const sandbox = start({}, ['sandbox', '--port', '0', '--data', file])
    await expect.poll(sandbox.output).toContain('Stripe sandbox on')
    expect(modeOf(file)).toBe(0o600)
    expect(await sandbox.stop('SIGTERM')).toBe(0)
  })

  test('by a program that starts the server itself, in a folder that everybody may read', async () => {
    const folder = newFolder()
    chmodSync(folder, 0o755)
    const program = `
      import { readdirSync, statSync } from 'node:fs'
      import { readConfig, startServer } from './src/main.ts'
      process.umask(0o022)
      const { close } = await startServer(readConfig())
      const files = readdirSync(process.env.DATA_DIR)
      console.log(JSON.stringify(files.map((name) => [name, statSync(process.env.DATA_DIR + '/' + name).mode & 0o777])))
      await close()
    `
    const env = { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'silent' }
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env })
    const databases = ['chatdash.db', 'sandbox.db'].flatMap((name) => [name, `${name}-shm`, `${name}-wal`])
    expect(Object.fromEntries(JSON.parse(stdout))).toEqual(Object.fromEntries(databases.map((name) => [name, 0o600])))
  })
})
