import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder } from '../../test/support/process.ts'
import { readPublicKey, readSealKey } from './seal-key.ts'

const write = (pem: string | Buffer) => {
  const file = join(newFolder(), 'key.pem')
  writeFileSync(file, pem)
  return file
}

test('an Ed25519 key is read from its PEM file, to sign and to check', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const seal = write(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  expect(readSealKey(seal).equals(privateKey)).toBe(true)
  expect(readPublicKey(write(publicKey.export({ type: 'spki', format: 'pem' }))).equals(publicKey)).toBe(true)
})

test('another key is refused', () => {
  const { privateKey } = generateKeyPairSync('x25519')
  const file = write(privateKey.export({ type: 'pkcs8', format: 'pem' }))
  expect(() => readSealKey(file)).toThrow(`${file} is not an Ed25519 key.`)
})

test('what cannot be read as a key is refused, with the reason', () => {
  for (const file of ['/nowhere/key.pem', write('no key')]) {
    const message = `${file} cannot be read as an Ed25519 key.`
    expect(() => readSealKey(file)).toThrow(expect.objectContaining({ message, cause: expect.any(Error) }))
  }
})
