import { randomFillSync } from 'node:crypto'

const randomBytes = 8
/** Random bytes for many ids: a call of the generator costs more than what it returns. */
const block = Buffer.alloc(512 * randomBytes)
let used = block.length

/**
 * A new unguessable id: the prefix says what it names, then the second since 1970 and 64 random bits. What is made together stands
 * together in an index, so that its insertion changes few pages of the database.
 */
export function newId(prefix: 'ag' | 'key' | 'req' | 'chg' | 'evt' | 'bulk'): string {
  if (used === block.length) {
    randomFillSync(block)
    used = 0
  }
  const random = block.toString('hex', used, used + randomBytes)
  used += randomBytes
  const second = Math.floor(Date.now() / 1_000)
  return `${prefix}_${second.toString(16).padStart(8, '0')}${random}`
}
