import type { FastifyInstance } from 'fastify'
import { codes } from '../lib/refusal.ts'
import { ignoredQuery, refusals } from '../schema/errors.ts'
import { type OpenApi, type Operation, operationsOf } from './operations.ts'
import { staticAnswer } from './static-answer.ts'

/** `/llms.txt` (llmstxt.org): what the document says, in a page that a language model reads whole. */
export function addLlmsText(server: FastifyInstance, document: () => Promise<OpenApi>): void {
  server.get('/llms.txt', {
    config: { access: 'public' },
    schema: {
      hide: true,
      operationId: 'llms',
      summary: 'The API for language models',
      querystring: ignoredQuery,
      response: refusals('invalid_request', 'rate_limited', 'internal'),
    },
    handler: staticAnswer(async () => await textOf(await document()), {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
    }),
  })
}

async function textOf(document: OpenApi): Promise<string> {
  const { info } = document
  const { guideText } = await import('./guides.ts')
  const operations = operationsOf(document).map(
    (operation) => `- \`${operation.method} ${operation.path}\`: ${sentenceOf(operation)}`,
  )
  return `# ${info.title}

> ${info.description ?? ''}

Schemas, examples and every answer are in the OpenAPI document at [/openapi.json](/openapi.json).

${(await guideText('calling')).replace(/^# /, '## ').replaceAll('](errors.md)', '](/docs/errors)')}
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

function sentenceOf({ summary, description }: Operation): string {
  return description === undefined ? summary : `${summary}. ${description}`
}
