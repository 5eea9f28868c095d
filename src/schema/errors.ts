import { Type } from 'typebox'
import { nodeHttp } from '../lib/node-http.ts'
import { type Code, codes } from '../lib/refusal.ts'

export type { Code } from '../lib/refusal.ts'

export const noQuery = Type.Object({}, { additionalProperties: false })

/** The query of an operational route: it is ignored, because probes and proxies may add parameters. */
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
    retryable: Type.Boolean({
      description: 'Whether the same request, with the same Idempotency-Key if it has one, may succeed.',
    }),
    outcome: Type.Optional(
      Type.String({
        description:
          'On a write, what is known of the change, under its Idempotency-Key if it has one: `not_applied`; `unknown` where it may have ' +
          'been made; `applied` where an earlier request made it.',
      }),
    ),
    docs: Type.String({
      description: 'Where this server explains the code, as a path.',
      examples: ['/docs/errors#internal'],
    }),
  },
  { $id: 'Error', additionalProperties: false },
)

/** The error answers of a route, by status, for its possible codes. */
export function refusals(...possible: Code[]): Record<number, object> {
  const answers: Record<number, object> = {}
  for (const status of new Set(possible.map((code) => codes[code].status))) {
    const names = possible.filter((code) => codes[code].status === status).map((name) => `\`${name}\``)
    // The contract prescribes this description.
    const description =
      status === 500 ? 'Internal Server Error' : `${nodeHttp.STATUS_CODES[status] ?? ''}: ${names.join(' or ')}`
    answers[status] = { description, $ref: 'Error#' }
  }
  return answers
}

/** The refusals of every route that asks for an API key. */
export const keyCodes = [
  'invalid_request',
  'unauthenticated',
  'not_allowed',
  'rate_limited',
  'internal',
  'unavailable',
] as const
/** The refusals of every route on an account. */
export const guardedCodes = [...keyCodes, 'account_not_found'] as const
/** Those of a route that may get a body. */
export const bodyCodes = ['too_large', 'unsupported_media_type'] as const

/** The refusals of a read from Stripe. */
export const readCodes = [
  ...guardedCodes,
  'account_disconnected',
  'not_found',
  'stripe_unavailable',
  'stripe_timeout',
] as const
/** The refusals of a route that takes a body and does not ask Stripe. */
export const localCodes = [...guardedCodes, ...bodyCodes] as const
/** The refusals of a write to Stripe. */
export const writeCodes = [
  ...readCodes,
  ...bodyCodes,
  'idempotency_in_progress',
  'idempotency_mismatch',
  'stripe_failed',
] as const
