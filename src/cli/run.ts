import { hideSecrets } from '../lib/secrets.ts'
import { readArguments } from './arguments.ts'
import { type Command, UsageError } from './command.ts'
import { note, say } from './output.ts'

/** `prepare` runs before the command's modules are loaded. */
export type Entry = { summary: string; load: () => Promise<Command>; prepare?: () => void }

/**
 * Runs one command with its arguments; `name` is how a user calls it. `describe` makes the sentence of an error.
 * Exit codes: 0 done, 1 failed, 2 wrong call.
 */
export async function runCommand(
  name: string,
  entry: Entry,
  args: string[],
  describe: (error: unknown) => string = messageOf,
): Promise<number> {
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
      note(`${error.message}\nSee: ${name} --help`)
      return 2
    }
    note(hideSecrets(describe(error)))
    return 1
  }
}

/** The error's message, and its cause's if there is one; never a stack trace. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error && error.cause.message !== '' ? ` (${error.cause.message})` : ''
  return `${error.message || error.name}${cause}`
}
