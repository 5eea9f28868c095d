import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashApiKey, isApiKey, mintApiKey } from './api-key.ts'

test('a key is CD., 32 hex digits and their CRC-32', () => {
  expect(mintApiKey()).toMatch(/^CD\.[0-9a-f]{40}$/)
  expect(isApiKey(mintApiKey())).toBe(true)
  // The CRC-32 of these digits as Python's binascii has it.
  expect(isApiKey('CD.0123456789abcdef0123456789abcdef7759b50e')).toBe(true)
  expect(isApiKey('CD.000000000000000000000000000000230bcda1e8')).toBe(true)
})

test('no two keys are the same', () => {
  expect(new Set(Array.from({ length: 1_000 }, mintApiKey)).size).toBe(1_000)
})

test('one wrong, missing or added digit makes it no key', () => {
  const key = mintApiKey()
  for (let at = 3; at < key.length; at += 1) {
    const wrong = key[at] === '0' ? '1' : '0'
    expect(isApiKey(key.slice(0, at) + wrong + key.slice(at + 1)), `digit ${at}`).toBe(false)
  }
  for (const other of [key.slice(0, -1), `${key}0`, ` ${key}`, `${key}\n`, key.slice(3), key.toUpperCase(), '']) {
    expect(isApiKey(other), JSON.stringify(other)).toBe(false)
  }
})

test('what is stored is the SHA-256 of the key', () => {
  const key = mintApiKey()
  expect(hashApiKey(key)).toBe(createHash('sha256').update(key).digest('hex'))
})
