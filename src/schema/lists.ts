import { Type } from 'typebox'
import { decodeCursor, encodeCursor, type Position } from '../lib/cursor.ts'
import { invalid, type Refusal } from '../lib/refusal.ts'
import { closed, refusedFields } from './fields.ts'

export const limitDefault = 50

/** The query parameters of every list. */
export const listQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, default: limitDefault, description: 'How many to give at most.' }),
  ),
  starting_after: Type.Optional(
    Type.String({ maxLength: 10_000, description: 'The `next_cursor` of the page before.' }),
  ),
}

/** Refuses other query parameters of a list; those by which other APIs page are refused with how to page here. */
export const closedListQuery = {
  ...closed,
  ...refusedFields(
    ['page', 'offset', 'cursor', 'next_cursor', 'ending_before'],
    'is not a known query parameter. To page, send the next_cursor of the page before as starting_after.',
  ),
}

/** The schema of one page of a list, with `more` fields beside the page's own. */
export function pageSchema(schema: object, more: Record<string, object> = {}) {
  return Type.Unsafe({
    description: 'OK',
    type: 'object',
    required: ['data', 'has_more', 'next_cursor'],
    properties: {
      data: { type: 'array', items: schema, description: 'The objects of this page.' },
      has_more: { type: 'boolean', description: 'Whether there is more after this page.' },
      next_cursor: {
        type: 'string',
        nullable: true,
        description: 'For `starting_after`; null where there is no more.',
      },
      ...more,
    },
    additionalProperties: false,
  })
}

/** The refusal of a `starting_after` that no page of this list gave. */
export function invalidCursor(): Refusal {
  return invalid('starting_after', 'starting_after is not a next_cursor of this list.')
}

/** The position after which a page begins. @throws Refusal where `starting_after` is no cursor */
export function readCursor(after: string | undefined): Position | undefined {
  const position = after === undefined ? undefined : decodeCursor(after)
  if (after !== undefined && !position) throw invalidCursor()
  return position
}

/** The body of one page of rows, of which one more than `limit` was read, where there is one. */
export function pageOfRows<Row, T>(
  rows: Row[],
  limit: number,
  toBody: (row: Row) => T,
  positionOf: (row: Row) => Position,
) {
  const given = rows.slice(0, limit)
  const last = given.at(-1)
  return toPage(given.map(toBody), rows.length > limit, last && positionOf(last))
}

/** The body of one page; its cursor is the position of the last object that was read. */
export function toPage<T>(data: T[], hasMore: boolean, last: Position | undefined) {
  return { data, has_more: hasMore, next_cursor: hasMore && last ? encodeCursor(last) : null }
}
