import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { ignoredQuery, refusals } from '../schema/errors.ts'
import { pageHeaders } from './html.ts'
import type { OpenApi } from './operations.ts'
import { staticAnswer } from './static-answer.ts'

const schema = {
  hide: true,
  querystring: ignoredQuery,
  response: refusals('invalid_request', 'rate_limited', 'internal'),
}

/**
 * The API reference as a page, at `/docs`, with its style, script and icon; `/` leads to it. What makes it is loaded on the
 * first request.
 */
export function addDocsPage(server: FastifyInstance, document: () => Promise<OpenApi>, hasDemo: boolean): void {
  const page = async () => {
    const { referencePage } = await import('./reference.ts')
    return await referencePage(await document(), { hasDemo })
  }
  server.get('/docs', {
    config: { access: 'public' },
    schema: { ...schema, operationId: 'docs', summary: 'The API reference as a page' },
    handler: staticAnswer(page, pageHeaders),
  })
  server.get('/', {
    config: { access: 'public' },
    schema: { ...schema, operationId: 'home', summary: 'Leads to the API reference' },
    handler: async (_request, reply) => await reply.redirect('/docs'),
  })
  addAsset(server, '/docs/page.css', 'page.css', 'text/css; charset=utf-8')
  addAsset(server, '/docs/page.js', 'page.js', 'text/javascript; charset=utf-8')
  addAsset(server, '/favicon.svg', 'favicon.svg', 'image/svg+xml')
}

function addAsset(server: FastifyInstance, path: string, file: string, type: string): void {
  server.get(path, {
    config: { access: 'public' },
    schema: { ...schema, operationId: file, summary: 'A part of the pages' },
    handler: staticAnswer(() => readFile(new URL(`../../public/${file}`, import.meta.url), 'utf8'), {
      'content-type': type,
      'cache-control': 'no-cache',
    }),
  })
}
