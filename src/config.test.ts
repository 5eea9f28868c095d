import { describe, expect, test } from 'vitest'
import { ConfigError, databaseLocation, readConfig } from './config.ts'

const problemsOf = (environment: Record<string, string>) => {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n')
  }
}

test('an empty environment is the sandbox on port 3000 of this machine, with SQLite under ./data', () => {
  const config = readConfig({})
  expect(config).toMatchObject({ host: '127.0.0.1', port: 3000, stripeSecretKey: undefined })
  expect(databaseLocation(config)).toBe('data/chatdash.db')
})

test('an empty variable counts as unset', () => {
  expect(readConfig({ PORT: '', STRIPE_SECRET_KEY: ' ' })).toEqual(readConfig({}))
})

test.each<[string, Record<string, string>, boolean]>([
  ['nothing says where to', {}, false],
  ['the endpoint is empty', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, false],
  ['there is an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, true],
  ['there is one for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }, true],
  ['the SDK is disabled', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'True' }, false],
  [
    'there is no exporter',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_EXPORTER: 'none' },
    false,
  ],
])('where %s, traces are sent or not: %o → %s', (_, environment, isSent) => {
  expect(readConfig(environment).tracing).toBe(isSent)
})

test('DATABASE_URL moves the database', () => {
  const config = readConfig({ DATABASE_URL: 'postgres://db/x', STRIPE_SECRET_KEY: 'sk_test_1' })
  expect(databaseLocation(config)).toBe('postgres://db/x')
})

test('DATABASE_URL without a Stripe key is refused, unless STRIPE_MODE=sandbox says that it is meant', () => {
  const environment = { DATABASE_URL: 'postgres://db/x' }
  expect(problemsOf(environment)).toEqual([expect.stringMatching(/^DATABASE_URL needs a STRIPE_SECRET_KEY/)])
  expect(problemsOf({ ...environment, STRIPE_MODE: 'sandbox' })).toEqual([])
})

test.each([{ STRIPE_MODE: 'live' }, { STRIPE_MODE: 'sandbox', STRIPE_SECRET_KEY: 'sk_test_1' }])(
  '%j is refused',
  (environment) => {
    expect(problemsOf(environment)).toEqual([expect.stringMatching(/^STRIPE_MODE/)])
  },
)

test('every problem is listed, one a line, without the value', () => {
  const problems = problemsOf({ PORT: '-1', DATABASE_URL: 'mysql://root:hunter2@db', STRIPE_TIMEOUT_MS: '1e3' })
  expect(problems).toHaveLength(3)
  expect(problems.join()).not.toMatch(/hunter2|1e3/)
})

describe('ADMIN_TOKEN', () => {
  test('there is none by default', () => {
    expect(readConfig({})).toMatchObject({ adminToken: undefined, adminHost: '127.0.0.1', adminPort: 9090 })
  })

  test.each(['short', 'x'.repeat(31), 'two words of more than 32 characters', `${'x'.repeat(32)}é`])(
    'refuses %s without repeating it',
    (token) => {
      const problems = problemsOf({ ADMIN_TOKEN: token })
      expect(problems).toEqual([expect.stringMatching(/^ADMIN_TOKEN must be at least 32 characters/)])
      expect(problems.join()).not.toContain(token)
    },
  )

  test('needs a port of its own', () => {
    const token = { ADMIN_TOKEN: 'x'.repeat(32) }
    expect(problemsOf({ PORT: '9090' })).toEqual([])
    expect(problemsOf({ ...token, PORT: '9090' })).toEqual([expect.stringMatching(/^ADMIN_PORT must not be PORT/)])
    expect(problemsOf({ ...token, PORT: '0', ADMIN_PORT: '0' })).toEqual([])
  })
})

describe('TRUST_PROXY', () => {
  test.each(['10.0.0.1', '10.0.0.0/8, 127.0.0.1', '2001:db8::/32'])('takes %s', (value) => {
    expect(readConfig({ TRUST_PROXY: value }).trustProxy).toBe(value)
  })

  test.each(['1', 'true', '*', 'proxy.internal', '0.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.1,'])(
    'refuses %s',
    (value) => {
      expect(problemsOf({ TRUST_PROXY: value })).toEqual([expect.stringMatching(/^TRUST_PROXY must be/)])
    },
  )
})

describe('DATABASE_URL', () => {
  test.each([
    'postgres://db/x',
    'postgresql://db',
    'postgres://chatdash:p%23w%40rd@10.0.0.1:6432/chatdash?sslmode=require&options=-c%20search_path%3Done',
    'postgres://[::1]:5432/x',
    'postgres:///x?host=/run/postgresql',
    'postgres://chatdash:word@/x?host=/run/postgresql',
    'postgres://%2Frun%2Fpostgresql/x',
  ])('takes %s', (value) => {
    expect(readConfig({ DATABASE_URL: value, STRIPE_SECRET_KEY: 'sk_test_1' }).databaseUrl).toBe(value)
  })

  test.each([
    'mysql://db/x',
    'postgres://',
    'postgres://db:99999/x',
    'postgres://db/x?port=zz',
    'postgres://u:hunter#2@db/x',
    'postgres://u:2#hunter@db/x',
    'postgres://u:2/hunter@db/x',
    'postgres://u:2?hunter@db/x',
    'postgres://u:hunter@2@db/x',
    'postgres://u:hunter%@db/x',
    'postgres://u:hunter%E9@db/x',
  ])('refuses %s without repeating it', (value) => {
    expect(problemsOf({ DATABASE_URL: value, STRIPE_MODE: 'sandbox' })).toEqual([
      'DATABASE_URL must be postgres://user:password@host:port/database, with special characters of the password percent-encoded.',
    ])
  })
})

describe('REDIS_URL', () => {
  test.each([
    'redis://localhost',
    'redis://:word@10.0.0.1:6380/2',
    'rediss://a:b%20c@redis.internal',
    'redis://[::1]:6379/',
  ])('takes %s', (value) => {
    expect(readConfig({ REDIS_URL: value }).redisUrl).toBe(value)
  })

  test.each([
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis://a/b',
    'redis://a:99999',
    'redis://:100%@a',
    'redis://u:p/q@a',
    'redis://u:1#p@a',
    'redis://:%E9@a',
  ])('refuses %s', (value) => {
    expect(problemsOf({ REDIS_URL: value })).toEqual([expect.stringMatching(/^REDIS_URL must be redis:/)])
  })
})

describe('a Stripe key', () => {
  test.each(['pk_test_1', 'sk_1', 'whsec_1', 'sk_test_', 'sk_test_a b'])('%s is refused', (key) => {
    expect(problemsOf({ STRIPE_SECRET_KEY: key })).toEqual([expect.stringMatching(/^STRIPE_SECRET_KEY must be/)])
  })

  test('that is live is never sent in the clear', () => {
    const base = { STRIPE_API_BASE: 'http://stripe.internal' }
    expect(problemsOf({ ...base, STRIPE_SECRET_KEY: 'sk_live_1' })).toEqual([expect.stringContaining('https')])
    expect(problemsOf({ ...base, STRIPE_SECRET_KEY: 'sk_test_1' })).toEqual([])
  })

  test('is needed for STRIPE_API_BASE', () => {
    expect(problemsOf({ STRIPE_API_BASE: 'https://x' })).toEqual(['STRIPE_API_BASE needs a STRIPE_SECRET_KEY.'])
  })
})
