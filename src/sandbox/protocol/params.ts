import { invalid } from './errors.ts'
import { isMap, type FormMap, type FormValue } from './form.ts'
import { lengthOf, shown } from './text.ts'

/** How one declared parameter is read: `read` gives its value or refuses it, `undeclared` collects unknown names inside. */
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
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just read, name by name, from this very shape
  return values as Values<S>
}

/**
 * Reads the parameters of one endpoint. Recorded: an undeclared parameter is refused (on GET too), nested names in
 * brackets. Told: undeclared ones before bad values, then one at a time in the order of declaration. Guessed: the plural.
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

/** Told: what an empty string for a parameter that cannot be unset is answered with. */
export function refuseEmpty(value: FormValue, name: string): void {
  if (value !== '') return
  throw invalid(
    `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`,
    name,
    'parameter_invalid_empty',
  )
}

/** Takes `reader`'s values and the empty string, by which the SDKs send null. */
export function unsettable<T>(reader: Reader<T>): Reader<T | ''> {
  return { ...reader, read: (value, name) => (value === '' ? '' : reader.read(value, name)) }
}

/** Told: too long a text is quoted by its first and last ten characters. */
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

/** Recorded: `Invalid integer: abc`, parameter_invalid_integer. The words for one below the least are told, of a charge. */
export function integer(min = Number.MIN_SAFE_INTEGER): Reader<number> {
  return {
    read(value, name) {
      refuseEmpty(value, name)
      const number = typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN
      if (!Number.isSafeInteger(number)) {
        throw invalid(`Invalid integer: ${shown(value)}`, name, 'parameter_invalid_integer')
      }
      if (number < min) {
        throw invalid(`This value must be greater than or equal to ${min}.`, name, 'parameter_invalid_integer')
      }
      return number + 0
    },
  }
}

/** Guessed: taken whatever the case, since one of the SDKs once wrote True. */
export const boolean: Reader<boolean> = {
  read(value, name) {
    refuseEmpty(value, name)
    const word = typeof value === 'string' ? value.toLowerCase() : ''
    if (word !== 'true' && word !== 'false') throw invalid(`Invalid boolean: ${shown(value)}`, name)
    return word === 'true'
  },
}

/** Recorded: 400 without a code, the choices in Stripe's order with a comma before "or". */
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

/** Recorded: a scalar where a map belongs is `Invalid object`, without a code. */
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

/** A list, sent as `a[]=` or, as the SDKs do, `a[0]=`. Guessed: the words for a scalar. */
export function list<T>(reader: Reader<T>): Reader<T[]> {
  return {
    read(value, name) {
      if (value === '') return []
      const isIndexed = isMap(value) && Object.keys(value).every((key) => /^\d+$/.test(key))
      if (!isIndexed && !Array.isArray(value)) throw invalid('Invalid array', name)
      return Object.values(value).map((item: FormValue, index) => reader.read(item, `${name}[${index}]`))
    },
  }
}
