import { STATUS_CODES } from 'node:http'
import { Type } from 'typebox'
import { type Code, codes } from '../lib/refusal.ts'

export type { Code } from '../lib/refusal.ts'

export const noQuery = Type.Object({}, { additionalProperties: false })

/** The query of an operational route, which probes and proxies may extend: whatever it says is ignored. */
export const ignoredQuery = Type.Object({})

/** The body of every refusal, as the OpenAPI document names it. */
export const errorSchema = Type.Object(
  {
    error: Type.String({
      description: 'What went wrong, in one sentence. Never branch on its text.',
      examples: ['An unexpected error occurred'],
    }),
    code: Type.String({ description: `What went wrong, for programs. One of ${Object.keys(codes).join(', ')}.` }),
    param: Type.Optional(Type.String({ description: 'The field at fault, as it was sent: `data.currency`.' })),
    request_id: Type.String({ description: 'Names this request in the log; also the Request-Id header.' }),
    retryable: Type.Boolean({ description: 'Whether the same request, with the same Idempotency-Key, may succeed.' }),
    outcome: Type.Optional(
      Type.String({ description: 'On a write: `not_applied`, or `unknown` where the change may have been made.' }),
    ),
    docs: Type.String({
      description: 'Where this server explains the code, as a path.',
      examples: ['/docs/errors#internal'],
    }),
  },
  { $id: 'Error', additionalProperties: false },
)

/** The error answers of a route, by status, for the codes that it can give. */
export function refusals(...possible: Code[]): Record<number, object> {
  const answers: Record<number, object> = {}
  for (const status of new Set(possible.map((code) => codes[code].status))) {
    const names = possible.filter((code) => codes[code].status === status).map((name) => `\`${name}\``)
    // The contract words the one error that it has.
    const description =
      status === 500 ? 'Internal Server Error' : `${STATUS_CODES[status] ?? ''}: ${names.join(' or ')}`
    answers[status] = { description, $ref: 'Error#' }
  }
  return answers
}

const guardedCodes = [
  'invalid_request',
  'unauthenticated',
  'not_allowed',
  'account_not_found',
  'rate_limited',
  'internal',
  'unavailable',
] as const
const bodyCodes = ['too_large', 'unsupported_media_type'] as const

/** What a route can refuse that reads from Stripe. */
export const readCodes = [
  ...guardedCodes,
  'account_disconnected',
  'not_found',
  'stripe_unavailable',
  'stripe_timeout',
] as const
/** What a route can refuse that takes a body but asks nothing of Stripe. */
export const localCodes = [...guardedCodes, ...bodyCodes] as const
/** What a route can refuse that changes something on Stripe. */
export const writeCodes = [
  ...readCodes,
  ...bodyCodes,
  'idempotency_in_progress',
  'idempotency_mismatch',
  'stripe_failed',
] as const
