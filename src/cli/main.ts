import { ConfigError, readConfig } from '../config.ts'
import { keepCompiledCode } from './compile-cache.js'
import { note, say } from './output.ts'
import { type Entry, messageOf, runCommand } from './run.ts'
import { catchStopSignals } from './stop-signal.ts'
import { explainSystemError } from './system-error.ts'

/** Each command is loaded when it is called: most of them need the whole server, and --help none of it. */
const commands: Record<string, Entry> = {
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
  sandbox: {
    summary: 'Run the sandbox alone, for any Stripe SDK',
    load: async () => (await import('./sandbox.ts')).sandbox,
    prepare: catchStopSignals,
  },
}

/** Runs the command that the words name. Exit codes: 0 done, 1 failed, 2 wrong call. */
async function main(words: string[]): Promise<number> {
  const name = [words.slice(0, 2).join(' '), words[0] ?? ''].find((candidate) => Object.hasOwn(commands, candidate))
  const entry = name === undefined ? undefined : commands[name]
  if (name === undefined || !entry) return overview(words)
  const args = words.slice(name.split(' ').length)
  // The stand-alone sandbox takes its port and file from its own options, so no variable explains its errors.
  return await runCommand(`chatdash ${name}`, entry, args, name === 'sandbox' ? messageOf : describe)
}

function overview(words: string[]): number {
  const group = words[0] !== undefined && !words[0].startsWith('-') ? words[0] : undefined
  const listed = Object.entries(commands).filter(([name]) => group === undefined || name.startsWith(`${group} `))
  const isWrong = words.length > 0 && !words.includes('--help') && !words.includes('-h')
  const write = isWrong ? note : say
  if (isWrong) write(`There is no command "${words.slice(0, 2).join(' ')}".\n`)
  write('Usage: chatdash <command> [options]\n')
  for (const [name, { summary }] of listed.length > 0 ? listed : Object.entries(commands)) {
    write(`  ${name.padEnd(20)}${summary}`)
  }
  write('\nEach command has --help, and --json where it lists or makes something.')
  return isWrong ? 2 : 0
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return `The configuration is not valid:\n${error.message}`
  return explainSystemError(error) ?? messageOf(error)
}

// The files that commands write (hashes of keys, the journal, the sandbox) must be readable by their owner only.
process.umask(0o077)
process.exitCode = await main(process.argv.slice(2))
