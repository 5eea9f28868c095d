import { Refusal } from '../lib/refusal.ts'

/** An answer of Stripe's that was not read to its end. */
export class AnswerTooLarge extends Error {}

/** The catch handler of a list whose caller chooses how many to give. */
export function askForFewer(error: unknown): never {
  if (!(error instanceof Refusal) || !(error.cause instanceof AnswerTooLarge)) throw error
  const message = 'Stripe’s answer was too large to be read. Ask for fewer at a time with limit.'
  throw new Refusal('invalid_request', message, { param: 'limit', cause: error.cause })
}
