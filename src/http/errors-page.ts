import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { ignoredQuery, refusals } from '../schema/errors.ts'
import { staticAnswer } from './static-answer.ts'

const source = new URL('../../docs/errors.md', import.meta.url)
const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}td,th{padding:.25rem .75rem;' +
  'text-align:left;vertical-align:top}:target{background:#ffd54f55}pre{overflow:auto}'
const contentSecurityPolicy =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; ` +
  "form-action 'none'; frame-ancestors 'none'"

/** `/docs/errors`: docs/errors.md as a page, to whose entries every error answer links. */
export function addErrorsPage(server: FastifyInstance): void {
  server.get('/docs/errors', {
    config: { access: 'public' },
    schema: {
      hide: true,
      operationId: 'errorsPage',
      summary: 'What each error means',
      querystring: ignoredQuery,
      response: refusals('rate_limited', 'internal'),
    },
    handler: staticAnswer(rendered, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'cache-control': 'no-cache',
    }),
  })
}

async function rendered(): Promise<string> {
  const { Marked } = await import('marked')
  const markdown = new Marked({
    renderer: {
      // Each code's row is what a link to the code leads to.
      tablerow: ({ text }) => {
        const code = /^<td><code>(\w+)/.exec(text)?.[1]
        return `<tr${code === undefined ? '' : ` id="${code}"`}>${text}</tr>`
      },
    },
  })
  const html = await markdown.parse(await readFile(source, 'utf8'))
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Errors of the ChatDash API</title><style>${style}</style>${html}</html>`
}
