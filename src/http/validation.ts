import { Ajv, type ErrorObject } from 'ajv'
import type { FastifySchemaCompiler } from 'fastify'
import { Refusal } from '../lib/refusal.ts'

const common = {
  allErrors: false,
  removeAdditional: false,
  strict: true,
  verbose: true,
} as const
/** Bodies are JSON and say what they mean; paths and queries are text and have to be read. */
const exact = new Ajv({ ...common, coerceTypes: false })
const coercing = new Ajv({ ...common, coerceTypes: true })
for (const ajv of [exact, coercing]) ajv.addVocabulary(['x-pattern-message'])

/** Fastify's validator: the first broken rule of a request becomes one sentence and the name of the field. */
export const validatorCompiler: FastifySchemaCompiler<object> = ({ schema, httpPart }) => {
  const validate = (httpPart === 'body' ? exact : coercing).compile(schema)
  return (value: unknown) => {
    // A request without a body at all has nothing for a schema to look at.
    if (httpPart === 'body' && (value === undefined || value === null)) {
      return { error: new Refusal('invalid_request', 'The body is missing. Send JSON with a data object.') }
    }
    if (validate(value)) return { value }
    const [error] = validate.errors ?? []
    return { error: refusalOf(error, httpPart === 'querystring' ? 'query parameter' : 'field') }
  }
}

function refusalOf(error: ErrorObject | undefined, part: string): Refusal {
  if (!error) return new Refusal('invalid_request', 'The request is not valid.')
  const path = pathOf(error)
  const message = `${path === '' ? 'The body' : path} ${rule(error, part)}`
  return new Refusal('invalid_request', message, { param: path === '' ? undefined : path })
}

/** `/data/metadata/a~1b` as `data.metadata.a/b`, with the missing or unknown field at its end. */
function pathOf({ instancePath, keyword, params, propertyName }: ErrorObject): string {
  const parts = instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (keyword === 'required') parts.push(String(params['missingProperty']))
  if (keyword === 'additionalProperties') parts.push(String(params['additionalProperty']))
  if (propertyName !== undefined) parts.push(propertyName)
  return parts.join('.')
}

function rule({ keyword, params, parentSchema, propertyName }: ErrorObject, part: string): string {
  const limit = String(params['limit'])
  const key = propertyName === undefined ? '' : ' as a key'
  switch (keyword) {
    case 'required':
      return 'is required.'
    case 'additionalProperties':
      return `is not a known ${part}.`
    case 'type':
      return `must be ${article(String(params['type']))}${parentSchema?.['nullable'] === true ? ' or null' : ''}.`
    case 'enum':
      return `must be one of ${[params['allowedValues']].flat().join(', ')}.`
    case 'minimum':
      return `must be at least ${limit}.`
    case 'maximum':
      return `must be at most ${limit}.`
    case 'minLength':
      return limit === '1' ? `must not be empty${key}.` : `must have at least ${limit} characters${key}.`
    case 'maxLength':
      return `must have at most ${limit} characters${key}.`
    case 'minItems':
      return limit === '1' ? 'must not be empty.' : `must have at least ${limit} items.`
    case 'maxItems':
      return `must have at most ${limit} items.`
    case 'minProperties':
      return limit === '1' ? 'must not be empty.' : `must have at least ${limit} fields.`
    case 'maxProperties':
      return `must have at most ${limit} entries.`
    case 'pattern':
      return String(parentSchema?.['x-pattern-message'] ?? 'is not valid.')
    default:
      return 'is not valid.'
  }
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}
