/** Counts code points rather than UTF-16 units. Guessed, because Stripe is written in Ruby. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

/** Shortens a caller's value for use in an error message. */
export function excerpt(value: unknown, lengthMax = 40): string {
  return typeof value === 'string' ? value.slice(0, lengthMax).toWellFormed() : 'object'
}
