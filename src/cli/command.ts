export type Command = {
  /** The text of --help. */
  help: string
  /** How many positional arguments it takes at most: none, unless it says so. */
  positionalsMax?: number
  /** For node:util parseArgs. */
  options?: Record<string, { type: 'string' | 'boolean' }>
  /** Returns the exit code; nothing means 0. */
  run(args: { values: Record<string, string | boolean | undefined>; positionals: string[] }): Promise<number | void>
}

/** Thrown for a wrong call: printed with a hint to --help, exit code 2. */
export class UsageError extends Error {}
