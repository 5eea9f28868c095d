import { nameRules } from '../agencies/key-schema.ts'
import { UsageError } from './command.ts'

const visible = new RegExp(nameRules.pattern, 'u')

/** A name as the API takes it, but of any length. @throws UsageError with the hint */
export function readName(name: unknown, hint: string): string {
  if (typeof name !== 'string' || !visible.test(name)) throw new UsageError(hint)
  return name
}
