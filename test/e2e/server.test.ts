import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import Stripe from 'stripe'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openSandbox } from '../../src/sandbox/sandbox.ts'
import { coupon, openStub, succeed } from '../support/stripe-stub.ts'
import { couponsOf } from '../support/server.ts'
import { newFolder, run, serve } from '../support/process.ts'

const demoOf = (folder: string) => {
  const { CHATDASH_API_KEY: key = '', CHATDASH_ACCOUNT_ID: accountId = '' } = parseEnv(
    readFileSync(join(folder, 'demo.env'), 'utf8'),
  )
  return { key, accountId }
}

async function send(method: string, url: string, key: string, data: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { authorization: key, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ data }),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as { id: string; name: string },
  }
}

describe('the process in the sandbox', () => {
  const hasCurl = spawnSync('curl', ['--version']).status === 0
  test.skipIf(!hasCurl)(
    `prints a request that works when pasted${hasCurl ? '' : ' (skipped: no curl here)'}`,
    async () => {
      const folder = newFolder()
      const server = await serve({ DATA_DIR: folder })
      await expect.poll(server.output).toContain('curl')
      const pasted = server.output().slice(server.output().indexOf('curl'))
      const { stdout } = await promisify(execFile)('bash', ['-c', pasted.slice(0, pasted.indexOf("}}'") + 3)])
      expect(JSON.parse(stdout)).toMatchObject({ object: 'coupon', name: 'Summer Sale', percent_off: 25 })
    },
  )

  test('uses the demo again after a restart, with its coupons', async () => {
    const folder = newFolder()
    const first = await serve({ DATA_DIR: folder })
    const demo = demoOf(folder)
    const created = await send('POST', first.url + couponsOf(demo.accountId), demo.key, { id: 'KEPT', percent_off: 10 })
    expect(created.status).toBe(201)
    expect(await first.stop('SIGTERM')).toBe(0)

    const second = await serve({ DATA_DIR: folder })
    expect(demoOf(folder)).toEqual(demo)
    const renamed = await send('PUT', `${second.url}${couponsOf(demo.accountId)}/KEPT`, demo.key, {
      name: 'Still here',
    })
    expect({ status: renamed.status, name: renamed.body.name }).toEqual({ status: 200, name: 'Still here' })
  })

  test('killed in the middle of many requests, then restarted: every retry finds its coupon, none is made twice', async () => {
    const folder = newFolder()
    const first = await serve({ DATA_DIR: folder, STRIPE_TIMEOUT_MS: '80000' })
    const demo = demoOf(folder)
    const sandbox = openSandbox({ file: join(folder, 'sandbox.db') })
    onTestFinished(() => sandbox.close())
    const httpClient = Stripe.createFetchHttpClient(sandbox.fetch)
    const stripe = new Stripe('sk_test_sandbox', { httpClient, stripeAccount: demo.accountId })
    const madeIds = async () => (await stripe.coupons.list({ limit: 100 })).data.map(({ id }) => id)
    const create = async (url: string, key: string) => {
      const path = couponsOf(demo.accountId)
      const { status, body } = await send('POST', url + path, demo.key, { percent_off: 10 }, { 'idempotency-key': key })
      expect(status).toBe(201)
      return body.id
    }
    const keys = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`)

    const answered = await Promise.all(keys('answered', 20).map((key) => create(first.url, key)))
    // Of what comes now, the first six are made but their answers get lost; nothing else is answered, or made, for minutes.
    const fault = (rule: object) => stripe.rawRequest('POST', '/_sandbox/faults', { path: '/v1/coupons', ...rule })
    await fault({ method: 'POST', fault: 'lost', times: 6 })
    await fault({ method: 'POST', fault: 'latency;ms=600000' })
    const inFlight = Promise.allSettled(keys('open', 12).map((key) => create(first.url, key)))
    await expect.poll(async () => (await madeIds()).length).toBe(26)
    const before = await madeIds()
    first.signal('SIGKILL')
    await first.exited
    expect((await inFlight).map(({ status }) => status)).toEqual(keys('', 12).map(() => 'rejected'))

    await stripe.rawRequest('DELETE', '/_sandbox/faults')
    const second = await serve({ DATA_DIR: folder })
    const retried = await Promise.all(keys('answered', 20).map((key) => create(second.url, key)))
    expect(retried).toEqual(answered)
    const mended = await Promise.all(keys('open', 12).map((key) => create(second.url, key)))
    const made = await madeIds()
    expect(made.toSorted()).toEqual([...answered, ...mended].toSorted())
    expect(made).toEqual(expect.arrayContaining(before))
  })

  test('four processes that start together on a new folder all serve', async () => {
    const folder = newFolder()
    const servers = await Promise.all([1, 2, 3, 4].map(() => serve({ DATA_DIR: folder })))
    const { key, accountId } = demoOf(folder)
    for (const { url } of servers) {
      expect((await send('POST', url + couponsOf(accountId), key, { percent_off: 10 })).status).toBe(201)
    }
  })

  test('refuses to start with a configuration that is wrong, and lists every problem without a stack', async () => {
    const { code, err } = await run(['serve'], { PORT: '99999', STRIPE_SECRET_KEY: 'hunter2', LOG_LEVEL: 'loud' })
    expect(code).toBe(1)
    expect(err).toMatch(/PORT .*\n.*STRIPE_SECRET_KEY .*\n.*LOG_LEVEL/)
    expect(err).not.toMatch(/hunter2|\bat /)
  })

  test('makes a new demo where the sandbox no longer knows the account', async () => {
    const folder = newFolder()
    await (await serve({ DATA_DIR: folder })).stop('SIGTERM')
    const before = demoOf(folder)
    for (const file of readdirSync(folder)) if (file.startsWith('sandbox.db')) rmSync(join(folder, file))
    const { url } = await serve({ DATA_DIR: folder })
    const { key, accountId } = demoOf(folder)
    expect(accountId).not.toBe(before.accountId)
    expect((await send('POST', url + couponsOf(accountId), key, { percent_off: 10 })).status).toBe(201)
  })

  test('ends where the demo cannot be written', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'demo.env'))
    const { code, err } = await run(['serve'], { DATA_DIR: folder, PORT: '0' })
    expect(code).toBe(1)
    expect(err).toContain('EISDIR')
  })

  test('names in one sentence the variable that keeps it from listening or writing', async () => {
    const { url } = await serve({ DATA_DIR: newFolder() })
    const { port } = new URL(url)
    const taken = await run(['serve'], { DATA_DIR: newFolder(), PORT: port })
    expect(taken).toEqual({
      code: 1,
      out: '',
      err: `PORT ${port} on HOST 127.0.0.1: another program listens there already. Stop it, or set another PORT.\n`,
    })
    const elsewhere = await run(['serve'], { DATA_DIR: newFolder(), PORT: '0', HOST: '192.0.2.1' })
    expect(elsewhere).toEqual({ code: 1, out: '', err: 'HOST 192.0.2.1 is no address of this machine.\n' })
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    for (const folder of [file, join(file, 'below')]) {
      const { code, err } = await run(['agency', 'list'], { DATA_DIR: folder })
      expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^DATA_DIR \S+: .+ a file.*\n$/) })
    }
  })
})

describe('the process on a Stripe', () => {
  /** A server on a stub, with an agency, a key and an account made as an operator would. */
  const open = async (...behaviours: Parameters<typeof openStub>) => {
    const stub = await openStub((response) => response.end('{"object":"list","data":[]}'), ...behaviours)
    const environment = { DATA_DIR: newFolder(), STRIPE_SECRET_KEY: 'sk_test_e2e', STRIPE_API_BASE: stub.origin }
    const agency = (await run(['agency', 'create', 'Acme'], environment)).out.trim()
    const key = (await run(['key', 'create', '--agency', agency, '--name', 'n8n'], environment)).out.trim()
    const connected = await run(['account', 'connect', 'acct_1AbC', '--agency', agency], environment)
    expect(connected).toMatchObject({ code: 0, out: 'acct_1AbC\n' })
    return { stub, environment, agency, key, server: await serve(environment) }
  }

  test('creates a coupon for an agency that was made on the command line, and makes no demo', async () => {
    const { stub, environment, key, server } = await open(succeed)
    const { status, body } = await send('POST', server.url + couponsOf('acct_1AbC'), key, { percent_off: 10 })
    expect({ status, id: body.id }).toEqual({ status: 201, id: coupon.id })
    expect(stub.seen.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer sk_test_e2e',
      'stripe-account': 'acct_1AbC',
    })
    expect(existsSync(join(environment.DATA_DIR, 'demo.env'))).toBe(false)
    await server.stop('SIGTERM')
    expect(server.output() + server.errors()).not.toMatch(new RegExp(`${key}|sk_test_e2e`))
    await stub.close()
  })

  test('SIGTERM lets the request in flight finish, then ends with 0', async () => {
    let release = () => {}
    const { stub, key, server } = await open((response, seen) => {
      release = () => succeed(response, seen)
    })
    const inFlight = send('POST', server.url + couponsOf('acct_1AbC'), key, { percent_off: 10 })
    await expect.poll(() => stub.seen.length).toBe(2)
    server.signal('SIGTERM')
    await expect.poll(() => fetch(`${server.url}/healthz`).catch(() => 'refused')).toBe('refused')
    release()
    expect((await inFlight).status).toBe(201)
    expect((await server.exited)[0]).toBe(0)
    await stub.close()
  })
})
