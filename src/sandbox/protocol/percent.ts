import { invalid } from './errors.ts'
import { refuseEmpty, type Reader } from './params.ts'
import { shown } from './text.ts'

/** Recorded: percentages are floats on the wire, ten is 10.0. */
function float(number: number): string {
  return Number.isInteger(number) ? `${number}.0` : String(number)
}

/**
 * Recorded: 0 is below the least of 0.01, and in what words. Documented: 100 at most and two decimals; the words for
 * these, and that a third decimal is refused and not rounded, are guesses.
 */
export const percent: Reader<number> = {
  read(value, name) {
    refuseEmpty(value, name)
    const number = typeof value === 'string' && /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : Number.NaN
    if (!Number.isFinite(number)) throw invalid(`Invalid decimal: ${shown(value)}`, name)
    if (number < 0.01) {
      throw invalid(`This value must be greater than or equal to 0.01 (it currently is '${float(number + 0)}').`, name)
    }
    if (number > 100) {
      throw invalid(`This value must be less than or equal to 100 (it currently is '${float(number)}').`, name)
    }
    if (Math.round(number * 100) / 100 !== number) {
      throw invalid(`Invalid decimal: ${shown(value)}; must contain at most 2 decimal places.`, name)
    }
    return number
  },
}

/** Writes the percentages of an answer as floats; only a key can look like this, since texts have their quotes escaped. */
export function withFloats(json: string): string {
  return json.replaceAll(/"percent_off":(\d+)(?=[,}])/g, '"percent_off":$1.0')
}
