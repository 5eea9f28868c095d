import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Type } from 'typebox'
import { consolePath } from '../http/console-calls.ts'
import type { Server } from '../http/server.ts'
import { staticAnswer } from '../http/static-answer.ts'
import { Refusal } from '../lib/refusal.ts'
import { ignoredQuery, refusals } from '../schema/errors.ts'

/** What is served; any other file is not. */
const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** The build replaces the name of a file in this folder whenever its content changes. */
const hashed = 'assets/'
/** Paths that are no page: of files that are missing, of the API, and what a browser would have resolved. */
const noPage = /^(assets|v1)(\/|$)|(^|\/)(\.{0,2}\/|\.{1,2}$)/
/** No script and no style but the files of this server. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'cache-control': 'no-cache',
}

/**
 * The console at `/console/`: the files that its build has put in the folder, and its page for every other path, which the page itself
 * reads. Without a build the rest of the server works on.
 */
export function addConsolePages(server: Server, folder: string): void {
  const files = answersOf(folder)
  const index = join(folder, 'index.html')
  const page = existsSync(index) ? staticAnswer(() => readFile(index), pageHeaders) : undefined
  const schema = { hide: true, querystring: ignoredQuery }

  server.get(consolePath, {
    config: { access: 'public' },
    schema: { ...schema, operationId: 'console', summary: 'Leads to the console', response: refusals('internal') },
    handler: async (_request, reply) => await reply.redirect(`${consolePath}/`),
  })
  server.get(`${consolePath}/*`, {
    config: { access: 'public' },
    schema: {
      ...schema,
      operationId: 'consolePage',
      summary: 'The page and the files of the console',
      params: Type.Object({ '*': Type.String() }),
      response: refusals('invalid_request', 'route_not_found', 'rate_limited', 'internal'),
    },
    handler: async (request, reply) => {
      const path = request.params['*']
      const file = files.get(path)
      if (file) return await file(request, reply)
      if (noPage.test(path)) throw new Refusal('route_not_found', 'The console has no such file.')
      if (!page) throw new Refusal('route_not_found', notBuilt)
      return await page(request, reply)
    },
  })
}

const notBuilt =
  'The console is not built: run `npm ci` or `npm run build --workspace console` in a clone, and start the server again.'

function answersOf(folder: string): Map<string, ReturnType<typeof staticAnswer>> {
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
  return new Map(
    names.flatMap((name) => {
      const type = types[extname(name)]
      if (type === undefined) return []
      const caching = name.startsWith(hashed) ? 'public, max-age=31536000, immutable' : 'no-cache'
      const headers = { 'content-type': type, 'cache-control': caching }
      return [[name, staticAnswer(() => readFile(join(folder, name)), headers)] as const]
    }),
  )
}
