import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { ignoredQuery, refusals } from '../schema/errors.ts'
import { pageHeaders, pageOf } from './html.ts'
import { staticAnswer } from './static-answer.ts'

/** The files of docs/ that are for callers. Every error answer links to an entry of `errors`. */
const guides = { errors: 'Errors', n8n: 'n8n', make: 'Make', zapier: 'Zapier', curl: 'curl' }
/** What is imported into other programs. */
const downloads = { '/docs/n8n-workflow.json': 'docs/n8n-workflow.json', '/docs/postman.json': 'openapi/postman.json' }

const schema = { hide: true, querystring: ignoredQuery, response: refusals('rate_limited', 'internal') }

/** The guides as pages (`/docs/errors` is docs/errors.md) and the files that they speak of. */
export function addGuidePages(server: FastifyInstance): void {
  for (const [name, title] of Object.entries(guides)) {
    const page = async () => {
      const { guideHtml } = await import('./guides.ts')
      return pageOf(
        `${title} – ChatDash API`,
        `<main><p><a href="/docs">ChatDash API</a></p>${await guideHtml(name)}</main>`,
      )
    }
    server.get(`/docs/${name}`, {
      config: { access: 'public' },
      schema: { ...schema, operationId: `${name}Page`, summary: `The page ${title}` },
      handler: staticAnswer(page, pageHeaders),
    })
  }
  for (const [path, file] of Object.entries(downloads)) {
    server.get(path, {
      config: { access: 'public' },
      schema: { ...schema, operationId: file, summary: 'A file for another program' },
      handler: staticAnswer(() => readFile(new URL(`../../${file}`, import.meta.url), 'utf8'), {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-cache',
      }),
    })
  }
}
