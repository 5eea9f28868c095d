import type { ErrorObject } from 'ajv'
import { closest, distance } from 'fastest-levenshtein'
import { isRecord } from '../lib/is-record.ts'

/** The sentence, without the field's path before it, that says what is wrong and, if the value shows it, how to correct it. */
export function sentenceOf(error: ErrorObject, part: string): string {
  const { keyword, params, parentSchema = {}, propertyName } = error
  const limit = String(params['limit'])
  const key = propertyName === undefined ? '' : ' as a key'
  switch (keyword) {
    case 'required':
      return `is required.${wrapping(error)}`
    case 'additionalProperties':
      return unknownField(error, part)
    case 'type':
      return wrongType(error, part)
    case 'enum':
      return `must be one of ${[params['allowedValues']].flat().join(', ')}.`
    case 'minimum':
    case 'maximum':
      return outOfRange(error, limit)
    case 'minLength':
      return limit === '1' ? `must not be empty${key}.` : `must have at least ${limit} characters${key}.`
    case 'maxLength':
      return `must have at most ${limit} characters${key}.`
    case 'minItems':
      return limit === '1' ? 'must not be empty.' : `must have at least ${limit} items.`
    case 'maxItems':
      return `must have at most ${limit} items.`
    case 'maxProperties':
      return `must have at most ${limit} entries.`
    case 'pattern':
      return String(parentSchema['x-pattern-message'] ?? 'is not valid.')
    default:
      return 'is not valid.'
  }
}

const shownMax = 200

/** Shows the caller's own fields wrapped in `data`, or the documented example where there are none or too many. */
function wrapping({ instancePath, params, parentSchema = {}, data }: ErrorObject): string {
  if (instancePath !== '' || params['missingProperty'] !== 'data') return ''
  const fields = Object.entries(Object(data))
  const isBeside = ([name]: [string, unknown]) => Object.hasOwn(Object(parentSchema['properties']), name)
  const inside = fields.filter((field) => !isBeside(field))
  const wrapped = { data: Object.fromEntries(inside), ...Object.fromEntries(fields.filter(isBeside)) }
  const isShown = isShort(data) && inside.length > 0
  return ` Wrap the fields: ${oneLine(isShown ? wrapped : [parentSchema['examples']].flat()[0])}`
}

/** Whether the JSON of a value is short; false for a value nested too deeply to be serialized. */
function isShort(value: unknown): boolean {
  try {
    return JSON.stringify(value).length <= shownMax
  } catch {
    return false
  }
}

/** JSON in one line, with a space after each colon and comma. */
function oneLine(value: unknown): string {
  const lines = JSON.stringify(value, null, 1)
  return lines.replace(/(?<=[[{])\n *|\n *(?=[\]}])/g, '').replace(/\n */g, ' ')
}

function unknownField({ instancePath, params, parentSchema = {} }: ErrorObject, part: string): string {
  const name = String(params['additionalProperty'])
  const refused: unknown = parentSchema['x-refused-fields']
  if (isRecord(refused) && Object.hasOwn(refused, name)) return String(refused[name])
  const known = Object.keys(isRecord(parentSchema['properties']) ? parentSchema['properties'] : {})
  const meant = nearest(name, known)
  const path = [...instancePath.split('/').slice(1), meant].join('.')
  return `is not a known ${part}.${meant === undefined ? '' : ` Did you mean ${path}?`}`
}

/** The name that was probably meant: at most a third of it is written differently. */
function nearest(name: string, known: string[]): string | undefined {
  if (known.length === 0 || name.length > 40) return undefined
  const best = closest(name.toLowerCase(), known)
  return distance(name.toLowerCase(), best) <= best.length / 3 ? best : undefined
}

function wrongType({ params, parentSchema = {}, data }: ErrorObject, part: string): string {
  const type = String(params['type'])
  const must = `must be ${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}${parentSchema['nullable'] === true ? ' or null' : ''}`
  const seconds = parentSchema['x-kind'] === 'time' ? unixSecondsOf(data) : undefined
  if (seconds !== undefined) return `${must}, in Unix seconds: ${seconds} for ${String(data)}.`
  // A query parameter is always text.
  if (part === 'query parameter') return `${must}.`
  const value = typeof data === 'string' ? valueOf(data) : data
  // A price such as "20.00" has a decimal point too, and would become a hundredth of itself without its quotes.
  const isDecimal = typeof value === 'number' && (!Number.isInteger(value) || String(data).includes('.'))
  if (parentSchema['x-kind'] === 'amount' && isDecimal) {
    return `${must} in the smallest currency unit: ${Math.round(value * 100)} for ${value} USD.`
  }
  const isQuoted = value !== data && typeof value === (type === 'integer' ? 'number' : type)
  return isQuoted ? `${must}. Send it without quotes: ${String(value)}` : `${must}.`
}

/** The number or boolean that a text spells; else the text. */
function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** The Unix seconds of an ISO 8601 date, or date and time; UTC where it names no zone. */
function unixSecondsOf(date: unknown): number | undefined {
  const parts = typeof date === 'string' ? /^(\d{4}-\d\d-\d\d)(?:T([\d:.]{5,12})(Z|[+-]\d\d:\d\d)?)?$/.exec(date) : null
  if (!parts) return undefined
  const [, day = '', time = '00:00', zone = 'Z'] = parts
  const ms = Date.parse(`${day}T${time}${zone}`)
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(ms) || !new Date(day).toISOString().startsWith(day)) return undefined
  return Math.floor(ms / 1000)
}

function outOfRange({ keyword, parentSchema = {}, data }: ErrorObject, limit: string): string {
  const { minimum, maximum } = parentSchema
  const isTime = parentSchema['x-kind'] === 'time'
  const seconds = Math.floor(Number(data) / 1000)
  if (isTime && keyword === 'maximum' && seconds <= Number(maximum)) {
    return `must be in Unix seconds, and this looks like milliseconds. Divide by 1000: ${seconds}`
  }
  if (!isTime && typeof minimum === 'number' && typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER) {
    return `must be at least ${minimum} and at most ${maximum}.`
  }
  return `must be at ${keyword === 'minimum' ? 'least' : 'most'} ${limit}.`
}
