const text = { type: 'string' } as const
const number = { type: 'integer' } as const
/** The headers of our answers, as the document has them. */
export const answerHeaders = {
  'Request-Id': { description: 'Names this request in the log.', schema: text },
  'RateLimit-Policy': {
    description:
      'The budget of the agency, `"agency";q=200;w=1`: `q` units in `w` seconds, one a request and one more for each further ' +
      'call to Stripe (draft-ietf-httpapi-ratelimit-headers-11). `"address"` names the limit of those whose key is unknown.',
    schema: text,
  },
  RateLimit: {
    description: 'What is left of it, `"agency";r=199;t=1`: `r` units, and `t` seconds until all are back.',
    schema: text,
  },
  'Retry-After': { description: 'Seconds to wait before the same request may succeed.', schema: number },
  'Stripe-Request-Id': { description: 'Names the answer at Stripe, where Stripe was asked.', schema: text },
  'WWW-Authenticate': { description: 'The scheme of the key, `Bearer`. The key alone will do as well.', schema: text },
  'Idempotency-Key': { description: 'The key of this request, its own or the one made for it.', schema: text },
  'Idempotent-Replayed': { description: '`true` where the answer is that of an earlier request.', schema: text },
}

/** The contract declares the key as a parameter too, and so the clients that are generated from it take one. */
const authorization = {
  name: 'Authorization',
  in: 'header',
  required: true,
  description:
    'All requests to the ChatDash API must be validated with the agency API Key found on your agency profile',
  schema: text,
}

type Operation = {
  security?: object[]
  parameters?: { name: string }[]
  responses: Record<string, { headers?: object }>
}

/** As much of the document as has to do with headers. */
export type Described = { paths: Record<string, Record<string, Operation>> }

/** Declares the headers that the same kind of route always has: the key of a request, and what each answer says of itself. */
export function withHeaders(document: Described): Described {
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    const { parameters = [], security = [], responses } = operation
    const isGuarded = security.length > 0
    const isWrite = parameters.some(({ name }) => name === 'idempotency-key')
    if (isGuarded) operation.parameters = [authorization, ...parameters]
    for (const [status, answer] of Object.entries(responses)) {
      const names = [
        'Request-Id',
        ...(status === '401' ? ['WWW-Authenticate'] : []),
        ...(isGuarded ? ['RateLimit-Policy', 'RateLimit', 'Stripe-Request-Id'] : []),
        ...(['409', '429', '503'].includes(status) ? ['Retry-After'] : []),
        ...(isWrite && isGuarded ? ['Idempotency-Key'] : []),
        ...(isWrite && status < '300' ? ['Idempotent-Replayed'] : []),
      ]
      answer.headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
    }
  }
  return document
}
