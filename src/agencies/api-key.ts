import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * A new API key: `CD.`, 32 random hex digits, and the CRC-32 of those digits as 8 more, so that a mistyped or invented
 * key is known for one without a look-up.
 */
export function mintApiKey(): string {
  const digits = randomBytes(16).toString('hex')
  return `CD.${digits}${checksum(digits)}`
}

/** Whether the text has the shape and the checksum of a key; says nothing of whether the key exists. */
export function isApiKey(text: string): boolean {
  const parts = /^CD\.([0-9a-f]{32})([0-9a-f]{8})$/.exec(text)
  return parts?.[1] !== undefined && checksum(parts[1]) === parts[2]
}

/** What is stored of a key. 128 random bits need no salt and no slow hash. */
export function hashApiKey(key: string): string {
  return hash('sha256', key)
}

function checksum(digits: string): string {
  return crc32(digits).toString(16).padStart(8, '0')
}
