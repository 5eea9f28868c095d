import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startServer } from '../../src/main.ts'
import { adminToken, bearer } from '../support/admin.ts'
import { newFolder, run, serve, serveOnStub } from '../support/process.ts'
import { answerWith } from '../support/stripe-stub.ts'

const adminUrlOf = (output: string) => /The admin API listens on (\S+)\.\n/.exec(output)?.[1]
const withToken = { ADMIN_TOKEN: adminToken, ADMIN_PORT: '0' }

/** A port on which a program listens that is not ours. */
async function takenPort(): Promise<string> {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  return String((other.address() as AddressInfo).port)
}

test('without ADMIN_TOKEN nothing listens on ADMIN_PORT', async () => {
  // The start would fail if it listened there.
  const config = readConfig({ DATA_DIR: newFolder(), PORT: '0', LOG_LEVEL: 'silent', ADMIN_PORT: await takenPort() })
  const server = await startServer(config)
  expect(server).toMatchObject({ adminUrl: undefined })
  expect(await server?.close()).toBe(true)
})

test('with it the admin API listens beside the public one until the process is stopped', async () => {
  const server = await serve({ DATA_DIR: newFolder(), ...withToken })
  await expect.poll(() => adminUrlOf(server.output())).toBeDefined()
  const status = `${adminUrlOf(server.output())}/v1/admin/status`
  expect((await fetch(status)).status).toBe(401)
  expect((await fetch(status, { headers: bearer })).status).toBe(200)
  expect((await fetch(`${server.url}/v1/admin/status`, { headers: bearer })).status).toBe(404)
  expect(await server.stop('SIGTERM')).toBe(0)
  await expect(fetch(status)).rejects.toThrow()
  expect(server.output()).not.toContain(adminToken)
})

test('Prometheus reads its metrics with the token, and those who fail to give it are counted', async () => {
  const server = await serve({ DATA_DIR: newFolder(), ...withToken })
  await expect.poll(() => adminUrlOf(server.output())).toBeDefined()
  const metrics = `${adminUrlOf(server.output())}/metrics`
  expect((await fetch(metrics)).status).toBe(401)
  expect((await fetch(`${server.url}/metrics`, { headers: bearer })).status).toBe(404)
  const scraped = await (await fetch(metrics, { headers: bearer })).text()
  expect(scraped).toMatch(/^chatdash_requests_total\{.*status="401".*\} 1$/m)
  expect(scraped).toMatch(/^chatdash_database_up 1$/m)
})

test('a token that is too short keeps the server from starting, and is not repeated', async () => {
  const refused = await run(['serve'], { DATA_DIR: newFolder(), PORT: '0', ADMIN_TOKEN: 'hunter2' })
  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^ADMIN_TOKEN must be at least 32/m) })
  expect(refused.err).not.toContain('hunter2')
})

test('an ADMIN_PORT that is taken, or an ADMIN_HOST that is not here, is named in one sentence, and nothing is served', async () => {
  const port = await takenPort()
  const environment = { DATA_DIR: newFolder(), PORT: '0', ...withToken }
  expect(await run(['serve'], { ...environment, ADMIN_PORT: port })).toEqual({
    code: 1,
    out: '',
    err: `ADMIN_PORT ${port} on ADMIN_HOST 127.0.0.1: another program listens there already. Stop it, or set another ADMIN_PORT.\n`,
  })
  expect(await run(['serve'], { ...environment, ADMIN_HOST: '192.0.2.1' })).toEqual({
    code: 1,
    out: '',
    err: 'ADMIN_HOST 192.0.2.1 is no address of this machine.\n',
  })
})

test('SIGTERM waits for the answer of an admin request that runs', async () => {
  const asked = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  const { server, database } = await serveOnStub(
    [
      (response, seen) => {
        asked.resolve()
        void told.promise.then(() => answerWith(200, { object: 'list', data: [], has_more: false })(response, seen))
      },
    ],
    withToken,
  )
  const [agency] = await database.selectFrom('agencies').select('id').execute()
  await expect.poll(() => adminUrlOf(server.output())).toBeDefined()
  const url = adminUrlOf(server.output()) ?? ''
  const connecting = fetch(`${url}/v1/admin/agencies/${agency?.id}/accounts`, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json' },
    body: '{"data":{"account":"acct_2"}}',
  })
  await asked.promise
  server.signal('SIGTERM')
  await expect.poll(() => fetch(url).catch(() => 'refused')).toBe('refused')
  told.resolve()
  expect((await connecting).status).toBe(201)
  expect((await server.exited)[0]).toBe(0)
})
