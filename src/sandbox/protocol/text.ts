/** Characters as Stripe counts them: code points and not UTF-16 units (a guess, from its being written in Ruby). */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

/** A piece of the caller's text that is fit for a message. */
export function shown(value: unknown, lengthMax = 40): string {
  return typeof value === 'string' ? value.slice(0, lengthMax).toWellFormed() : 'object'
}
