/** Thrown by a program that cannot run on this machine; the message says what it needs. */
export class CannotRun extends Error {}

/** What each program in `prove/` exports. One violation makes `npm run prove` fail. */
export type Program = {
  run: (options: Options) => Promise<Result>
}

export type Options = {
  /** The size for CI, instead of the one that documents quote. */
  quick: boolean
  /** The same seed makes the same choices. */
  seed: number
}

export type Result = { counts: Record<string, number>; violations: string[] }
