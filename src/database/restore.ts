import { existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { copyDatabase, syncPath } from './backup.ts'
import { isBusy } from './sqlite-statements.ts'

/**
 * Puts a copy of an SQLite database in the place of another one, which is kept beside it under the name that is returned; undefined
 * where there was none.
 * @throws Error where a process has the old one open, or the copy is damaged; then nothing has changed
 */
export function replaceDatabase(file: string, from: string): string | undefined {
  const now = new Date().toISOString().replaceAll(/[-:.]/g, '')
  const [incoming, kept] = [`${file}.incoming-${now}`, `${file}.replaced-${now}`]
  copyDatabase(from, incoming)
  try {
    const lock = existsSync(file) ? lockAlone(file) : undefined
    // With the new file a log of the old one would be taken for its own.
    for (const suffix of ['-wal', '-shm']) {
      if (existsSync(file + suffix)) renameSync(file + suffix, kept + suffix)
    }
    // A second name, not another one: at every moment there is a database under the right name.
    if (lock) linkSync(file, kept)
    renameSync(incoming, file)
    syncPath(dirname(file))
    lock?.close()
    return lock && kept
  } finally {
    rmSync(incoming, { force: true })
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
