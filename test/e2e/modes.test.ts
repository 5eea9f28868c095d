import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { fillBeforeModes } from '../support/before-modes.ts'
import { newFolder, run, serve, serveOnStub } from '../support/process.ts'
import { answerWith } from '../support/stripe-stub.ts'

const emptyList = answerWith(200, { object: 'list', data: [], has_more: false })

async function listAccounts(url: string, key: string) {
  const response = await fetch(`${url}/v1/public/stripe/connect/accounts`, { headers: { authorization: key } })
  return { status: response.status, text: await response.text() }
}

test('the demo key dies when a Stripe key is set, and the demo account with it', async () => {
  const folder = newFolder()
  const sandbox = await serve({ DATA_DIR: folder })
  const { CHATDASH_API_KEY: key = '', CHATDASH_ACCOUNT_ID: accountId = '' } = parseEnv(
    readFileSync(join(folder, 'demo.env'), 'utf8'),
  )
  expect(await listAccounts(sandbox.url, key)).toMatchObject({ status: 200, text: expect.stringContaining(accountId) })
  await sandbox.stop('SIGTERM')

  const onStripe = await serve({ DATA_DIR: folder, STRIPE_SECRET_KEY: 'sk_test_1' })
  expect((await listAccounts(onStripe.url, key)).status).toBe(401)
  const accounts = await run(['account', 'list', '--json'], { DATA_DIR: folder, STRIPE_SECRET_KEY: 'sk_test_1' })
  expect(accounts.out).toBe('[]\n')
})

test('a database with accounts of Stripe does not silently get the sandbox: no start, and doctor says why', async () => {
  const { server, environment, key } = await serveOnStub([emptyList])
  await server.stop('SIGTERM')
  const { DATA_DIR } = environment

  for (const command of [['serve'], ['account', 'list']]) {
    const { code, err } = await run(command, { DATA_DIR, PORT: '0' })
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('STRIPE_SECRET_KEY is not set') })
    expect(err).toContain('STRIPE_MODE=sandbox')
  }
  expect(existsSync(join(DATA_DIR, 'demo.env'))).toBe(false)
  const doctor = await run(['doctor'], { DATA_DIR })
  expect(doctor).toMatchObject({ code: 1, out: expect.stringMatching(/^FAIL {2}mode: sandbox/m) })

  const meant = await serve({ DATA_DIR, STRIPE_MODE: 'sandbox' })
  expect(await listAccounts(meant.url, key)).toMatchObject({ status: 200, text: expect.stringContaining('"data":[]') })
})

test('accounts of a release without modes go to the mode of the first start, which a forgotten key cannot be', async () => {
  const folder = newFolder()
  const database = openDatabase(join(folder, 'chatdash.db'))
  await fillBeforeModes(database)
  await database.destroy()
  const list = async (environment: Record<string, string>) =>
    await run(['account', 'list', '--json'], { DATA_DIR: folder, ...environment })

  expect(await run(['doctor'], { DATA_DIR: folder })).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^FAIL {2}mode: sandbox/m),
  })
  expect(await list({})).toMatchObject({ code: 1, err: expect.stringContaining('STRIPE_SECRET_KEY is not set') })
  expect((await list({ STRIPE_SECRET_KEY: 'sk_live_1' })).out).toContain('acct_1')
  expect((await list({ STRIPE_SECRET_KEY: 'sk_test_1' })).out).toBe('[]\n')
})
