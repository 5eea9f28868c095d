import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** The Ed25519 key in a PEM file that signs seals. @throws where the file cannot be read or holds another key */
export function readSealKey(file: string): KeyObject {
  return ed25519(file, createPrivateKey)
}

/** The Ed25519 key in a PEM file that checks the signatures of seals. @throws as `readSealKey` does */
export function readPublicKey(file: string): KeyObject {
  return ed25519(file, createPublicKey)
}

function ed25519(file: string, create: (pem: Buffer) => KeyObject): KeyObject {
  try {
    const key = create(readFileSync(file))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (cause) {
    throw new Error(`${file} cannot be read as an Ed25519 key.`, { cause })
  }
  throw new Error(`${file} is not an Ed25519 key.`)
}
