import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { digestOfEvent, digestsOf, contentOf, type EventRow, hashSeal } from './seal.ts'

const event = (more: Partial<EventRow> = {}) =>
  ({ type: 'coupon.create.started', seq: 7, at: 5, actor: 'api_key', message: null, ...more }) as EventRow
const sha256 = (text: string) => createHash('sha256').update(text).digest()

const first = '{"actor":"api_key","at":5,"seq":7,"type":"coupon.create.started"}'
const second = '{"actor":"api_key","at":5,"message":"é","seq":9,"type":"coupon.create.started"}'

test('the evidence over events is of their canonical JSON, without the columns that are null', () => {
  const digest = (text: string) => sha256(text).subarray(0, 8).toString('base64url')
  expect(contentOf([event(), event({ seq: 9, message: 'é' })])).toEqual({
    last_seq: 9,
    count: 2,
    events_hash: sha256(`${first}\n${second}\n`).toString('hex'),
    digests: `7:${digest(first)} 9:${digest(second)}`,
  })
  expect(digestOfEvent(event())).toBe(digest(first))
})

test('a seal needs an event', () => {
  expect(() => contentOf([])).toThrow('A seal needs an event.')
})

test('the digests of a seal are read back by their seq', () => {
  const { digests } = contentOf([event(), event({ seq: 9 })])
  expect(digestsOf({ digests })).toEqual(
    new Map([
      [7, digestOfEvent(event())],
      [9, digestOfEvent(event({ seq: 9 }))],
    ]),
  )
})

const seal = {
  number: 2,
  at: 5,
  last_seq: 9,
  count: 2,
  events_hash: 'ab',
  digests: '7:x 9:y',
  previous_hash: null,
}

test('the hash of a seal is of its canonical JSON (RFC 8785), and not of what changes later', () => {
  const canonical =
    '{"at":5,"count":2,"digests":"7:x 9:y","events_hash":"ab","last_seq":9,"number":2,"previous_hash":null}'
  expect(hashSeal(seal)).toBe(sha256(canonical).toString('hex'))
  expect(hashSeal(Object.assign({ signature: 's', events_removed_at: 1 }, seal))).toBe(hashSeal(seal))
})

test('whatever else changes in a seal changes its hash', () => {
  for (const field of Object.keys(seal)) expect(hashSeal({ ...seal, [field]: 'other' }), field).not.toBe(hashSeal(seal))
})
