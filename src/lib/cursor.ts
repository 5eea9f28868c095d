/** A position in a list ordered by time: that of the last object of a page. */
export type Position = { id: string; at: number }

const prefix = 'cur_'

/** Encodes a position for `next_cursor`: with the time beside the id, so that a list continues even if the object is deleted. */
export function encodeCursor({ id, at }: Position): string {
  return prefix + Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

/** Decodes a cursor made by `encodeCursor`; undefined for anything else, such as a plain object id. */
export function decodeCursor(text: string): Position | undefined {
  if (!text.startsWith(prefix)) return undefined
  try {
    const [at, id]: unknown[] = JSON.parse(Buffer.from(text.slice(prefix.length), 'base64url').toString())
    const isPosition = typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 && typeof id === 'string'
    // oxlint-disable-next-line no-control-regex -- no id has them, and not every database takes them
    return isPosition && /^[^\u0000-\u001f\u007f]+$/.test(id) ? { id, at } : undefined
  } catch {
    return undefined
  }
}
