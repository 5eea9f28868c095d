import { expect, test } from 'vitest'
import { openOtlpReceiver } from '../support/otlp.ts'
import { newFolder, run, serveOnStub } from '../support/process.ts'
import { reset, stripeError, succeed } from '../support/stripe-stub.ts'

const coupons = '/v1/public/stripe/connect/accounts/acct_1AbC/coupons'
const traceId = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${traceId}-b7ad6b7169203331-01`
const [serverKind, clientKind] = [2, 3]

async function open(behaviours: Parameters<typeof serveOnStub>[0], environment: Record<string, string> = {}) {
  const receiver = await openOtlpReceiver()
  const opened = await serveOnStub(behaviours, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '20',
    ...environment,
  })
  const create = (headers: Record<string, string> = {}) =>
    fetch(opened.server.url + coupons, {
      method: 'POST',
      headers: { authorization: opened.key, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ data: { percent_off: 10, metadata: { note: 'a secret of the caller' } } }),
    })
  return { ...opened, receiver, create }
}

test('one trace leads from the caller through the server to Stripe', async () => {
  const { receiver, create } = await open([reset, succeed], {
    OTEL_SERVICE_NAME: 'coupons',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging,team=billing',
  })
  const answer = await create({ traceparent })
  expect(answer.status).toBe(201)
  await expect.poll(() => receiver.spans.length).toBe(2)
  expect([...receiver.paths]).toEqual(['POST /v1/traces'])
  const ofServer = receiver.spans.find(({ kind }) => kind === serverKind)
  const toStripe = receiver.spans.find(({ kind }) => kind === clientKind)
  expect(ofServer).toMatchObject({
    traceId,
    parentSpanId: 'b7ad6b7169203331',
    name: 'POST /v1/public/stripe/connect/accounts/:accountId/coupons',
    attributes: {
      'chatdash.operation': 'createCoupon',
      'chatdash.request_id': answer.headers.get('request-id'),
      'http.response.status_code': 201,
    },
    resource: { 'service.name': 'coupons', 'deployment.environment.name': 'staging', team: 'billing' },
  })
  expect(toStripe).toMatchObject({
    traceId,
    parentSpanId: ofServer?.spanId,
    name: 'POST /v1/coupons',
    attributes: { 'http.request.resend_count': 1, 'stripe.request_id': 'req_stub' },
  })
})

test('a refusal is named in both spans, and neither a body, a key nor the account is in any', async () => {
  const { receiver, create, key } = await open([stripeError(400, { message: 'No.', param: 'percent_off' })])
  expect((await create({ 'idempotency-key': 'order-1' })).status).toBe(400)
  await expect.poll(() => receiver.spans.length).toBe(2)
  for (const { attributes } of receiver.spans) expect(attributes['error.type']).toBe('invalid_request')
  for (const part of [key, 'acct_1AbC', 'a secret of the caller', 'order-1', 'sk_test']) {
    expect(receiver.bodies.join('')).not.toContain(part)
  }
})

test('a request without a traceparent, or with one that is none, begins a trace', async () => {
  const { receiver, create } = await open([succeed])
  await create()
  await create({ traceparent: '00-nonsense-01' })
  await expect.poll(() => receiver.spans.length).toBe(4)
  const roots = receiver.spans.filter(({ kind }) => kind === serverKind)
  expect(roots.map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined])
  expect(new Set(roots.map((span) => span.traceId)).size).toBe(2)
})

test('what has not been sent when the process is stopped is sent before it ends', async () => {
  const { receiver, create, server } = await open([succeed], { OTEL_BSP_SCHEDULE_DELAY: '600000' })
  await create()
  expect(receiver.spans).toHaveLength(0)
  expect(await server.stop('SIGTERM')).toBe(0)
  expect(receiver.spans).toHaveLength(2)
})

test('a caller’s flag switches no trace off', async () => {
  const { receiver, create } = await open([succeed])
  await create({ traceparent: traceparent.replace(/01$/, '00') })
  await expect.poll(() => receiver.spans.length).toBe(2)
  expect(receiver.spans.map((span) => span.traceId)).toEqual([traceId, traceId])
})

const ratio = (OTEL_TRACES_SAMPLER: string) => ({ OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG: '0.000000001' })
const lowest = '00-00000001000000010000000000000000-b7ad6b7169203331-01'
test.each([
  ['the sampler takes none', { OTEL_TRACES_SAMPLER: 'always_off' }, traceparent],
  ['the sampler takes none but its parent’s', { OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, traceparent],
  ['a ratio is next to none, and the caller sets the flag', ratio('parentbased_traceidratio'), traceparent],
  ['a ratio is next to none, and the caller chooses the id', ratio('traceidratio'), lowest],
  ['the SDK is disabled', { OTEL_SDK_DISABLED: 'true' }, traceparent],
])('nothing is sent where %s', async (_, environment: Record<string, string>, sent) => {
  const { receiver, create, server } = await open([succeed], environment)
  expect((await create({ traceparent: sent })).status).toBe(201)
  expect(await server.stop('SIGTERM')).toBe(0)
  expect(receiver.bodies).toEqual([])
})

test('a receiver that is down disturbs no request, and is in the log', async () => {
  const { create, server } = await open([succeed], {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '100',
  })
  expect((await create()).status).toBe(201)
  await expect.poll(server.output).toContain('traces could not be sent')
  expect((await create()).status).toBe(201)
})

/** Has Node find no package whose name begins so, as where it is not installed. */
const without = (...packages: string[]) => {
  const isMissing = packages.map((name) => `specifier.startsWith('${name}')`).join(' || ')
  const hooks = `import { registerHooks } from 'node:module'
    registerHooks({ resolve(specifier, context, next) {
      if (${isMissing}) throw Object.assign(new Error('Not found.'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(specifier, context)
    } })`
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hooks)}` }
}

test('where the packages are not installed, the start says so in a sentence', async () => {
  const environment = { DATA_DIR: newFolder(), PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }
  const { code, err } = await run(['serve'], { ...environment, ...without('@opentelemetry/') })
  expect(code).toBe(1)
  expect(err).toContain('OTEL_EXPORTER_OTLP_ENDPOINT needs packages that are not installed')
  expect(err).not.toContain('    at ')
})

test('without a variable that asks for them, neither traces nor metrics are loaded', async () => {
  const { server, key } = await serveOnStub([succeed], without('@opentelemetry/', 'prom-client'))
  const answer = await fetch(`${server.url}/v1/public/me`, { headers: { authorization: key } })
  expect(answer.status).toBe(200)
})
