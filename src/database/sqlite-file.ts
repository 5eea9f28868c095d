import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'

/** The first bytes of every database: https://www.sqlite.org/fileformat.html#the_database_header */
const magic = Buffer.from('SQLite format 3\0')

/**
 * Holds the database's file, so that a deleted or replaced one is noticed: SQLite itself goes on writing into the file
 * that it opened, whatever has become of its name. Creates the file if there is none. `close` only after SQLite has
 * closed the file: a process that closes one descriptor of a file loses all its POSIX locks on it, SQLite's too.
 */
export function holdFile(path: string) {
  // Its owner's alone, as are then the files that SQLite makes beside it.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_CREAT, 0o600)
  const start = Buffer.alloc(magic.length)
  let log: string | undefined

  return {
    /** @throws Error if the file or its write-ahead log is not the one that was opened, or is no database any more */
    check(): void {
      log ??= identity(`${path}-wal`)
      if (identity(path) !== identity(descriptor) || log === undefined || identity(`${path}-wal`) !== log) {
        throw new Error('The database file was deleted or replaced while it was open.')
      }
      readSync(descriptor, start, 0, magic.length, 0)
      if (!start.equals(magic)) throw new Error('The database file was overwritten while it was open.')
    },

    close: () => closeSync(descriptor),
  }
}

function identity(file: string | number): string | undefined {
  const options = { bigint: true, throwIfNoEntry: false } as const
  const found = typeof file === 'number' ? fstatSync(file, options) : statSync(file, options)
  return found && `${found.dev}:${found.ino}`
}
