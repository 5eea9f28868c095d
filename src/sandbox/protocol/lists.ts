import type { SQLInputValue } from 'node:sqlite'
import { invalid, missing } from './errors.ts'
import { isMap } from './form.ts'
import { hash, integer, list, string, type Reader, type Values } from './params.ts'
import type { Row, Store } from '../store/store.ts'

const range = hash({ gt: integer(), gte: integer(), lt: integer(), lte: integer() })
type Range = { gt?: number; gte?: number; lt?: number; lte?: number }

/** Documented: a time in Unix seconds, or bounds around it. */
const created: Reader<number | Range> = {
  undeclared: (value, name, found) => range.undeclared?.(value, name, found),
  read: (value, name) => (isMap(value) ? range.read(value, name) : integer().read(value, name)),
}

/** Parameters of every list, in Stripe's alphabetical order. */
export const listParams = {
  created,
  ending_before: string(),
  expand: list(string()),
  limit: integer(),
  starting_after: string(),
}
type ListParams = Values<typeof listParams>

/** A SQL condition that a list adds. Its text must be constant: each statement is prepared once and cached. */
export type Condition = { sql: string; values: SQLInputValue[] }

function createdConditions(bounds: number | Range | undefined): Condition[] {
  if (bounds === undefined) return []
  const { gt, gte, lt, lte } = typeof bounds === 'number' ? ({ gte: bounds, lte: bounds } as Range) : bounds
  return [
    { sql: 'created > ?', value: gt },
    { sql: 'created >= ?', value: gte },
    { sql: 'created < ?', value: lt },
    { sql: 'created <= ?', value: lte },
  ].flatMap(({ sql, value }) => (value === undefined ? [] : [{ sql, values: [value] }]))
}

/**
 * Reads one page. Recorded: newest first, ties in reverse order of creation; ten by default; a limit outside 1–100 is
 * clamped silently; cursors are exclusive; an unknown cursor is 400 and reported before the refusal of two cursors.
 */
export function readPage<B>(
  store: Store,
  scope: number,
  type: { name: string; label: string; hasLastingCursors?: boolean },
  params: ListParams,
  conditions: Condition[] = [],
  keep: (row: Row<B>) => boolean = () => true,
): { rows: Row<B>[]; hasMore: boolean } {
  const cursorOf = (name: 'starting_after' | 'ending_before'): Row<unknown> | undefined => {
    const id = params[name]
    if (id === undefined) return undefined
    const removed = (): Row<unknown> | undefined => store.findRemoved(scope, type.name, id)
    const row = store.find(scope, type.name, id) ?? (type.hasLastingCursors ? removed() : undefined)
    if (row === undefined) throw missing(type.label, id, name, 400)
    return row
  }
  const after = cursorOf('starting_after')
  const before = cursorOf('ending_before')
  if (after && before) {
    throw invalid('Received both starting_after and ending_before parameters. Please pass in only one.')
  }
  const limit = Math.min(Math.max(params.limit ?? 10, 1), 100)
  const cursor = after ?? before
  const compare = before ? '>' : '<'
  const all: Condition[] = [
    { sql: 'space = ?', values: [scope] },
    { sql: `type = '${type.name}'`, values: [] },
    ...conditions,
    ...createdConditions(params.created),
    ...(cursor ? [{ sql: `(created, seq) ${compare} (?, ?)`, values: [cursor.created, cursor.seq] }] : []),
  ]
  const order = before ? 'ASC' : 'DESC'
  const text = `WHERE ${all.map(({ sql }) => sql).join(' AND ')} ORDER BY created ${order}, seq ${order}`
  const rows: Row<B>[] = []
  let hasMore = false
  for (const row of store.rows<B>(
    text,
    all.flatMap(({ values }) => values),
  )) {
    if (!keep(row)) continue
    hasMore = rows.length === limit
    if (hasMore) break
    rows.push(row)
  }
  return { rows: before ? rows.toReversed() : rows, hasMore }
}
