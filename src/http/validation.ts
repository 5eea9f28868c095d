import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import { Refusal } from '../lib/refusal.ts'
import { sentenceOf } from './sentences.ts'

/**
 * The keywords of our schemas beyond JSON Schema, for the sentences of refusals: the sentence of a pattern, whether a number is
 * money or a time, and what to do instead of sending a field that is refused.
 */
export const sentenceKeywords = ['x-pattern-message', 'x-kind', 'x-refused-fields']

// The schemas are checked with the document that is made of them; to check them here too would delay the first request.
const ajv = new Ajv({
  allErrors: false,
  coerceTypes: false,
  removeAdditional: false,
  strict: true,
  validateSchema: false,
  verbose: true,
})
ajv.addVocabulary(sentenceKeywords)

type Properties = Record<string, { type?: string }>

/** Fastify's validator: the first broken rule of a request becomes one sentence and the name of the field. */
export const validatorCompiler: FastifySchemaCompiler<{ properties?: Properties }> = ({ schema, httpPart }) => {
  // Compiled with the route's first request: some eighty schemas at once would take a third of the time to start.
  let validate: ValidateFunction | undefined
  return (sent: unknown) => {
    // The schema's own error about a missing body would name no remedy.
    if (httpPart === 'body' && (sent === undefined || sent === null)) {
      return { error: new Refusal('invalid_request', 'The body is missing. Send JSON with a data object.') }
    }
    const value = httpPart === 'querystring' ? readQuery(Object(sent), schema.properties ?? {}) : sent
    validate ??= ajv.compile(schema)
    if (validate(value)) return { value }
    const [error] = validate.errors ?? []
    return { error: fromAjv(error, httpPart === 'querystring' ? 'query parameter' : 'field') }
  }
}

/** Reads a query as its schema declares it. A parameter without a value counts as absent. */
function readQuery(query: Record<string, unknown>, properties: Properties): Record<string, unknown> {
  const entries = Object.entries(query).map(([name, text]) => [name, text, properties[name]?.type] as const)
  const given = entries.filter(([, text, type]) => text !== '' || type === undefined)
  return Object.fromEntries(given.map(([name, text, type]) => [name, readAs(type, text)]))
}

/** Only decimal digits are an integer, and only `true` and `false` are booleans; the schema refuses what stays text. */
function readAs(type: string | undefined, text: unknown): unknown {
  if (type === 'integer' && typeof text === 'string' && /^-?\d+$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function fromAjv(error: ErrorObject | undefined, part: string): Refusal {
  if (!error) return new Refusal('invalid_request', 'The request is not valid.')
  const path = pathOf(error)
  const message = `${path === '' ? 'The body' : legible(path)} ${sentenceOf(error, part)}`
  return new Refusal('invalid_request', message, { param: path === '' ? undefined : path })
}

/** A name as it was sent, in quotes and escaped where a reader would not see where it begins and ends. */
function legible(name: string): string {
  return /^\s|\s$|\p{C}|[\u2028\u2029]/u.test(name) ? JSON.stringify(name) : name
}

/** Field names are the caller's and may be as long as the body. */
const pathLengthMax = 200

/** `/data/metadata/a~1b` as `data.metadata.a/b`, with the missing or unknown field at its end. */
function pathOf({ instancePath, keyword, params, propertyName }: ErrorObject): string {
  const parts = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (keyword === 'required') parts.push(String(params['missingProperty']))
  if (keyword === 'additionalProperties') parts.push(String(params['additionalProperty']))
  if (propertyName !== undefined) parts.push(propertyName)
  return parts.join('.').slice(0, pathLengthMax).toWellFormed()
}
