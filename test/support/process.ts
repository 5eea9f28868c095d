import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { createAgencies } from '../../src/agencies/agencies.ts'
import { createApiKeys } from '../../src/agencies/api-keys.ts'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { openStub } from './stripe-stub.ts'

/** The program, for Node to run. */
export const cli = new URL('../../src/cli/chatdash.js', import.meta.url).pathname

type Environment = Record<string, string>

/** A folder for one test, removed after it. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-e2e-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs one command of the command line to its end. */
export async function run(args: string[], environment: Environment) {
  return await new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [cli, ...args], { env: clean(environment) }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err })
    })
  })
}

/**
 * Starts `chatdash serve` on a free port, or another command that runs until it is stopped. No file of it can grow beyond
 * `fileBlocksMax` blocks (512 or 1,024 bytes, depending on the shell), which acts as a full disk.
 */
export function start(environment: Environment, args = ['serve'], fileBlocksMax: number | 'unlimited' = 'unlimited') {
  const limited = ['-c', `ulimit -f ${fileBlocksMax} && exec "$@"`, 'sh', process.execPath, cli, ...args]
  const child = spawn('sh', limited, { env: clean({ PORT: '0', ...environment }) })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const exited = once(child, 'exit')
  const listening = async () =>
    await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', () => {
        const found = /chatdash-server listens on (\S+?),? /.exec(out)?.[1]
        if (found !== undefined) resolve(found)
      })
      void exited.then(() => reject(new Error(`The server ended before it listened: ${err}${out}`)))
    })
  return {
    listening,
    output: () => out,
    errors: () => err,
    /** Sends the signal and waits for the end; the exit code, or the signal that ended it. */
    async stop(signal: NodeJS.Signals): Promise<unknown> {
      child.kill(signal)
      const [code, endedBy] = await exited
      return code ?? endedBy
    },
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    exited,
  }
}

/** Starts `chatdash serve` and waits until it says that it listens. */
export async function serve(environment: Environment, fileBlocksMax?: number) {
  const server = start(environment, ['serve'], fileBlocksMax)
  return { ...server, url: await server.listening() }
}

/** `chatdash serve` on a stub in Stripe's place, with an agency, its key and the account `acct_1AbC`. */
export async function serveOnStub(behaviours: Parameters<typeof openStub>, environment: Environment = {}) {
  const stub = await openStub(...behaviours)
  onTestFinished(stub.close)
  const folder = newFolder()
  const database = openDatabase(join(folder, 'chatdash.db'))
  await migrate(database)
  const { id: agencyId } = await createAgencies(database).createAgency('Acme')
  const { secret: key } = await createApiKeys(database, 'test').createKey(agencyId, 'n8n')
  await createAccounts(database, 'test').connect(agencyId, 'acct_1AbC')
  const onStub = { DATA_DIR: folder, STRIPE_SECRET_KEY: 'sk_test_e2e', STRIPE_API_BASE: stub.origin, ...environment }
  const server = await serve(onStub)
  onTestFinished(() => database.destroy())
  return { stub, database, key, environment: onStub, server }
}

/** The test's own environment must not configure the server. */
function clean(environment: Environment): Environment {
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env
  return { PATH, NODE_COMPILE_CACHE, ...environment }
}
