import { describe, expect, test } from 'vitest'
import { alphabet, codesOf } from './codes.ts'

const refusalFor = (data: Parameters<typeof codesOf>[0]): unknown => {
  try {
    codesOf(data)
    return undefined
  } catch (error) {
    return error
  }
}

test('no character of a random code looks like another', () => {
  for (const [one, other] of ['0O', '0Q', '1I', '1L', 'IL', '2Z', '5S', '8B'].map((pair) => pair.split(''))) {
    expect(alphabet.includes(one ?? '') && alphabet.includes(other ?? '')).toBe(false)
  }
  expect(new Set(alphabet.toLowerCase()).size).toBe(alphabet.length)
})

test('random codes have the prefix, the length and only characters of the alphabet, and no two are the same', () => {
  const codes = codesOf({ count: 1_000, prefix: 'SUMMER-', length: 7 })
  expect(new Set(codes).size).toBe(1_000)
  for (const code of codes) expect(code).toMatch(new RegExp(`^SUMMER-[${alphabet}]{7}$`))
})

test('a random code has ten characters where nothing is said', () => {
  expect(codesOf({ count: 1 })[0]).toHaveLength(10)
})

test('random codes use the whole alphabet', () => {
  expect(new Set(codesOf({ count: 1_000, length: 32 }).join('')).size).toBe(alphabet.length)
})

test('given codes stay as they were given', () => {
  const codes = ['anna', 'BEN-2026', '-1']
  expect(codesOf({ codes })).toEqual(codes)
})

describe('refuses', () => {
  test.each<[string, Parameters<typeof codesOf>[0], string]>([
    ['neither codes nor a count', {}, 'data.codes'],
    ['codes and a count', { codes: ['A'], count: 1 }, 'data.count'],
    ['codes and a prefix', { codes: ['A'], prefix: 'A' }, 'data.prefix'],
    ['codes and a length', { codes: ['A'], length: 10 }, 'data.length'],
    ['two codes that differ in their case alone', { codes: ['a', 'B', 'A'] }, 'data.codes.2'],
    ['more codes than six characters can hide', { count: 245, length: 6 }, 'data.length'],
  ])('%s', (_, data, param) => {
    expect(refusalFor(data)).toMatchObject({ code: 'invalid_request', param })
  })

  test('a length that is too small, and says which is enough', () => {
    expect(refusalFor({ count: 1_000, length: 6 })).toMatchObject({ message: expect.stringContaining('at least 7') })
    expect(codesOf({ count: 1_000, length: 7 })).toHaveLength(1_000)
    expect(codesOf({ count: 244, length: 6 })).toHaveLength(244)
  })
})
