import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { createLog } from '../../src/http/log.ts'
import { createJournal, type NewEvent } from '../../src/journal/journal.ts'
import { type DatabaseKind, newDatabase } from './new-database.ts'

/** A journal in a database of its own; each `connect` is one more process's worth of connection and writer. */
export async function openTestJournal(kind: DatabaseKind) {
  const folder = mkdtempSync(join(tmpdir(), 'chatdash-test-'))
  const { location, drop } = await newDatabase(kind, folder)
  const opened: ReturnType<typeof openDatabase>[] = []
  const connect = () => {
    const database = openDatabase(location)
    opened.push(database)
    return { database, journal: createJournal(database, { mode: 'sandbox', log: createLog('silent', process.stderr) }) }
  }
  const first = connect()
  await migrate(first.database)
  return {
    ...first,
    folder,
    connect,
    async close() {
      for (const database of opened) await database.destroy()
      await drop()
      rmSync(folder, { recursive: true })
    },
  }
}

/** An event of a change as the server writes it. */
export function newEvent(changeId: string, more: Partial<NewEvent> = {}): NewEvent {
  return { actor: 'api_key', type: 'coupon.create.started', change_id: changeId, agency_id: 'ag_1', ...more }
}
