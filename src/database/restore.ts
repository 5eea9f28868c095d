import { existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { copyDatabase, syncPath } from './backup.ts'
import { isBusy } from './sqlite-statements.ts'

/**
 * Puts copies of SQLite databases in the places of others, in this order, and yields each once it is there: its file, and the name under
 * which what was there is kept beside it, undefined where there was nothing. Whatever can be refused is so before the first is replaced.
 * @throws Error where a process has one of the old ones open, or a copy is damaged; then nothing has changed
 */
export function* replaceDatabases(copies: { file: string; from: string }[]) {
  const now = new Date().toISOString().replaceAll(/[-:.]/g, '')
  const incomingOf = (file: string) => `${file}.incoming-${now}`
  const locks = new Map<string, DatabaseSync>()
  try {
    for (const { file, from } of copies) copyDatabase(from, incomingOf(file))
    for (const { file } of copies) if (existsSync(file)) locks.set(file, lockAlone(file))
    for (const { file } of copies) {
      const kept = `${file}.replaced-${now}`
      // With the new file a log of the old one would be taken for its own.
      for (const suffix of ['-wal', '-shm']) {
        if (existsSync(file + suffix)) renameSync(file + suffix, kept + suffix)
      }
      // A second name, not another one: at every moment there is a database under the right name.
      if (locks.has(file)) linkSync(file, kept)
      renameSync(incomingOf(file), file)
      syncPath(dirname(file))
      yield { file, kept: locks.has(file) ? kept : undefined }
    }
  } finally {
    for (const lock of locks.values()) lock.close()
    for (const { file } of copies) rmSync(incomingOf(file), { force: true })
  }
}

/** Locks the database and folds its write-ahead log into the file; of a damaged one, which is being replaced for that, neither. */
function lockAlone(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    // Fails while any other connection is open.
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  } catch (cause) {
    if (isDamaged(cause)) return database
    database.close()
    if (isBusy(cause)) throw new Error(`Another process has ${file} open. Stop the server first.`, { cause })
    throw cause
  }
  return database
}

/** Whether SQLite says that the file is corrupt (11) or no database at all (26): https://www.sqlite.org/rescode.html */
function isDamaged(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && [11, 26].includes(Number(error.errcode) & 0xff)
}
