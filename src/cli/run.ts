import packageJson from '../../package.json' with { type: 'json' }
import { ConfigError } from '../config.ts'
import { hideSecrets } from '../lib/secrets.ts'
import { UsageError } from './command.ts'
import { commands } from './commands.ts'
import { readArguments } from './arguments.ts'
import { note, say } from './output.ts'
import { explainSystemError } from './system-error.ts'

/** Runs the command that the words name. Exit codes: 0 done, 1 failed, 2 wrong call. */
export async function runCommand(words: string[]): Promise<number> {
  if (words[0] === '--version' && words.length === 1) {
    say(packageJson.version)
    return 0
  }
  const name = [words.slice(0, 2).join(' '), words[0] ?? ''].find((candidate) => Object.hasOwn(commands, candidate))
  const entry = name === undefined ? undefined : commands[name]
  if (name === undefined || !entry) return overview(words)
  const args = words.slice(name.split(' ').length)
  if (args.includes('--help') || args.includes('-h')) {
    say(`${entry.summary}\n\n${(await entry.load()).help.trim()}`)
    return 0
  }
  try {
    entry.prepare?.()
    const command = await entry.load()
    return (await command.run(readArguments(command, args))) ?? 0
  } catch (error) {
    if (error instanceof UsageError) {
      note(`${error.message}\nSee: chatdash ${name} --help`)
      return 2
    }
    // The stand-alone sandbox takes its port and file from its own options.
    const explained = name === 'sandbox' ? undefined : explainSystemError(error)
    note(hideSecrets(explained ?? describe(error)))
    return 1
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
  write('\nEach command has --help, and --json where it lists or makes something. --version prints the version.')
  return isWrong ? 2 : 0
}

/** The error's message, and its cause's if there is one; never a stack trace. */
function describe(error: unknown): string {
  if (error instanceof ConfigError) return `The configuration is not valid:\n${error.message}`
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error && error.cause.message !== '' ? ` (${error.cause.message})` : ''
  return `${error.message || error.name}${cause}`
}
