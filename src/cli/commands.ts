import { readConfig } from '../config.ts'
import { keepCompiledCode } from './compile-cache.js'
import type { Entry } from './run.ts'
import { catchStopSignals } from './stop-signal.ts'

const api = (name: string, summary: string): Entry => ({
  summary,
  async load() {
    const found = (await import('./api.ts')).apiCommands[name]
    if (!found) throw new Error(`No operation of the API is ${name}.`)
    return found
  },
})

/** The commands that call the API. */
const apiSummaries = {
  'account mine': 'List the accounts that an API key may use',
  'coupon list': 'List or search coupons by API key',
  'coupon show': 'Show a coupon',
  'coupon create': 'Create a coupon',
  'coupon preview': 'Show what a coupon would be, creating nothing',
  'coupon update': 'Rename a coupon, or change its metadata',
  'coupon delete': 'Delete a coupon',
  'code list': 'List promotion codes by API key',
  'code show': 'Show a promotion code',
  'code create': 'Create a promotion code',
  'code update': 'Switch a promotion code on or off',
  'code bulk': 'Create promotion codes in bulk',
  'code job': 'Show a bulk job',
  'code made': 'List the codes of a bulk job',
  'code cancel': 'Cancel a bulk job',
  'own-key whoami': 'Show whose an API key is and what it may do',
  'own-key list': 'List the API keys that an API key manages',
  'own-key show': 'Show an API key by one that manages it',
  'own-key create': 'Make an API key by one that manages keys',
  'own-key update': 'Change an API key by one that manages it',
  'own-key rotate': 'Replace an API key by one that manages it',
  'own-key revoke': 'Revoke an API key by one that manages it',
  'own-key freeze': 'Stop the writes of an API key by one that manages it',
  'own-key unfreeze': 'End the freeze of an API key by one that manages it',
  'event list': 'List what an agency asked for and what became of it',
}

/** Each command is loaded when it is called: most of them need the whole server, and --help none of it. */
export const commands: Record<string, Entry> = {
  serve: {
    summary: 'Run the server',
    load: async () => (await import('./serve.ts')).serve,
    prepare() {
      catchStopSignals()
      keepCompiledCode(readConfig().dataDir)
    },
  },
  'agency create': { summary: 'Make an agency', load: async () => (await import('./agency.ts')).agencyCreate },
  'agency list': { summary: 'List all agencies', load: async () => (await import('./agency.ts')).agencyList },
  'agency rename': { summary: 'Rename an agency', load: async () => (await import('./agency.ts')).agencyRename },
  'agency archive': {
    summary: 'Refuse all keys of an agency',
    load: async () => (await import('./agency.ts')).agencyArchive,
  },
  'agency unarchive': {
    summary: 'Let the keys of an archived agency work again',
    load: async () => (await import('./agency.ts')).agencyUnarchive,
  },
  'key create': { summary: 'Make an API key of an agency', load: async () => (await import('./key.ts')).keyCreate },
  'key list': { summary: 'List the API keys of an agency', load: async () => (await import('./key.ts')).keyList },
  'key show': { summary: 'Show what an API key may do', load: async () => (await import('./key.ts')).keyShow },
  'key update': { summary: 'Change what an API key may do', load: async () => (await import('./key.ts')).keyUpdate },
  'key rotate': { summary: 'Replace an API key', load: async () => (await import('./key.ts')).keyRotate },
  'key freeze': { summary: 'Stop the writes of an API key', load: async () => (await import('./freeze.ts')).keyFreeze },
  'key unfreeze': {
    summary: 'End the freeze of an API key',
    load: async () => (await import('./freeze.ts')).keyUnfreeze,
  },
  'agency freeze': {
    summary: 'Stop the writes of an agency',
    load: async () => (await import('./freeze.ts')).agencyFreeze,
  },
  'agency unfreeze': {
    summary: 'End the freeze of an agency',
    load: async () => (await import('./freeze.ts')).agencyUnfreeze,
  },
  freeze: { summary: 'Stop all writes', load: async () => (await import('./freeze.ts')).freeze },
  unfreeze: { summary: 'End the freeze of all writes', load: async () => (await import('./freeze.ts')).unfreeze },
  'key revoke': { summary: 'Revoke an API key', load: async () => (await import('./key.ts')).keyRevoke },
  'account connect': {
    summary: 'Give a connected account to an agency',
    load: async () => (await import('./account.ts')).accountConnect,
  },
  'account list': {
    summary: 'List the connected accounts',
    load: async () => (await import('./account.ts')).accountList,
  },
  'account disconnect': {
    summary: 'Take a connected account from its agency',
    load: async () => (await import('./account.ts')).accountDisconnect,
  },
  'journal list': {
    summary: 'List what was asked for and what became of it',
    load: async () => (await import('./journal.ts')).journalList,
  },
  'journal show': {
    summary: 'Show one change, event or request whole',
    load: async () => (await import('./journal.ts')).journalShow,
  },
  'journal settle': {
    summary: 'Find out what became of changes whose answer was lost',
    load: async () => (await import('./journal.ts')).journalSettle,
  },
  'journal seal': {
    summary: 'Seal the journal now',
    load: async () => (await import('./journal-seals.ts')).journalSeal,
  },
  'journal verify': {
    summary: 'Check that the journal is as it was written',
    load: async () => (await import('./journal-seals.ts')).journalVerify,
  },
  'journal export': {
    summary: 'Write the journal and its seals to a file',
    load: async () => (await import('./journal-seals.ts')).journalExport,
  },
  ...Object.fromEntries(Object.entries(apiSummaries).map(([name, summary]) => [name, api(name, summary)])),
  undo: {
    summary: 'Delete what an API key has created',
    load: async () => (await import('./undo.ts')).undo,
  },
  doctor: {
    summary: 'Check configuration, database, Stripe key and clock',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  backup: { summary: 'Copy the SQLite database to a file', load: async () => (await import('./backup.ts')).backup },
  restore: { summary: 'Put a backup in its place', load: async () => (await import('./backup.ts')).restore },
  completion: {
    summary: 'Print what completes commands in a shell',
    load: async () => (await import('./completion.ts')).completion,
  },
  sandbox: {
    summary: 'Run the sandbox alone, for any Stripe SDK',
    load: async () => (await import('./sandbox.ts')).sandbox,
    prepare: catchStopSignals,
  },
}
