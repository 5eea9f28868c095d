import { randomBytes } from 'node:crypto'

/** A new unguessable id: the prefix says what it names, then 96 random bits. */
export function newId(prefix: 'ag' | 'key' | 'req' | 'chg' | 'evt' | 'bulk'): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`
}
