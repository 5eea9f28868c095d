import { fastify, type FastifyInstance } from 'fastify'
import { ignoredQuery, refusals } from '../schema/errors.ts'
import { staticAnswer } from './static-answer.ts'

/** The page may load from this server and connect to it only, whatever Scalar's script tries. */
const contentSecurityPolicy =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'"

/**
 * The API reference as a page, at `/docs`: Scalar over `/openapi.json`. Its script is four megabytes of text, so the package is
 * loaded on the first request.
 */
export function addDocsPage(server: FastifyInstance): void {
  let loading: ReturnType<typeof load> | undefined
  const assets = () => {
    loading ??= load()
    loading.catch(() => (loading = undefined))
    return loading
  }
  const schema = {
    tags: ['Operation'],
    querystring: ignoredQuery,
    response: refusals('invalid_request', 'rate_limited', 'internal'),
  }

  server.get('/docs', {
    config: { access: 'public' },
    schema: { ...schema, hide: true, operationId: 'docs', summary: 'The API reference as a page' },
    handler: staticAnswer(async () => (await assets()).page, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'cache-control': 'no-cache',
    }),
  })

  server.get('/docs/scalar.js', {
    config: { access: 'public' },
    schema: { ...schema, hide: true, operationId: 'docsScript', summary: 'The script of the page' },
    handler: staticAnswer(async () => (await assets()).script, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=86400',
    }),
  })
}

/** Renders Scalar's page and script in a private server, because its plugin's routes break our route rules. */
async function load(): Promise<{ page: string; script: string }> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const inner = fastify()
  await inner.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      cdn: '/docs/scalar.js',
      pageTitle: 'ChatDash API',
      withDefaultFonts: false,
      hideClientButton: true,
      telemetry: false,
      // These would open pages of another host.
      agent: { disabled: true },
      mcp: { disabled: true },
      showDeveloperTools: 'never',
      authentication: { preferredSecurityScheme: 'apiKey' },
    },
  })
  const page = await inner.inject('/docs/')
  const script = await inner.inject('/docs/js/scalar.js')
  await inner.close()
  if (page.statusCode !== 200 || script.statusCode !== 200) throw new Error('Scalar did not give its page and script.')
  return { page: page.body, script: script.body }
}
