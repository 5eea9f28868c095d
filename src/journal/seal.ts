import { createHash, hash as hashOnce } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { Selectable } from 'kysely'
import type { Tables } from '../database/tables.ts'

export type EventRow = Selectable<Tables['events']>
export type Seal = Selectable<Tables['seals']>

type Content = Pick<Seal, 'last_seq' | 'count' | 'events_hash' | 'digests'>

/** What a seal says of the events, in the order of `seq`; at least one. */
export function contentOf(events: EventRow[]): Content {
  const hash = createHash('sha256')
  const digests: string[] = []
  const columns = columnsOf(events)
  for (const event of events) {
    const text = canonicalEvent(event, columns)
    hash.update(`${text}\n`)
    digests.push(`${event.seq}:${digestOf(text)}`)
  }
  const last = events.at(-1)
  if (!last) throw new Error('A seal needs an event.')
  return { last_seq: last.seq, count: events.length, events_hash: hash.digest('hex'), digests: digests.join(' ') }
}

/** The hash of a seal: SHA-256 over the canonical JSON (RFC 8785) of everything that does not change later. */
export function hashSeal(seal: Omit<Seal, 'hash' | 'signature' | 'events_removed_at'>): string {
  const { number, at, last_seq, count, events_hash, digests, previous_hash } = seal
  return hashOnce('sha256', canonical({ number, at, last_seq, count, events_hash, digests, previous_hash }))
}

/** The digests of a seal's events by their `seq`. */
export function digestsOf({ digests }: Pick<Seal, 'digests'>): Map<number, string> {
  return new Map(
    digests.split(' ').map((pair) => {
      const [seq = '', digest = ''] = pair.split(':')
      return [Number(seq), digest]
    }),
  )
}

/** The first 64 bits of the event's SHA-256: enough to find the event, since the seal's own hash covers it in full. */
export function digestOfEvent(event: EventRow): string {
  return digestOf(canonicalEvent(event, columnsOf([event])))
}

function digestOf(text: string): string {
  return hashOnce('sha256', text, 'buffer').subarray(0, 8).toString('base64url')
}

/** The columns of the rows of one query, in the order of RFC 8785. */
function columnsOf([row = {}]: object[]): string[] {
  return Object.keys(row).toSorted()
}

/** Without the columns that are null, so that a later release can add columns. */
function canonicalEvent(event: Record<string, unknown>, columns: string[]): string {
  const members: string[] = []
  for (const column of columns) {
    const value = event[column]
    // Of texts and whole numbers JSON.stringify is canonical, and much quicker.
    if (value !== null) members.push(`"${column}":${JSON.stringify(value)}`)
  }
  return `{${members.join(',')}}`
}

function canonical(value: object): string {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('The value has no canonical JSON.')
  return text
}
