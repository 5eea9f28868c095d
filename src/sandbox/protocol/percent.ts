import { invalid } from './errors.ts'
import { refuseEmpty, type Reader } from './params.ts'
import { excerpt } from './text.ts'

/** Formats a percentage as Stripe does. Recorded: percentages are floats on the wire, ten is 10.0. */
function float(number: number): string {
  return Number.isInteger(number) ? `${number}.0` : String(number)
}

/**
 * A percentage from 0.01 to 100 with two decimals. Recorded: the refusal of 0. Documented: the maximum and the two
 * decimals. Guessed: the wording for those, and that a third decimal is refused rather than rounded.
 */
export const percent: Reader<number> = {
  read(value, name) {
    refuseEmpty(value, name)
    const number = typeof value === 'string' && /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(value) ? Number(value) : Number.NaN
    if (!Number.isFinite(number)) throw invalid(`Invalid decimal: ${excerpt(value)}`, name)
    if (number < 0.01) {
      throw invalid(`This value must be greater than or equal to 0.01 (it currently is '${float(number + 0)}').`, name)
    }
    if (number > 100) {
      throw invalid(`This value must be less than or equal to 100 (it currently is '${float(number)}').`, name)
    }
    if (Math.round(number * 100) / 100 !== number) {
      throw invalid(`Invalid decimal: ${excerpt(value)}; must contain at most 2 decimal places.`, name)
    }
    return number
  },
}

/** Rewrites the percentages of a serialized answer as floats. A string value cannot match, because JSON escapes its quotes. */
export function withFloats(json: string): string {
  return json.replaceAll(/"percent_off":(\d+)(?=[,}])/g, '"percent_off":$1.0')
}
