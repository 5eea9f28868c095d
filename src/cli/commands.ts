import { readConfig } from '../config.ts'
import type { Command } from './command.ts'
import { keepCompiledCode } from './compile-cache.js'
import { catchStopSignals } from './stop-signal.ts'

/** `prepare` runs before the command's modules are loaded. */
export type Entry = { summary: string; load: () => Promise<Command>; prepare?: () => void }

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
