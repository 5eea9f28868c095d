import { StripeError } from './errors.ts'

/** A tree of property names that may be, or are to be, expanded. */
export type Expansion = { [name: string]: Expansion }

function refused(message: string): StripeError {
  return new StripeError(message)
}

/**
 * Parses `expand[]`. Told: an unknown property is 400 without code or param, with a hint on lists; at most four levels.
 * Guessed: the wording for more levels.
 */
export function readExpand(paths: unknown, allowed: Expansion, isList: boolean): Expansion {
  const wanted: Expansion = {}
  for (const path of Array.isArray(paths) ? paths.map(String) : []) {
    const names = path.split('.')
    if (names.length > 4) throw refused(`You cannot expand more than 4 levels of a property. Property: ${path}`)
    const inData = isList && names[0] === 'data'
    let level = allowed
    let into = wanted
    for (const name of isList ? names.slice(inData ? 1 : 0) : names) {
      const next = Object.hasOwn(level, name) ? level[name] : undefined
      if (next === undefined || (isList && !inData)) {
        const hint =
          isList && !inData && Object.hasOwn(allowed, names[0] ?? '')
            ? ` You may want to try expanding 'data.${path}' instead.`
            : ''
        throw refused(`This property cannot be expanded (${path}).${hint}`)
      }
      into = into[name] ??= {}
      level = next
    }
  }
  return wanted
}
