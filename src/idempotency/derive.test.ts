import { expect, test } from 'vitest'
import { deriveKey, digestOf } from './derive.ts'

const account = { agencyId: 'ag_1', id: 'acct_1' }

test('the key for Stripe is the same in every release', () => {
  // As `printf '["ag_1","acct_1","coupon.create","order-1"]' | sha256sum` has it.
  expect(deriveKey(account, 'coupon.create', 'order-1')).toBe(
    '03d91dcebefcfd53462d6da15694fb6a4975abd7a7920d5d8fcf9a0ec82972cc',
  )
})

test('another agency, account, operation or key is another key for Stripe', () => {
  const keys = [
    deriveKey(account, 'coupon.create', 'order-1'),
    deriveKey({ ...account, agencyId: 'ag_2' }, 'coupon.create', 'order-1'),
    deriveKey({ ...account, id: 'acct_2' }, 'coupon.create', 'order-1'),
    deriveKey(account, 'coupon.update', 'order-1'),
    deriveKey(account, 'coupon.create', 'order-2'),
  ]
  expect(new Set(keys).size).toBe(keys.length)
})

test('equal fields have one digest, in whatever order their keys come, at any depth', () => {
  const fields = { name: 'Ten', metadata: { a: '1', b: '2' }, percent_off: 10 }
  const shuffled = { percent_off: 10, metadata: { b: '2', a: '1' }, name: 'Ten' }
  expect(digestOf(shuffled)).toBe(digestOf(fields))
  expect(digestOf([null, shuffled])).toBe(digestOf([null, fields]))
})

test('the digest is the same in every release: the journal keeps it', () => {
  // As `printf '{"a":{"c":3,"d":4},"b":1}' | sha256sum` has it.
  expect(digestOf({ b: 1, a: { d: 4, c: 3 } })).toBe('943d56ce0b02b80a8afcd12d849426226b68f2d8cd2840af8f6f93067f14c360')
})

test.each([
  ['another value', { a: 1 }, { a: 2 }],
  ['another key', { a: 1 }, { b: 1 }],
  ['null and nothing', { a: null }, {}],
  ['null and an empty object', { a: null }, { a: {} }],
  ['a list and an object', { a: ['x'] }, { a: { 0: 'x' } }],
  ['another order of a list', ['a', 'b'], ['b', 'a']],
  ['text and a number', { a: '1' }, { a: 1 }],
])('%s is told apart', (_, one, other) => {
  expect(digestOf(one)).not.toBe(digestOf(other))
})
