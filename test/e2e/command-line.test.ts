import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answerWith, openStub, stripeError } from '../support/stripe-stub.ts'
import { cli, newFolder, run } from '../support/process.ts'
import { redisUrl, skipped } from '../support/redis.ts'

type Row = Record<string, string | number | null>
const row = (text: string): Row => JSON.parse(text)
const rows = (text: string): Row[] => JSON.parse(text)

test('a command that is left waiting for nothing has failed', async () => {
  // PostgreSQL's driver never comes back from a port that is none.
  const unreachable = { PGPORT: 'x', DATABASE_URL: 'postgres://127.0.0.1/db', STRIPE_MODE: 'sandbox' }
  expect(await run(['doctor'], { DATA_DIR: newFolder(), ...unreachable })).toMatchObject({ code: 1 })
})

describe('an operator in the sandbox', () => {
  test('makes an agency, keys and an account, lists them, and takes them away again', async () => {
    const environment = { DATA_DIR: newFolder() }
    const chatdash = (...args: string[]) => run(args, environment)

    const agency = row((await chatdash('agency', 'create', 'Acme GmbH', '--json')).out)
    expect(rows((await chatdash('agency', 'list', '--json')).out)).toEqual([agency])
    const id = String(agency['id'])

    const made = await chatdash('key', 'create', '--agency', id, '--name', 'n8n')
    expect(made.out).toMatch(/^CD\.[0-9a-f]{40}\n$/)
    expect(made.err).toContain('cannot be shown again')
    const [key] = rows((await chatdash('key', 'list', '--agency', id, '--json')).out)
    expect(key).toMatchObject({ name: 'n8n', hint: made.out.trim().slice(-4), last_used_at: null, revoked_at: null })
    expect((await chatdash('key', 'revoke', String(key?.['id']))).code).toBe(0)
    expect(rows((await chatdash('key', 'list', '--agency', id, '--json')).out)[0]?.['revoked_at']).toBeTypeOf('number')

    const account = (await chatdash('account', 'connect', '--agency', id)).out.trim()
    expect(account).toMatch(/^acct_/)
    expect((await chatdash('account', 'list')).out).toContain(account)
    const other = (await chatdash('agency', 'create', 'Other')).out.trim()
    const taken = await chatdash('account', 'connect', account, '--agency', other)
    expect(taken).toMatchObject({ code: 1, err: expect.stringContaining('belongs to another agency') })
    expect((await chatdash('account', 'disconnect', account)).code).toBe(0)
    expect((await chatdash('account', 'connect', account, '--agency', other)).code).toBe(0)
  })

  test('is told that an account is not the platform’s, and it is not connected', async () => {
    const environment = { DATA_DIR: newFolder() }
    const agency = (await run(['agency', 'create', 'Acme'], environment)).out.trim()
    const refused = await run(['account', 'connect', 'acct_nobody', '--agency', agency], environment)
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('was not connected') })
    expect((await run(['account', 'list', '--json'], environment)).out).toBe('[]\n')
  })
})

test.each([
  [['--help'], 0, /Usage: chatdash <command>/],
  [['serve', '--help'], 0, /STRIPE_SECRET_KEY/],
  [['key', 'create', '-h'], 0, /--agency ID --name NAME/],
  [[], 0, /Usage/],
  [['frobnicate'], 2, /no command "frobnicate"/],
  [['toString'], 2, /no command "toString"/],
  [['key'], 2, /key create/],
  [['agency', 'create'], 2, /Give the name/],
  [['agency', 'list', '--wat'], 2, /--wat/],
  [['agency', 'list', 'extra'], 2, /"extra" is one argument too many/],
  [['agency', 'create', 'a\nb'], 2, /Give the name/],
  [['agency', 'create', 'a\u202Eb'], 2, /Give the name/],
  [['key', 'create', '--agency', 'ag_1'], 2, /--name/],
  [['key', 'create', '--agency', 'ag_1', '--name', 'n\u001b[31m8n'], 2, /--name/],
  [['key', 'list'], 2, /--agency/],
  [['key', 'list', '--agency', 'ag_nobody'], 1, /no agency ag_nobody/],
  [['key', 'revoke', 'key_nobody'], 1, /no key key_nobody/],
  [['account', 'connect', 'cus_1', '--agency', 'ag_1'], 2, /acct_/],
  [['account', 'disconnect', 'acct_nobody'], 1, /No agency has/],
])('chatdash %j ends with %i and says what it is about', async (args, code, text) => {
  const result = await run(args, { DATA_DIR: newFolder() })
  expect(result.code).toBe(code)
  expect(code === 0 ? result.out : result.err).toMatch(text)
  expect(result.out + result.err).not.toMatch(/^\s+at /m)
})

