import { UsageError } from './command.ts'

/**
 * A name as people see it in tables on a terminal: not blank, and without control or invisible format characters, which
 * could make the terminal show something else.
 * @throws UsageError with the hint
 */
export function readName(name: unknown, hint: string): string {
  if (typeof name !== 'string' || name.trim() === '' || /[\p{Cc}\p{Cf}]/u.test(name)) throw new UsageError(hint)
  return name
}
