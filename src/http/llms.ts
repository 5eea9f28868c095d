import type { FastifyInstance } from 'fastify'
import { codes } from '../lib/refusal.ts'
import { ignoredQuery, refusals } from '../schema/errors.ts'
import { staticAnswer } from './static-answer.ts'

type Operation = { summary?: string; description?: string; security?: object[]; requestBody?: unknown }
type Document = {
  info: { title: string; description?: string }
  servers?: { url: string }[]
  paths?: Record<string, Record<string, Operation>>
}

/** `/llms.txt` (llmstxt.org): what the document says, in a page that a language model reads whole. */
export function addLlmsText(server: FastifyInstance, document: () => Promise<object>): void {
  server.get('/llms.txt', {
    config: { access: 'public' },
    schema: {
      hide: true,
      operationId: 'llms',
      summary: 'The API for language models',
      querystring: ignoredQuery,
      response: refusals('invalid_request', 'rate_limited', 'internal'),
    },
    handler: staticAnswer(async () => textOf(JSON.parse(JSON.stringify(await document()))), {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
    }),
  })
}

function textOf({ info, servers = [], paths = {} }: Document): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.security?.length)
      .map(
        ([method, operation]) =>
          `- \`${method.toUpperCase()} ${servers[0]?.url ?? ''}${path}\`: ${sentenceOf(operation)}`,
      ),
  )
  return `# ${info.title}

> ${info.description ?? ''}

Schemas, examples and every answer are in the OpenAPI document at [/openapi.json](/openapi.json).

## Calling it

- Send the agency's API key in the \`Authorization\` header, bare or after \`Bearer \`.
- Bodies are JSON. A write wraps its fields: \`{"data": {…}}\`. Answers are not wrapped. Unknown fields are refused.
- Send an \`Idempotency-Key\` on writes and send the same one again on a retry: nothing is made twice. Where none is sent, the
  answer's \`Idempotency-Key\` header has the one that was made.
- Lists take \`limit\` (1–100) and \`starting_after\`, and answer \`{data, has_more, next_cursor}\`; hand \`next_cursor\` back as
  \`starting_after\`.
- Amounts are integers in the currency's smallest unit; times are Unix seconds.

## Operations

${operations.join('\n')}

## Refusals

The body is \`{error, code, param?, request_id, retryable, outcome?, docs}\`. Act on \`code\`, never on the text of \`error\`. After
\`"outcome": "unknown"\` send the same request again with the same \`Idempotency-Key\`.

${Object.entries(codes)
  .map(([code, { status, retryable }]) => `- \`${code}\` (${status})${retryable ? ', retryable' : ''}`)
  .join('\n')}
`
}

function sentenceOf({ summary = '', description }: Operation): string {
  return description === undefined ? summary : `${summary}. ${description}`
}
