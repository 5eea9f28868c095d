#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { hideSecrets } from '../lib/secrets.ts'
import { accountConnect, accountDisconnect, accountList } from './account.ts'
import { agencyCreate, agencyList } from './agency.ts'
import { type Command, UsageError } from './command.ts'
import { doctor } from './doctor.ts'
import { keyCreate, keyList, keyRevoke } from './key.ts'
import { note, say } from './output.ts'
import { sandbox } from './sandbox.ts'
import { serve } from './serve.ts'

const commands: Record<string, Command> = {
  serve,
  'agency create': agencyCreate,
  'agency list': agencyList,
  'key create': keyCreate,
  'key list': keyList,
  'key revoke': keyRevoke,
  'account connect': accountConnect,
  'account list': accountList,
  'account disconnect': accountDisconnect,
  doctor,
  sandbox,
}

/** Runs the command that the words name. Exit codes: 0 done, 1 failed, 2 wrong call. */
async function main(words: string[]): Promise<number> {
  const name = [words.slice(0, 2).join(' '), words[0] ?? ''].find((candidate) => candidate in commands)
  const command = name === undefined ? undefined : commands[name]
  if (name === undefined || !command) return overview(words)
  const args = words.slice(name.split(' ').length)
  if (args.includes('--help') || args.includes('-h')) {
    say(`${command.summary}\n\n${command.help.trim()}`)
    return 0
  }
  try {
    return (await command.run(parse(command, args))) ?? 0
  } catch (error) {
    if (error instanceof UsageError) {
      note(`${error.message}\nSee: chatdash ${name} --help`)
      return 2
    }
    note(hideSecrets(describe(error)))
    return 1
  }
}

function parse({ options = {} }: Command, args: string[]) {
  try {
    return parseArgs({ args, options: { json: { type: 'boolean' }, ...options }, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
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

/** What went wrong and, if it says more, why; never a stack trace. */
function describe(error: unknown): string {
  if (error instanceof ConfigError) return `The configuration is not valid:\n${error.message}`
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error && error.cause.message !== '' ? ` (${error.cause.message})` : ''
  return `${error.message || error.name}${cause}`
}

process.exitCode = await main(process.argv.slice(2))
