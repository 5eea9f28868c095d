import { type Code, type Outcome, Refusal } from '../lib/refusal.ts'
import { refusalBody } from './errors.ts'
import type { Answer, OpenApi, Operation, Schema } from './operations.ts'

/**
 * An example of what a schema describes: its own, or one made of those of its parts; where none is given, null if it may
 * be null, else false or 0.
 * @throws Error if the schema has a text without an example.
 */
function exampleOf(schema: Schema, document: OpenApi): unknown {
  const { example, $ref, properties, items, type } = schema
  if (example !== undefined) return example
  if ($ref !== undefined) return exampleOf(resolved(schema, document), document)
  if (schema.nullable) return null
  if (properties) {
    return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, exampleOf(part, document)]))
  }
  if (items) return [exampleOf(items, document)]
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'number') return 0
  throw new Error(`A schema has no example: ${JSON.stringify(schema)}`)
}

/** The schema itself, or the one that it refers to. */
export function resolved(schema: Schema, { components }: OpenApi): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : (components.schemas[name] ?? schema)
}

/** The bodies that an answer may have, as text: one of a success, one for each code of a refusal. */
export function exampleBodies(status: string, answer: Answer, operation: Operation, document: OpenApi): string[] {
  if (status >= '400') return refusalsOf(status, answer).map((refusal) => exampleOfRefusal(refusal, operation.method))
  return Object.values(answer.content ?? {}).map(({ schema, example = exampleOf(schema, document) }) =>
    typeof example === 'string' ? example : jsonOf(example),
  )
}

type Example = { code: Code; error: string; param?: string; outcome?: Outcome }

/** Those of the codes that the description of an answer names; the contract's description of a 500 names none. */
function refusalsOf(status: string, { description }: Answer): Example[] {
  return refusals.filter(({ code }) => description.includes(`\`${code}\``) || (status === '500' && code === 'internal'))
}

function exampleOfRefusal({ code, error, ...details }: Example, method: string): string {
  return jsonOf(refusalBody(new Refusal(code, error, details), 'req_5f0c6e1a9d3b2c4e8f7a6b5c', method !== 'GET'))
}

/** Of every code that an operation of the document names. */
const refusals: Example[] = [
  { code: 'invalid_request', error: 'wat is not a known query parameter.', param: 'wat' },
  {
    code: 'unauthenticated',
    error: 'The API key is missing or not valid. Send one of your agency’s keys in the Authorization header.',
  },
  {
    code: 'account_disconnected',
    error: 'This Stripe account no longer gives the platform access. Connect it again.',
    param: 'accountId',
  },
  { code: 'not_allowed', error: 'This API key lacks the scope coupons:write. Use one that has it.' },
  { code: 'account_not_found', error: 'Your agency has no connected account with this id.', param: 'accountId' },
  { code: 'not_found', error: "No such coupon: 'SUMMER20'", param: 'couponId' },
  {
    code: 'already_exists',
    error: 'A coupon with the id SUMMER20 already exists. Choose another, or use the one that exists.',
    param: 'data.id',
  },
  {
    code: 'idempotency_in_progress',
    error: 'A request with this Idempotency-Key is still running. Retry shortly with the same key.',
    param: 'Idempotency-Key',
    outcome: 'unknown',
  },
  { code: 'too_large', error: 'The body is larger than 524288 bytes.' },
  { code: 'unsupported_media_type', error: 'Send the body as JSON, with Content-Type: application/json.' },
  {
    code: 'idempotency_mismatch',
    error: 'This Idempotency-Key was used before with another request. Use a new key for a new request.',
    param: 'Idempotency-Key',
  },
  { code: 'rate_limited', error: 'Stripe is limiting requests for this account. Retry shortly.' },
  { code: 'internal', error: 'An unexpected error occurred. Quote the request_id to support.', outcome: 'unknown' },
  {
    code: 'stripe_failed',
    error:
      'Stripe failed, and gives this failure to every retry with this Idempotency-Key. Look whether the change was made; if it was not, send it with a new key.',
    outcome: 'unknown',
  },
  { code: 'stripe_unavailable', error: 'Stripe could not be reached or failed.', outcome: 'unknown' },
  { code: 'unavailable', error: 'The service is briefly unavailable. Nothing was changed; retry shortly.' },
  { code: 'stripe_timeout', error: 'Stripe did not answer in time.', outcome: 'unknown' },
]

function jsonOf(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
