/** The options that were given; those that may be given again are lists. */
type Values = Record<string, string | boolean | (string | boolean)[] | undefined>

export type Command = {
  /** The text of --help. */
  help: string
  /** How many positional arguments it takes at most: none, unless it says so. */
  positionalsMax?: number
  /** For node:util parseArgs. */
  options?: Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>
  /** Returns the exit code; nothing means 0. */
  run(args: { values: Values; positionals: string[] }): Promise<number | void>
}

/** Thrown for a wrong call: printed with a hint to --help, exit code 2. */
export class UsageError extends Error {}
