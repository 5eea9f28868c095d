import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { databaseLocation, readConfig } from '../config.ts'
import { copyDatabase, executedIn } from '../database/backup.ts'
import { refuseNewer } from '../database/migrations.ts'
import { replaceDatabases } from '../database/restore.ts'
import { type Command, UsageError } from './command.ts'
import { note } from './output.ts'

export const backup: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash backup FILE

Copies the SQLite database of DATA_DIR to a new file, also while the server runs: all that was committed at one moment, checked by
reading the copy. The embedded sandbox, where it is used, goes to FILE.sandbox. For PostgreSQL use pg_dump.`,
  async run({ positionals: [file] }) {
    if (file === undefined) throw new UsageError('Give the file to write.')
    const { database, sandbox } = files('pg_dump')
    if (!existsSync(database)) throw new Error(`There is no database yet: ${database}`)
    if (existsSync(sandboxCopy(file))) throw new Error(`${sandboxCopy(file)} exists already. Name a new file.`)
    // The journal first: Stripe may be ahead of it, as after a crash, and never behind.
    copyDatabase(database, file)
    if (existsSync(sandbox)) copyDatabase(sandbox, sandboxCopy(file))
    note(`The backup is in ${file}${existsSync(sandbox) ? ` and ${sandboxCopy(file)}` : ''}.`)
  },
}

export const restore: Command = {
  positionalsMax: 1,
  help: `Usage: chatdash restore FILE

Puts a file that \`chatdash backup\` wrote in the place of the SQLite database of DATA_DIR, and FILE.sandbox in that of the sandbox.
The server must be stopped. What was there is kept beside it. Keys that were revoked since the backup work again: revoke them.`,
  async run({ positionals: [file] }) {
    if (file === undefined) throw new UsageError('Give the file that `chatdash backup` wrote.')
    const { database, sandbox } = files('pg_restore')
    if (!existsSync(file)) throw new Error(`There is no file ${file}.`)
    refuseNewer(readBackup(file))
    mkdirSync(dirname(database), { recursive: true })
    const copies = [{ file: database, from: file }]
    // The sandbox first, for the same reason, should the second fail.
    if (existsSync(sandboxCopy(file))) copies.unshift({ file: sandbox, from: sandboxCopy(file) })
    for (const replaced of replaceDatabases(copies)) say(replaced)
  },
}

/** The migrations that ran in a backup. @throws Error where the file is none */
function readBackup(file: string): string[] {
  try {
    const executed = executedIn(file)
    if (executed.length > 0) return executed
  } catch {
    // It is no database at all.
  }
  throw new Error(`${file} is no backup of this server.`)
}

function say({ file, kept }: { file: string; kept: string | undefined }): void {
  note(`${file} is restored.${kept === undefined ? '' : ` What was there is ${kept}.`}`)
}

const sandboxCopy = (file: string) => `${file}.sandbox`

/** @throws Error where the database is PostgreSQL, which has a tool of its own for that */
function files(postgresTool: string) {
  const config = readConfig()
  if (config.databaseUrl !== undefined) {
    throw new Error(`The database is PostgreSQL, as DATABASE_URL says. Use ${postgresTool}: see docs/operations.md.`)
  }
  return { database: databaseLocation(config), sandbox: join(config.dataDir, 'sandbox.db') }
}
