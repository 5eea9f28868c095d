import { hash } from 'node:crypto'

/** What of the terms an event keeps: a longer text is kept as its digest. */
const termsBytesMax = 1_024

/** The columns of an event for what was asked: its JSON, or the SHA-256 of that beyond 1,024 bytes. */
export function keptTerms(terms: object): { terms: string } | { terms_digest: string } {
  const text = JSON.stringify(terms)
  if (Buffer.byteLength(text) <= termsBytesMax) return { terms: text }
  return { terms_digest: hash('sha256', text) }
}
