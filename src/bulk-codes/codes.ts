import { randomInt } from 'node:crypto'
import { invalid } from '../lib/refusal.ts'
import type { BulkData } from './schema.ts'

/** Capital letters and digits without those that look alike: 0 O, 1 I L, 2 Z, 5 S, 8 B. */
export const alphabet = '34679ACDEFGHJKMNPQRTUVWXY'
const lengthDefault = 10
/** A guessed code is stolen money: of this many random guesses, at most one may hit. */
const guessesPerHit = 1_000_000

/** The given or random codes of a request. @throws Refusal for rules that no schema can express */
export function codesOf({ codes, count, prefix, length }: BulkData): string[] {
  if (codes !== undefined) {
    if (count !== undefined) throw invalid('data.count', 'Give either data.codes or data.count, not both.')
    if (prefix !== undefined) throw invalid('data.prefix', 'data.prefix goes with data.count, not with data.codes.')
    if (length !== undefined) throw invalid('data.length', 'data.length goes with data.count, not with data.codes.')
    checkDistinct(codes)
    return codes
  }
  if (count === undefined) throw invalid('data.codes', 'Give either data.codes or data.count.')
  checkUnguessable(count, length ?? lengthDefault)
  return randomCodes(count, prefix ?? '', length ?? lengthDefault)
}

function randomCodes(count: number, prefix: string, length: number): string[] {
  const made = new Set<string>()
  while (made.size < count) made.add(prefix + Array.from({ length }, randomCharacter).join(''))
  return [...made]
}

function randomCharacter(): string {
  return alphabet.charAt(randomInt(alphabet.length))
}

/** Stripe compares codes without regard to case. */
function checkDistinct(codes: string[]): void {
  const indexOf = new Map<string, number>()
  for (const [index, code] of codes.entries()) {
    const first = indexOf.get(code.toLowerCase())
    if (first !== undefined) {
      const param = `data.codes.${index}`
      throw invalid(param, `${param} is the same code as data.codes.${first}: case does not count.`)
    }
    indexOf.set(code.toLowerCase(), index)
  }
}

function checkUnguessable(count: number, length: number): void {
  const least = Math.ceil(Math.log(count * guessesPerHit) / Math.log(alphabet.length))
  if (length >= least) return
  throw invalid('data.length', `data.length must be at least ${least} for ${count} codes that nobody can guess.`)
}
