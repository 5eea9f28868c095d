import { invalid } from './errors.ts'
import { isMap } from './form.ts'
import { unsettable, type Reader } from './params.ts'

export type Metadata = Record<string, string>

/** Documented: keys up to 40 characters, values up to 500; the words are told, param and the missing code guessed. */
const pairs: Reader<Metadata> = {
  read(value, name) {
    if (!isMap(value)) throw invalid('Invalid object', name)
    for (const [key, text] of Object.entries(value)) {
      const param = `${name}[${key}]`
      if (typeof text !== 'string') throw invalid('Invalid string', param)
      if ([...key].length > 40) {
        throw invalid(
          `Metadata keys can have up to 40 characters, but you passed in a key that is ${[...key].length} characters. Invalid key: ${key}`,
          name,
        )
      }
      if (text.length > 500 && [...text].length > 500) {
        throw invalid(
          `Metadata values can have up to 500 characters, but you passed in a value that is ${[...text].length} characters. Invalid value: ${text}`,
          param,
        )
      }
    }
    return value as Metadata
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
