/** A place in a list that is ordered by time: of the last object that was given. */
export type Place = { id: string; at: number }

const mark = 'cur_'

/**
 * The place as `next_cursor` shows it. It holds the time beside the id, so that a list can go on even where the object has
 * been deleted since.
 */
export function encodeCursor({ id, at }: Place): string {
  return mark + Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

/** The place that a cursor of ours names; undefined for any other text, which may be an object's own id. */
export function decodeCursor(text: string): Place | undefined {
  if (!text.startsWith(mark)) return undefined
  try {
    const [at, id]: unknown[] = JSON.parse(Buffer.from(text.slice(mark.length), 'base64url').toString())
    const isPlace = typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 && typeof id === 'string'
    // oxlint-disable-next-line no-control-regex -- no id has them, and not every database takes them
    return isPlace && /^[^\u0000-\u001f\u007f]+$/.test(id) ? { id, at } : undefined
  } catch {
    return undefined
  }
}
