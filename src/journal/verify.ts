import { type KeyObject, verify } from 'node:crypto'
import { digestOfEvent, digestsOf, type EventRow, contentOf, hashSeal, type Seal } from './seal.ts'

export type Report = {
  seals: number
  events: number
  /** Events whose whole seals retention has emptied. */
  removedByRetention: number
  /** Events after the last seal, of which nothing can be said yet. */
  unsealed: number
  /** The number of the last seal with a good signature, which vouches for all before it; 0 for none. */
  signedUpTo: number
  /** What is wrong first, in one sentence; undefined where nothing is. */
  finding: string | undefined
}

type Sealed = AsyncIterable<{ seal: Seal | undefined; events: EventRow[] }>

/** Holds the events against their seals, and the seals against each other, up to the first that is wrong. */
export async function verifySeals(sealed: Sealed, publicKey?: KeyObject): Promise<Report> {
  const report: Report = { seals: 0, events: 0, removedByRetention: 0, unsealed: 0, signedUpTo: 0, finding: undefined }
  let previous: Seal | undefined
  for await (const { seal, events } of sealed) {
    if (!seal) {
      report.unsealed += events.length
      continue
    }
    report.finding = wrongInSeal(seal, previous) ?? wrongInEvents(seal, events)
    if (report.finding !== undefined) return report
    report.seals += 1
    if (seal.events_removed_at === null) report.events += seal.count
    else report.removedByRetention += seal.count
    if (publicKey && isSigned(seal, publicKey)) report.signedUpTo = seal.number
    previous = seal
  }
  if (publicKey && report.signedUpTo < (previous?.number ?? 0)) {
    report.finding = `Seal ${report.signedUpTo + 1} and those after it carry no good signature of this key.`
  }
  return report
}

function wrongInSeal(seal: Seal, previous: Seal | undefined): string | undefined {
  const expected = (previous?.number ?? 0) + 1
  if (seal.number !== expected) return `Seal ${expected} was removed.`
  if (hashSeal(seal) !== seal.hash) return `Seal ${seal.number} was changed.`
  if (seal.previous_hash === (previous?.hash ?? null)) return undefined
  return `Seal ${seal.number} does not follow the seal before it: one of the two was replaced.`
}

function wrongInEvents(seal: Seal, events: EventRow[]): string | undefined {
  const under = `under seal ${seal.number}, of ${new Date(seal.at).toISOString()}`
  const [first] = events
  if (seal.events_removed_at !== null) {
    return first && `${nameOf(first)} was slipped in ${under}, whose events retention removed.`
  }
  const expected = digestsOf(seal)
  const found = new Map(events.map((event) => [event.seq, event]))
  for (const seq of [...new Set([...expected.keys(), ...found.keys()])].toSorted((a, b) => a - b)) {
    const event = found.get(seq)
    if (!event) return `The event with seq ${seq} was removed ${under}.`
    if (!expected.has(seq)) return `${nameOf(event)} was slipped in ${under}.`
    if (expected.get(seq) !== digestOfEvent(event)) return `${nameOf(event)} was changed ${under}.`
  }
  const { events_hash, count, last_seq } = contentOf(events)
  const isSame = events_hash === seal.events_hash && count === seal.count && last_seq === seal.last_seq
  return isSame ? undefined : `An event ${under} was changed.`
}

function nameOf({ id, seq, type }: EventRow): string {
  return `The event ${id} (${type}, seq ${seq})`
}

function isSigned({ hash, signature }: Seal, publicKey: KeyObject): boolean {
  return signature !== null && verify(null, Buffer.from(hash), publicKey, Buffer.from(signature, 'base64'))
}
