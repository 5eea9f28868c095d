import { invalid } from './errors.ts'
import { isMap } from './form.ts'
import { unsettable, type Reader } from './params.ts'
import { lengthOf } from './text.ts'

export type Metadata = Record<string, string>

/** Documented: keys up to 40 characters, values up to 500; the words are told, param and the missing code guessed. */
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

/** The metadata parameter: a map of texts, or the empty string, which removes all of it. */
export const metadata: Reader<Metadata | ''> = unsettable(pairs)

/** Documented: an update merges, an empty value removes its key, an empty string for the whole removes all; 50 keys. */
export function mergeMetadata(before: Metadata, change: Metadata | '' | undefined): Metadata {
  if (change === undefined) return before
  if (change === '') return {}
  const merged = Object.entries({ ...before, ...change }).filter(([, text]) => text !== '')
  if (merged.length > 50) {
    throw invalid(`Metadata can have up to 50 keys, but you've set ${merged.length}.`, 'metadata')
  }
  return Object.fromEntries(merged)
}
