import { invalid } from './errors.ts'
import { isMap, type FormMap, type FormValue } from './form.ts'
import { lengthOf, excerpt } from './text.ts'

/** Parses one declared parameter. `read` returns its value or throws; `undeclared` collects unknown names nested in it. */
export type Reader<T> = {
  read(value: FormValue, name: string): T
  undeclared?(value: FormValue, name: string, found: string[]): void
  required?: true
}
export type Shape = Record<string, Reader<unknown>>
type Read<R> = R extends Reader<infer T> ? T : never
export type Values<S extends Shape> = {
  [K in keyof S as S[K] extends { required: true } ? K : never]: Read<S[K]>
} & { [K in keyof S as S[K] extends { required: true } ? never : K]?: Read<S[K]> }

function inner(parent: string, key: string): string {
  return parent === '' ? key : `${parent}[${key}]`
}

function collectUndeclared(shape: Shape, map: FormMap, parent: string, found: string[]): void {
  for (const key in map) {
    const value = map[key]
    if (value === undefined) continue
    const reader = Object.hasOwn(shape, key) ? shape[key] : undefined
    if (reader === undefined) found.push(inner(parent, key))
    else reader.undeclared?.(value, inner(parent, key), found)
  }
}

function readShape<S extends Shape>(shape: S, map: FormMap, parent: string): Values<S> {
  const values: Record<string, unknown> = {}
  for (const key in shape) {
    const reader = shape[key]
    if (reader === undefined) continue
    const value = map[key]
    const name = inner(parent, key)
    if (value !== undefined) values[key] = reader.read(value, name)
    else if (reader.required) throw invalid(`Missing required param: ${name}.`, name, 'parameter_missing')
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was just parsed by the shape's own reader
  return values as Values<S>
}

/**
 * Parses the parameters of one endpoint. Recorded: unknown parameters are refused, on GET too, nested names in brackets.
 * Told: unknown ones are reported before bad values, which come one at a time in declaration order. Guessed: the plural.
 */
export function readParams<S extends Shape>(shape: S, form: FormMap): Values<S> {
  const found: string[] = []
  collectUndeclared(shape, form, '', found)
  if (found.length > 0) {
    const words = found.length === 1 ? 'parameter' : 'parameters'
    throw invalid(
      `Received unknown ${words}: ${found.slice(0, 10).join(', ')}`,
      found[0] || undefined,
      'parameter_unknown',
    )
  }
  return readShape(shape, form, '')
}

export function required<T>(reader: Reader<T>): Reader<T> & { required: true } {
  return { ...reader, required: true }
}

/** Refuses an empty string for a parameter that cannot be unset. Told: the wording. */
export function refuseEmpty(value: FormValue, name: string): void {
  if (value !== '') return
  throw invalid(
    `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`,
    name,
    'parameter_invalid_empty',
  )
}

/** Accepts `reader`'s values and the empty string, which the SDKs send for null. */
export function unsettable<T>(reader: Reader<T>): Reader<T | ''> {
  return { ...reader, read: (value, name) => (value === '' ? '' : reader.read(value, name)) }
}

/** The value after an update: an absent parameter keeps it, an empty string clears it. */
export function updated<T>(before: T | null | undefined, given: T | '' | undefined): T | null {
  return given === undefined ? (before ?? null) : given === '' ? null : given
}

/** A string of up to `lengthMax` characters. Told: a longer one is quoted by its first and last ten characters. */
export function string(lengthMax = 5000): Reader<string> {
  return {
    read(value, name) {
      refuseEmpty(value, name)
      if (typeof value !== 'string') throw invalid('Invalid string', name)
      if (value.length > lengthMax && lengthOf(value) > lengthMax) {
        const quoted = value.length > 20 ? `${value.slice(0, 10)}...${value.slice(-10)}` : value
        throw invalid(`Invalid string: ${quoted.toWellFormed()}; must be at most ${lengthMax} characters`, name)
      }
      return value
    },
  }
}

/** A safe integer of at least `min`. Recorded: `Invalid integer: abc`. Told, of a charge: the wording below the minimum. */
export function integer(min = Number.MIN_SAFE_INTEGER): Reader<number> {
  return {
    read(value, name) {
      refuseEmpty(value, name)
      const number = typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN
      if (!Number.isSafeInteger(number)) {
        throw invalid(`Invalid integer: ${excerpt(value)}`, name, 'parameter_invalid_integer')
      }
      if (number < min) {
        throw invalid(`This value must be greater than or equal to ${min}.`, name, 'parameter_invalid_integer')
      }
      return number + 0
    },
  }
}

/** A boolean. Guessed: case does not matter, since one of the SDKs once sent True. */
export const boolean: Reader<boolean> = {
  read(value, name) {
    refuseEmpty(value, name)
    const word = typeof value === 'string' ? value.toLowerCase() : ''
    if (word !== 'true' && word !== 'false') throw invalid(`Invalid boolean: ${excerpt(value)}`, name)
    return word === 'true'
  },
}

/** One of several values. Recorded: refused without a code, the choices in Stripe's order with a comma before "or". */
export function oneOf<const T extends string>(...choices: T[]): Reader<T> {
  const last = choices.at(-1)
  const listed = choices.length === 1 ? last : `${choices.slice(0, -1).join(', ')}, or ${last}`
  return {
    read(value, name) {
      refuseEmpty(value, name)
      const choice = choices.find((one) => one === value)
      if (choice === undefined) throw invalid(`Invalid ${name}: must be one of ${listed}`, name)
      return choice
    },
  }
}

/** A nested object. Recorded: a scalar in its place is `Invalid object`, without a code. */
export function hash<S extends Shape>(shape: S): Reader<Values<S>> {
  return {
    undeclared(value, name, found) {
      if (isMap(value)) collectUndeclared(shape, value, name, found)
    },
    read(value, name) {
      refuseEmpty(value, name)
      if (!isMap(value)) throw invalid('Invalid object', name)
      return readShape(shape, value, name)
    },
  }
}

/** A list of up to `itemsMax`, sent as `a[]=` or, as the SDKs do, `a[0]=`. Guessed: the wording for a scalar and too many items. */
export function list<T>(reader: Reader<T>, itemsMax = 1000): Reader<T[]> {
  return {
    read(value, name) {
      if (value === '') return []
      const isIndexed = isMap(value) && Object.keys(value).every((key) => /^\d+$/.test(key))
      if (!isIndexed && !Array.isArray(value)) throw invalid('Invalid array', name)
      const items: FormValue[] = Object.values(value)
      if (items.length > itemsMax) throw invalid(`Invalid array: must have at most ${itemsMax} items`, name)
      return items.map((item, index) => reader.read(item, `${name}[${index}]`))
    },
  }
}
