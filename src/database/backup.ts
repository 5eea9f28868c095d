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
    using source = new DatabaseSync(from, { readOnly: true, timeout: 10_000 })
    // In WAL mode this reads one snapshot, and no writer waits for it: https://www.sqlite.org/lang_vacuum.html#vacuuminto
    source.prepare('VACUUM INTO ?').run(copy)
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
  using database = new DatabaseSync(file, { readOnly: true })
  const found = database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check']
  if (found !== 'ok') throw new Error(`The copy is damaged: ${String(found)}`)
}

/** The names of the migrations that ran in a database's file; none where it is no database of this server. */
export function executedIn(file: string): string[] {
  using database = new DatabaseSync(file, { readOnly: true })
  const table = database.prepare("select name from sqlite_schema where name = 'kysely_migration'").get()
  if (!table) return []
  return database
    .prepare('select name from kysely_migration')
    .all()
    .map(({ name }) => String(name))
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
