import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Copies an SQLite database, also one that a server is writing to, into a new file of its owner's alone: all that was committed at one
 * moment, in one file that needs no other. The copy is on disk and was checked by reading all of it.
 * @throws Error if the copy is damaged, or there is a file of that name
 */
export function copyDatabase(from: string, to: string): void {
  if (existsSync(to)) throw new Error(`${to} exists already. Name a new file.`)
  copyThen(from, to, () => true)
}

/** Keeps the newest state from before a migration beside the database. */
export function backUpBeforeMigration(file: string, next: string): void {
  // Another process that started at the same time may have run it by now.
  copyThen(file, `${file}.before-${next}`, (copy) => !executedIn(copy).includes(next))
}

/** Copies under another name, so that no half copy ever has the right one. */
function copyThen(from: string, to: string, isWanted: (copy: string) => boolean): void {
  const copy = `${to}.${randomUUID()}`
  try {
    closeSync(openSync(copy, 'wx', 0o600))
    // In WAL mode this reads one snapshot, and no writer waits for it: https://www.sqlite.org/lang_vacuum.html#vacuuminto
    reading(from, (source) => source.prepare('VACUUM INTO ?').run(copy))
    checkIntegrity(copy)
    syncPath(copy)
    if (!isWanted(copy)) return
    renameSync(copy, to)
    syncPath(dirname(to))
  } finally {
    rmSync(copy, { force: true })
  }
}

function checkIntegrity(file: string): void {
  const check = reading(file, (database) => database.prepare('PRAGMA integrity_check(1)').get())
  const found = check?.['integrity_check']
  if (found !== 'ok') throw new Error(`The copy is damaged: ${String(found)}`)
}

/** The names of the migrations that ran in a database's file; none where it is no database of this server. */
export function executedIn(file: string): string[] {
  return reading(file, (database) => {
    const table = database.prepare("select name from sqlite_schema where name = 'kysely_migration'").get()
    if (!table) return []
    const rows = database.prepare('select name from kysely_migration').all()
    return rows.map(({ name }) => String(name))
  })
}

function reading<T>(file: string, read: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    // Not the option `timeout`, which Node has from 22.16 on.
    database.exec('PRAGMA busy_timeout = 10000')
    return read(database)
  } finally {
    database.close()
  }
}

/** Makes what was written to a file, or renamed in a folder, survive a power cut. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
