import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { openDatabase } from '../../src/database/database.ts'

/** For what the benchmark prepares, which takes as long as it takes. */
export const noTimeouts = { statementMs: 0, lockMs: 0, idleInTransactionMs: 0, answerMs: 3_600_000 }

/** Where PostgreSQL is; undefined, with a sentence that says what is left out, where BENCH_DATABASE_URL is not set. */
export function postgresUrl(): string | undefined {
  const url = process.env['BENCH_DATABASE_URL']
  if (url === undefined || url === '') {
    console.error('BENCH_DATABASE_URL is not set: PostgreSQL is left out.')
    return undefined
  }
  return url
}

const schemas = new Map<string, () => Promise<void>>()

/** Drops what newSchema made and nobody has dropped: after an error, or a signal. */
export async function dropSchemas(): Promise<void> {
  for (const drop of schemas.values()) await drop()
}

/** A schema of its own in the database at this URL. */
export async function newSchema(url: string): Promise<{ location: string; drop: () => Promise<void> }> {
  const schema = `bench_${randomBytes(6).toString('hex')}`
  const run = async (statement: string) => {
    const database = openDatabase(url, undefined, noTimeouts)
    await sql.raw(statement).execute(database)
    await database.destroy()
  }
  await run(`create schema ${schema}`)
  const location = new URL(url)
  location.searchParams.set('options', `-c search_path=${schema}`)
  const drop = async () => {
    await run(`drop schema if exists ${schema} cascade`)
    schemas.delete(schema)
  }
  schemas.set(schema, drop)
  return { location: location.href, drop }
}
