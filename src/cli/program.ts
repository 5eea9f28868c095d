import { ConfigError } from '../config.ts'
import { readVersion } from '../lib/version.ts'
import { commands } from './commands.ts'
import { note, say } from './output.ts'
import { messageOf, runCommand } from './run.ts'
import { explainSystemError } from './system-error.ts'

/** Runs the command that the words name. Exit codes: 0 done, 1 failed, 2 wrong call. */
export async function runProgram(words: string[]): Promise<number> {
  if (words[0] === '--version' && words.length === 1) {
    say(readVersion())
    return 0
  }
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
  write('\nEach command has --help, and --json where it lists or makes something. --version prints the version.')
  return isWrong ? 2 : 0
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return `The configuration is not valid:\n${error.message}`
  return explainSystemError(error) ?? messageOf(error)
}
