import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Mode } from './lib/mode.ts'

/**
 * Every variable the server reads, what it means and what it is by default. docs/configuration.md says the same; a test
 * compares the two.
 */
const readers = {
  HOST: text('127.0.0.1'),
  PORT: wholeNumber(3000, 0, 65_535),
  ADMIN_TOKEN: optional(
    /^[\x21-\x7e]{32,}$/,
    'must be at least 32 characters of ASCII without a space, such as: openssl rand -hex 32',
  ),
  ADMIN_HOST: text('127.0.0.1'),
  ADMIN_PORT: wholeNumber(9090, 0, 65_535),
  DATA_DIR: text('./data'),
  DATABASE_URL: serverUrl(
    /^postgres(ql)?:\/\/(?=.)([^\s/?#@]*@)?[^\s/?#@]*(\/[^\s?#@]*)?(\?[^\s#@]*)?$/,
    'must be postgres://user:password@host:port/database, with special characters of the password percent-encoded',
  ),
  REDIS_URL: serverUrl(
    /^rediss?:\/\/([^\s/?#@]*@)?[^\s/?#@]+(\/\d*)?$/i,
    'must be redis://[user:password@]host[:port][/number], or the same with rediss:// for TLS',
  ),
  STRIPE_SECRET_KEY: optional(/^(sk|rk)_(test|live)_\w+$/, 'must be a Stripe secret key: sk_… or rk_…'),
  STRIPE_MODE: optional(/^sandbox$/, 'must be sandbox, or unset'),
  STRIPE_API_BASE: optional(/^https?:\/\/[^/\s@]+\/?$/, 'must be an http(s) address without a path, user or query'),
  STRIPE_TIMEOUT_MS: wholeNumber(10_000, 100, 80_000),
  STRIPE_RETRIES: wholeNumber(2, 0, 5),
  TRUST_PROXY: trustedProxies(),
  RATE_LIMIT_PER_SECOND: wholeNumber(200, 1, 1_000_000),
  BULK_CODES_PER_SECOND: wholeNumber(20, 1, 1_000),
  BULK_PENDING_CODES_MAX: wholeNumber(20_000, 1_000, 10_000_000),
  SHUTDOWN_TIMEOUT_MS: wholeNumber(25_000, 100, 600_000),
  JOURNAL_SEAL_KEY: text(undefined),
  JOURNAL_KEEP_DAYS: wholeNumber(0, 0, 36_500),
  LOG_LEVEL: oneOf('info', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
}

export type Config = Readonly<ReturnType<typeof readConfig>>

/** Lists every problem of the environment at once, one a line. */
export class ConfigError extends Error {}

/**
 * Reads the environment. An empty variable counts as unset, as it does in compose files.
 * @throws ConfigError
 */
export function readConfig(environment: Record<string, string | undefined> = process.env) {
  const problems: string[] = []
  const read = <T>(name: keyof typeof readers, reader: Reader<T>): T => {
    const value = environment[name]?.trim()
    if (value === undefined || value === '') return reader.fallback
    const result = reader.parse(value)
    if (!('problem' in result)) return result.value
    // A value may be a secret, so the sentence never repeats it.
    problems.push(`${name} ${result.problem}.`)
    return reader.fallback
  }

  const config = {
    host: read('HOST', readers.HOST),
    port: read('PORT', readers.PORT),
    adminToken: read('ADMIN_TOKEN', readers.ADMIN_TOKEN),
    adminHost: read('ADMIN_HOST', readers.ADMIN_HOST),
    adminPort: read('ADMIN_PORT', readers.ADMIN_PORT),
    dataDir: read('DATA_DIR', readers.DATA_DIR),
    databaseUrl: read('DATABASE_URL', readers.DATABASE_URL),
    redisUrl: read('REDIS_URL', readers.REDIS_URL),
    stripeSecretKey: read('STRIPE_SECRET_KEY', readers.STRIPE_SECRET_KEY),
    stripeMode: read('STRIPE_MODE', readers.STRIPE_MODE),
    stripeApiBase: read('STRIPE_API_BASE', readers.STRIPE_API_BASE),
    stripeTimeoutMs: read('STRIPE_TIMEOUT_MS', readers.STRIPE_TIMEOUT_MS),
    stripeRetries: read('STRIPE_RETRIES', readers.STRIPE_RETRIES),
    tracing: sendsTraces(environment),
    trustProxy: read('TRUST_PROXY', readers.TRUST_PROXY),
    rateLimitPerSecond: read('RATE_LIMIT_PER_SECOND', readers.RATE_LIMIT_PER_SECOND),
    bulkCodesPerSecond: read('BULK_CODES_PER_SECOND', readers.BULK_CODES_PER_SECOND),
    journalSealKey: read('JOURNAL_SEAL_KEY', readers.JOURNAL_SEAL_KEY),
    journalKeepDays: read('JOURNAL_KEEP_DAYS', readers.JOURNAL_KEEP_DAYS),
    shutdownTimeoutMs: read('SHUTDOWN_TIMEOUT_MS', readers.SHUTDOWN_TIMEOUT_MS),
    bulkPendingCodesMax: read('BULK_PENDING_CODES_MAX', readers.BULK_PENDING_CODES_MAX),
    logLevel: read('LOG_LEVEL', readers.LOG_LEVEL),
  }

  if (config.adminToken !== undefined && config.adminPort === config.port && config.port !== 0) {
    problems.push('ADMIN_PORT must not be PORT: the admin API has a listener of its own.')
  }
  if (config.stripeMode === 'sandbox' && config.stripeSecretKey !== undefined) {
    problems.push('STRIPE_MODE=sandbox and STRIPE_SECRET_KEY exclude each other.')
  }
  // A forgotten key must not turn a production server into a sandbox.
  if (config.databaseUrl !== undefined && isSandboxByDefault(config)) {
    problems.push('DATABASE_URL needs a STRIPE_SECRET_KEY, or STRIPE_MODE=sandbox to use the sandbox with it.')
  }
  if (config.stripeApiBase !== undefined) {
    if (config.stripeSecretKey === undefined) problems.push('STRIPE_API_BASE needs a STRIPE_SECRET_KEY.')
    else if (modeOf(config) === 'live' && config.stripeApiBase.startsWith('http:')) {
      problems.push('STRIPE_API_BASE must be https: a live key is never sent in the clear.')
    }
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return Object.freeze(config)
}

/** The names and defaults of all variables, for the documentation's test. */
export const variables = Object.entries(readers).map(([name, { fallback }]) => ({ name, fallback }))

type StripeConfig = Pick<Config, 'stripeSecretKey' | 'stripeMode'>

/** The mode of the configured server: that of its Stripe key, or the sandbox if it has none. */
export function modeOf({ stripeSecretKey: key }: Pick<StripeConfig, 'stripeSecretKey'>): Mode {
  if (key === undefined) return 'sandbox'
  return key.includes('_live_') ? 'live' : 'test'
}

/** True if only the missing Stripe key selects the sandbox, so that the key may have been forgotten. */
export function isSandboxByDefault({ stripeSecretKey, stripeMode }: StripeConfig): boolean {
  return stripeSecretKey === undefined && stripeMode === undefined
}

/** Where the database is: DATABASE_URL, or the file in DATA_DIR. */
export function databaseLocation(config: Config): string {
  return config.databaseUrl ?? join(config.dataDir, 'chatdash.db')
}

type Reader<T> = { fallback: T; parse(text: string): { value: T } | { problem: string } }

function text<T extends string | undefined>(fallback: T): Reader<T | string> {
  return { fallback, parse: (value) => ({ value }) }
}

function optional(pattern: RegExp, problem: string): Reader<string | undefined> {
  return { fallback: undefined, parse: (value) => (pattern.test(value) ? { value } : { problem }) }
}

function oneOf(fallback: string, values: string[]): Reader<string> {
  const problem = `must be one of ${values.join(', ')}`
  return { fallback, parse: (value) => (values.includes(value) ? { value } : { problem }) }
}

/**
 * Checked whole, because what a driver cannot parse later on it refuses without the variable's name, or with the password. `form` tells
 * a password that is not percent-encoded from a host, a path and a query.
 */
function serverUrl(form: RegExp, problem: string): Reader<string | undefined> {
  const parse = (value: string) => (form.test(value) && isUrl(value) ? { value } : { problem })
  return { fallback: undefined, parse }
}

function isUrl(value: string): boolean {
  try {
    decodeURIComponent(value)
  } catch {
    return false
  }
  // PostgreSQL's driver takes a user without a host, whose socket is in the query.
  const url = URL.parse(value.replace('@/', '@host/'))
  // It also takes a port in the query, and never comes back from one that is none.
  return url !== null && /^\d{0,5}$/.test(url.searchParams.get('port') ?? '')
}

/** Addresses, not a number of hops: with a number, a client that bypasses the proxies could claim any address. */
function trustedProxies(): Reader<string | undefined> {
  const problem = 'must be addresses or networks (10.0.0.0/8) of proxies, with commas between them'
  const parse = (value: string) => (value.split(',').every((part) => isNetwork(part.trim())) ? { value } : { problem })
  return { fallback: undefined, parse }
}

/** Whether this is an IP address, alone or with a prefix length that narrows it down to a network. */
function isNetwork(range: string): boolean {
  const [address = '', prefix, ...more] = range.split('/')
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  const isPrefix = prefix === undefined || (/^[1-9]\d*$/.test(prefix) && Number(prefix) <= bits)
  return bits > 0 && isPrefix && more.length === 0
}

function wholeNumber(fallback: number, min: number, max: number): Reader<number> {
  const problem = `must be a whole number from ${min} to ${max}`
  const parse = (value: string) => {
    const number = Number(value)
    return /^\d+$/.test(value) && number >= min && number <= max ? { value: number } : { problem }
  }
  return { fallback, parse }
}

/** Whether OpenTelemetry's variables ask for traces; whatever else they say its SDK reads itself. */
function sendsTraces(environment: Record<string, string | undefined>): boolean {
  const valueOf = (name: string) => environment[name]?.trim() ?? ''
  const endpoint = valueOf('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') || valueOf('OTEL_EXPORTER_OTLP_ENDPOINT')
  const isOff = valueOf('OTEL_SDK_DISABLED').toLowerCase() === 'true' || valueOf('OTEL_TRACES_EXPORTER') === 'none'
  return endpoint !== '' && !isOff
}

/** Where the API is and with which key to call it, for the commands that do; each undefined where it is not set. */
export function readCallerConfig(environment: Record<string, string | undefined> = process.env) {
  const { CHATDASH_URL: url, CHATDASH_API_KEY: apiKey, CHATDASH_ACCOUNT_ID: accountId } = environment
  return { url, apiKey, accountId }
}