test('a reader that has enough, such as head, ends no command with a stack', () => {
  const afterItsReader = 'exec 3> >(true); wait $!; "$0" "$1" --help >&3; echo "code $?" >&2'
  const { stderr } = spawnSync('bash', ['-c', afterItsReader, process.execPath, cli], { encoding: 'utf8' })
  expect(stderr).toBe('code 0\n')
})

describe('doctor', () => {
  const doctor = async (environment: Record<string, string>) => {
    const { code, out } = await run(['doctor', '--json'], { DATA_DIR: newFolder(), ...environment })
    const checks: { name: string; ok: boolean; found: string; remedy?: string }[] = JSON.parse(out)
    return { code, checks }
  }

  test('finds nothing wrong with a new sandbox', async () => {
    const { code, checks } = await doctor({})
    expect(code).toBe(0)
    const names = ['configuration', 'data directory', 'disk', 'database', 'mode', 'Stripe']
    expect(checks.map(({ name }) => name)).toEqual(names)
  })

  test('accepts a key that Stripe accepts, and compares the clocks', async () => {
    const stub = await openStub(answerWith(200, { object: 'list', data: [] }))
    const { code, checks } = await doctor({ STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_API_BASE: stub.origin })
    expect(code).toBe(0)
    expect(checks.slice(5).map(({ name, found }) => `${name}: ${found}`)).toEqual([
      'Stripe: accepts the key (test mode)',
      expect.stringMatching(/^clock: [01] s from/),
    ])
    await stub.close()
  })

  test.skipIf(redisUrl === undefined)(`measures Redis where REDIS_URL is set ${skipped}`, async () => {
    const { code, checks } = await doctor({ REDIS_URL: redisUrl ?? '' })
    expect(code).toBe(0)
    expect(checks[5]).toEqual({ name: 'Redis', ok: true, found: expect.stringMatching(/runs scripts.* in \d+ ms$/) })
  })

  test.each([
    ['a configuration that is wrong', async () => ({ PORT: 'x' }), 'configuration'],
    ['a data directory that cannot be made', async () => ({ DATA_DIR: `${newFile()}/data` }), 'data directory'],
    [
      'a PostgreSQL that is not there',
      async () => ({ DATABASE_URL: 'postgres://127.0.0.1:1/x', STRIPE_MODE: 'sandbox' }),
      'database',
    ],
    ['a Redis that is not there', async () => ({ REDIS_URL: 'redis://127.0.0.1:1' }), 'Redis'],
    ['a database file that is none', brokenFile, 'database'],
    ['a key that Stripe refuses', () => onStripe(stripeError(401, { message: 'Invalid API Key provided' })), 'Stripe'],
    ['a clock that is wrong', () => onStripe(late), 'clock'],
  ])('names %s, with a remedy', async (_, environment, name) => {
    const { code, checks } = await doctor(await environment())
    expect(code).toBe(1)
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      { name, ok: false, found: expect.any(String), remedy: expect.any(String) },
    ])
  })
})

/** A file, below which there can be no folder. */
function newFile(): string {
  const file = join(newFolder(), 'file')
  writeFileSync(file, '')
  return file
}

const late = answerWith(200, { object: 'list', data: [] }, { date: 'Thu, 01 Jan 2026 00:00:00 GMT' })

async function onStripe(behaviour: Parameters<typeof openStub>[0]) {
  return { STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_API_BASE: (await openStub(behaviour)).origin }
}

async function brokenFile() {
  const DATA_DIR = newFolder()
  const text = 'this is not a database, and longer than its header would be'.repeat(20)
  writeFileSync(join(DATA_DIR, 'chatdash.db'), text, { mode: 0o600 })
  return { DATA_DIR }
}
