import { invalid } from './errors.ts'
import { isMap } from './form.ts'
import { unsettable, type Reader } from './params.ts'
import { lengthOf } from './text.ts'

export type Metadata = Record<string, string>

/** Documented: keys of up to 40 characters, values of up to 500. Told: the wording. Guessed: param and the missing code. */
const pairs: Reader<Metadata> = {
  read(value, name) {
    if (!isMap(value)) throw invalid('Invalid object', name)
    const entries = Object.entries(value).map(([key, text]) => {
      const param = `${name}[${key}]`
      if (typeof text !== 'string') throw invalid('Invalid string', param)
      if (lengthOf(key) > 40) {
        throw invalid(
          `Metadata keys can have up to 40 characters, but you passed in a key that is ${lengthOf(key)} characters. Invalid key: ${key}`,
          name,
        )
      }
      if (lengthOf(text) > 500) {
        throw invalid(
          `Metadata values can have up to 500 characters, but you passed in a value that is ${lengthOf(text)} characters. Invalid value: ${text}`,
          param,
        )
      }
      return [key, text] as const
    })
    return Object.fromEntries(entries)
  },
}

/** The metadata parameter: a map of strings, or the empty string, which removes all keys. */
export const metadata: Reader<Metadata | ''> = unsettable(pairs)

/** Merges an update into metadata. Documented: an empty value removes its key, an empty string removes all; at most 50 keys. */
export function mergeMetadata(before: Metadata, change: Metadata | '' | undefined): Metadata {
  if (change === undefined) return before
  if (change === '') return {}
  const merged = Object.entries({ ...before, ...change }).filter(([, text]) => text !== '')
  if (merged.length > 50) {
    throw invalid(`Metadata can have up to 50 keys, but you've set ${merged.length}.`, 'metadata')
  }
  return Object.fromEntries(merged)
}
