import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { type EventRow, contentOf, hashSeal, type Seal } from './seal.ts'
import { verifySeals } from './verify.ts'

const event = (seq: number, message = 'as it was') =>
  ({ seq, id: `evt_${seq}`, type: 'coupon.create.started', message }) as EventRow

/** Seals over these events, each chained to the one before, as a journal holds them. */
function seal(...groups: EventRow[][]): { seal: Seal; events: EventRow[] }[] {
  let previous_hash: string | null = null
  return groups.map((events, index) => {
    const content = { number: index + 1, at: Date.UTC(2026, 1, index + 1), ...contentOf(events), previous_hash }
    const hash = hashSeal(content)
    previous_hash = hash
    return { seal: { ...content, hash, signature: null, events_removed_at: null }, events }
  })
}

/** What verifying says of the seals with what the test has made of them. */
async function verify(all: { seal: Seal | undefined; events: EventRow[] }[], publicKey?: KeyObject) {
  async function* stored() {
    yield* all
  }
  return await verifySeals(stored(), publicKey)
}
const two = () => seal([event(1), event(2)], [event(4)])
const under = (number: number) => `under seal ${number}, of 2026-02-0${number}T00:00:00.000Z`

test('a journal that nobody has touched is good, and what is not sealed yet is counted apart', async () => {
  const report = { seals: 2, events: 3, removedByRetention: 0, unsealed: 0, signedUpTo: 0, finding: undefined }
  expect(await verify(two())).toEqual(report)
  const later = [5, 6].map((seq) => ({ seal: undefined, events: [event(seq), event(seq + 10)] }))
  expect(await verify([...two(), ...later])).toEqual({ ...report, unsealed: 4 })
  expect(await verify([])).toEqual({ ...report, seals: 0, events: 0 })
})

test.each<[string, (all: ReturnType<typeof two>) => unknown, string]>([
  [
    'an event that was changed',
    ([, last]) => last?.events.splice(0, 1, event(4, 'forged')),
    `The event evt_4 (coupon.create.started, seq 4) was changed ${under(2)}.`,
  ],
  ['an event that was removed', ([first]) => first?.events.shift(), `The event with seq 1 was removed ${under(1)}.`],
  [
    'the first in order of what is wrong',
    ([first]) => first?.events.splice(0, 2, event(0)),
    `The event evt_0 (coupon.create.started, seq 0) was slipped in ${under(1)}.`,
  ],
  [
    'an event that was slipped in',
    ([, last]) => last?.events.unshift(event(3)),
    `The event evt_3 (coupon.create.started, seq 3) was slipped in ${under(2)}.`,
  ],
  ['a seal that was removed', (all) => all.shift(), 'Seal 1 was removed.'],
  ['a seal that was changed', ([first]) => first && (first.seal.at += 1), 'Seal 1 was changed.'],
])('%s is named', async (_, change, finding) => {
  const all = two()
  change(all)
  expect((await verify(all)).finding).toBe(finding)
})

test('a finding ends the count', async () => {
  const all = two()
  all[1]?.events.shift()
  expect(await verify(all)).toMatchObject({ seals: 1, events: 2 })
})

test('a seal that another one was put before, or that was put in the place of another, does not follow', async () => {
  const [, last] = two()
  const [other] = seal([event(1, 'forged')])
  if (!last || !other) throw new Error('There are no seals.')
  const finding = 'Seal 2 does not follow the seal before it: one of the two was replaced.'
  expect((await verify([other, last])).finding).toBe(finding)
})

test.each(['events_hash', 'count', 'last_seq'] as const)(
  'a seal whose %s is not that of its events is found out',
  async (field) => {
    const [first] = two()
    if (!first) throw new Error('There is no seal.')
    const forged = { ...first.seal, [field]: field === 'events_hash' ? 'forged' : 99 }
    const again = { seal: { ...forged, hash: hashSeal(forged) }, events: first.events }
    expect((await verify([again])).finding).toBe(`An event ${under(1)} was changed.`)
  },
)

test('of events that retention removed only the number is known, and one that stands there was slipped in', async () => {
  const [first, last] = two()
  if (!first || !last) throw new Error('There are no seals.')
  first.seal.events_removed_at = 5
  first.events.length = 0
  expect(await verify([first, last])).toMatchObject({ seals: 2, events: 1, removedByRetention: 2, finding: undefined })
  first.events.push(event(1))
  expect((await verify([first, last])).finding).toBe(
    `The event evt_1 (coupon.create.started, seq 1) was slipped in ${under(1)}, whose events retention removed.`,
  )
})

test('a good signature vouches for every seal before it, and what comes after the last one is told', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const stranger = generateKeyPairSync('ed25519').publicKey
  const [first, last] = two()
  if (!first || !last) throw new Error('There are no seals.')
  const signatureOf = (one: Seal) => sign(null, Buffer.from(one.hash), privateKey).toString('base64')
  const unsigned = (number: number) => `Seal ${number} and those after it carry no good signature of this key.`
  expect(await verify([first, last], publicKey)).toMatchObject({ signedUpTo: 0, finding: unsigned(1) })
  first.seal.signature = signatureOf(first.seal)
  expect(await verify([first, last], publicKey)).toMatchObject({ signedUpTo: 1, finding: unsigned(2) })
  last.seal.signature = signatureOf(last.seal)
  expect(await verify([first, last], publicKey)).toMatchObject({ signedUpTo: 2, finding: undefined })
  expect(await verify([first, last], stranger)).toMatchObject({ signedUpTo: 0, finding: unsigned(1) })
  expect(await verify([first, last])).toMatchObject({ signedUpTo: 0, finding: undefined })
  expect(await verify([], publicKey)).toMatchObject({ signedUpTo: 0, finding: undefined })
})
