import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Config, modeOf } from '../config.ts'
import type { Database } from '../database/database.ts'
import { countUnsettled, readJournalState, unsettledMax } from '../journal/state.ts'
import type { Check } from './doctor.ts'

/** Below this SQLite soon cannot write, and then nothing is created any more. */
const freeBytesMin = 500e6

export function checkDataDir({ dataDir }: Config): Check[] {
  const name = 'data directory'
  const nearest = nearestExisting(resolve(dataDir))
  try {
    if (!statSync(nearest).isDirectory()) throw new Error('not a directory')
    accessSync(nearest, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    const remedy = 'Give the directory to the user that runs the server, or set DATA_DIR.'
    return [{ name, ok: false, found: `${dataDir} is no directory that can be written`, remedy }]
  }
  if (!existsSync(dataDir)) return [{ name, ok: true, found: `${dataDir} will be made at the first start` }]
  return [checkRights(dataDir), checkDisk(dataDir)]
}

/** The path itself or, where it is not there yet, the nearest folder above it that is. */
function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path))
}

function checkRights(dataDir: string): Check {
  const name = 'data directory'
  const open = readdirSync(dataDir).filter((file) => /\.(db|env)/.test(file) && isOpen(join(dataDir, file)))
  if (open.length === 0) return { name, ok: true, found: `${dataDir} can be written` }
  const found = `other users can read ${open.join(', ')} in ${dataDir}`
  return { name, ok: false, found, remedy: `chmod 600 ${open.map((file) => join(dataDir, file)).join(' ')}` }
}

function isOpen(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0
}

function checkDisk(dataDir: string): Check {
  const { bavail, bsize } = statfsSync(dataDir)
  const free = bavail * bsize
  const found = `${Math.floor(free / 1e6)} MB free in ${dataDir}`
  if (free >= freeBytesMin) return { name: 'disk', ok: true, found }
  return { name: 'disk', ok: false, found, remedy: 'Make room: on a full disk the server refuses every change.' }
}

/** The seals over the journal, and the changes whose answer was lost and which no server has settled. */
export async function checkJournal(database: Database, config: Config, now = Date.now()): Promise<Check[]> {
  const { lastSeal: last, unsealed } = await readJournalState(database)
  const unsettled = await countUnsettled(database, modeOf(config), now)
  const newest = last ? `the newest is ${last.number}, of ${new Date(last.at).toISOString()}` : 'none yet'
  const seals = { name: 'seals', ok: true, found: `${newest}; ${unsealed} events are not sealed yet` }
  const found = `${unsettled === unsettledMax ? `${unsettledMax} or more` : unsettled} changes wait for their outcome to be settled`
  if (unsettled === 0) return [seals, { name: 'pending changes', ok: true, found }]
  const remedy = 'Run: chatdash journal settle. A running server does so by itself, unless Stripe does not answer it.'
  return [seals, { name: 'pending changes', ok: false, found, remedy }]
}
