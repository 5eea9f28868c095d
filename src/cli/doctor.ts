import { existsSync } from 'node:fs'
import { type Config, ConfigError, databaseLocation, isSandboxByDefault, modeOf, readConfig } from '../config.ts'
import { checkDatabase, type Database, openDatabase } from '../database/database.ts'
import { pendingMigrations } from '../database/migrate.ts'
import { migrations, NewerDatabaseError } from '../database/migrations.ts'
import { openStripe, stripeKeyMissing } from '../dependencies.ts'
import { hasWorkedWithStripe } from '../accounts/modes.ts'
import { readSealKey } from '../journal/seal-key.ts'
import type { Command } from './command.ts'
import { checkDataDir, checkJournal } from './doctor-data.ts'
import { say, sayJson } from './output.ts'

export type Check = { name: string; ok: boolean; found: string; remedy?: string }

/** A wrong clock makes us and Stripe disagree on whether redeem_by has passed. */
const clockSkewMaxMs = 30_000

export const doctor: Command = {
  help: `Usage: chatdash doctor [--json]

Changes nothing. Says what is wrong and the remedy; exit code 1 where anything is.`,
  async run({ values }) {
    const checks = await examine()
    if (values['json'] === true) sayJson(checks)
    else {
      for (const { ok, name, found, remedy } of checks) {
        say(`${ok ? 'ok  ' : 'FAIL'}  ${name}: ${found}`)
        if (remedy !== undefined) say(`      ${remedy}`)
      }
    }
    return checks.every((check) => check.ok) ? 0 : 1
  },
}

async function examine(): Promise<Check[]> {
  let config: Config
  try {
    config = readConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const remedy = 'Correct the variables; docs/configuration.md lists them all.'
    return error.message.split('\n').map((found) => ({ name: 'configuration', ok: false, found, remedy }))
  }
  const configuration = { name: 'configuration', ok: true, found: 'every variable is valid' }
  return [
    configuration,
    ...checkSealKey(config),
    ...checkDataDir(config),
    ...(await checkTables(config)),
    ...(await checkRedis(config)),
    ...(await checkStripe(config)),
  ]
}

function checkSealKey({ journalSealKey: file }: Config): Check[] {
  const name = 'seal key'
  if (file === undefined) return []
  try {
    readSealKey(file)
    return [{ name, ok: true, found: 'signs the seals of the journal' }]
  } catch (error) {
    return [
      { name, ok: false, found: reason(error), remedy: 'Set JOURNAL_SEAL_KEY to a PEM file that this user can read.' },
    ]
  }
}

async function checkTables(config: Config): Promise<Check[]> {
  const name = 'database'
  const isServer = config.databaseUrl !== undefined
  if (!isServer && !existsSync(databaseLocation(config))) {
    return [{ name, ok: true, found: 'will be made at the first start' }, modeCheck(config)]
  }
  try {
    const database = openDatabase(databaseLocation(config))
    try {
      await checkDatabase(database)
      const pending = await pendingMigrations(database)
      const newest = Object.keys(migrations).at(-1) ?? ''
      const state =
        pending.length === 0 ? `up to date with ${newest}` : `${pending.length} migrations will run at the next start`
      // Before these migrations neither accounts nor events have a mode.
      const isRefused =
        isSandboxByDefault(config) &&
        (pending.includes('0006-events') ? await hasAccounts(database, pending) : await hasWorkedWithStripe(database))
      const mode = isRefused
        ? { name: 'mode', ok: false, found: 'sandbox', remedy: stripeKeyMissing }
        : modeCheck(config)
      const journal = pending.length === 0 && mode.ok ? await checkJournal(database, config) : []
      return [{ name, ok: true, found: `answers, ${state}` }, mode, ...journal]
    } finally {
      await database.destroy()
    }
  } catch (error) {
    if (error instanceof NewerDatabaseError) {
      return [{ name, ok: false, found: 'is of a newer release', remedy: error.message }]
    }
    const remedy = isServer
      ? 'Check that PostgreSQL runs and that DATABASE_URL names its host, user, password and database.'
      : 'Check that the file is an SQLite database that this user can write.'
    return [{ name, ok: false, found: `does not answer: ${reason(error)}`, remedy }]
  }
}

async function hasAccounts(database: Database, pending: string[]): Promise<boolean> {
  if (pending.includes('0001-start')) return false
  return (await database.selectFrom('accounts').select('id').executeTakeFirst()) !== undefined
}

function modeCheck(config: Config): Check {
  const why = config.stripeSecretKey === undefined ? 'no STRIPE_SECRET_KEY is set' : 'as STRIPE_SECRET_KEY says'
  return { name: 'mode', ok: true, found: `${modeOf(config)}, ${why}` }
}

async function checkRedis({ redisUrl }: Config): Promise<Check[]> {
  if (redisUrl === undefined) return []
  const name = 'Redis'
  try {
    const { measureRedis } = await import('../redis/measure.ts')
    const { ms } = await measureRedis(redisUrl)
    return [{ name, ok: true, found: `runs scripts, and answers in ${ms} ms` }]
  } catch (error) {
    const remedy =
      'Check that Redis runs and that REDIS_URL names its host, user and password. Until then each process keeps its own limits.'
    return [{ name, ok: false, found: `does not answer: ${reason(error)}`, remedy }]
  }
}

async function checkStripe(config: Config): Promise<Check[]> {
  const name = 'Stripe'
  if (config.stripeSecretKey === undefined) {
    const found = 'no STRIPE_SECRET_KEY, so the embedded sandbox is used'
    return [{ name, ok: true, found }]
  }
  const { stripe, close } = await openStripe(config)
  try {
    const asked = Date.now()
    const { stripeTime } = await stripe.checkPlatform()
    return [{ name, ok: true, found: `accepts the key (${modeOf(config)} mode)` }, checkClock(stripeTime, asked)]
  } catch (error) {
    const remedy =
      'Check that STRIPE_SECRET_KEY is a current key that may read and write coupons and promotion codes, and that this machine reaches Stripe.'
    return [{ name, ok: false, found: reason(error), remedy }]
  } finally {
    await close()
  }
}

function checkClock(stripeTime: Date | undefined, asked: number): Check {
  const name = 'clock'
  if (!stripeTime) return { name, ok: true, found: 'not compared: the answer had no Date' }
  const skewMs = Math.abs(stripeTime.getTime() - (asked + Date.now()) / 2)
  const found = `${Math.round(skewMs / 1000)} s from Stripe's`
  if (skewMs <= clockSkewMaxMs) return { name, ok: true, found }
  return { name, ok: false, found, remedy: 'Set the clock by NTP: redeem_by is checked against it.' }
}

/** The operator's view of a failure: its cause if there is one, because our own sentences are for callers. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof AggregateError) return cause.errors.map(reason).join('; ')
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
