import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../../src/database/database.ts'

// Apart from server.ts, so that a test of the database alone does not load the whole server.

const postgresUrl = process.env['TEST_DATABASE_URL']

/** The databases that every suite which touches one runs on: PostgreSQL too, where TEST_DATABASE_URL names one. */
export const databases: readonly DatabaseKind[] = postgresUrl ? ['sqlite', 'postgres'] : ['sqlite']
export type DatabaseKind = 'sqlite' | 'postgres'

/** For what a test prepares or holds, which a busy machine may make slow. */
export const noTimeouts = { statementMs: 0, lockMs: 0, idleInTransactionMs: 0, answerMs: 60_000 }

/** A database of its own: a file in the folder, or a schema on the PostgreSQL server that is dropped at the end. */
export async function newDatabase(kind: DatabaseKind, folder: string) {
  if (kind === 'sqlite') return { location: join(folder, 'chatdash.db'), drop: async () => {} }
  if (!postgresUrl) throw new Error('TEST_DATABASE_URL is not set')
  const schema = `test_${randomBytes(6).toString('hex')}`
  const run = async (statement: string) => {
    const admin = openDatabase(postgresUrl, undefined, noTimeouts)
    await sql.raw(statement).execute(admin)
    await admin.destroy()
  }
  await run(`create schema ${schema}`)
  const location = new URL(postgresUrl)
  location.searchParams.set('options', `-c search_path=${schema}`)
  return { location: location.href, drop: () => run(`drop schema ${schema} cascade`) }
}
