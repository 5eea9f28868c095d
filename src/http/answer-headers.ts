const text = { type: 'string' } as const
const number = { type: 'integer' } as const
/** The headers of our answers, as the document has them. */
export const answerHeaders = {
  'Request-Id': { description: 'Names this request in the log.', schema: text },
  'RateLimit-Limit': {
    description:
      'Units that the agency may spend in a second: one a request, one more for each further call to Stripe.',
    schema: number,
  },
  'RateLimit-Remaining': { description: 'How many of them are left.', schema: number },
  'RateLimit-Reset': { description: 'Seconds until all are back.', schema: number },
  'Retry-After': { description: 'Seconds to wait before the same request may succeed.', schema: number },
  'Idempotency-Key': { description: 'The key of this request, its own or the one made for it.', schema: text },
  'Idempotent-Replayed': { description: '`true` where the answer is that of an earlier request.', schema: text },
}

type Operation = {
  security?: object[]
  parameters?: { name: string }[]
  responses: Record<string, { headers?: object }>
}

/** Says of every answer which headers it has, since the same kind of route always has the same. */
export function withHeaders(document: Described): Described {
  for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
    const isGuarded = (operation.security ?? []).length > 0
    const isWrite = operation.parameters?.some(({ name }) => name === 'idempotency-key') === true
    for (const [status, answer] of Object.entries(operation.responses)) {
      const names = [
        'Request-Id',
        ...(isGuarded && status !== '401' ? ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] : []),
        ...(['409', '429', '503'].includes(status) ? ['Retry-After'] : []),
        ...(isWrite && status !== '401' ? ['Idempotency-Key'] : []),
        ...(isWrite && status < '300' ? ['Idempotent-Replayed'] : []),
      ]
      answer.headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
    }
  }
  return document
}

/** As much of the document as has to do with headers. */
export type Described = { paths: Record<string, Record<string, Operation>> }
