import { AsyncLocalStorage } from 'node:async_hooks'
import { diag, DiagLogLevel, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace-base'
import type { FastifyInstance } from 'fastify'
import type { Mode } from '../lib/mode.ts'
import { readVersion } from '../lib/version.ts'
import { within } from '../lib/within.ts'
import type { CallObserver } from '../stripe/observer.ts'

type Options = {
  mode: Mode
  /** Is told why spans could not be sent. */
  onFailure: (reason: string) => void
}

export type Tracing = ReturnType<typeof openTracing>

/** What is left of the spans when the process ends may take so long to be sent. */
const closeMs = 2_000
const reasonMax = 500

/**
 * Sends one span for each request, as part of its caller's trace where it sends a `traceparent` (W3C Trace Context), and in it one for
 * each call to Stripe. The SDK reads the standard OTEL_ variables itself. Spans carry no body, and no id but those of the request and
 * of Stripe's answer.
 */
export function openTracing({ mode, onFailure }: Options) {
  const report = (reason: string) => onFailure(reason.slice(0, reasonMax))
  const ignore = () => {}
  const logger = { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  const version = readVersion()
  const own = { 'service.name': 'chatdash-server', 'service.version': version, 'deployment.environment.name': mode }
  const resource = defaultResource()
    .merge(resourceFromAttributes(own))
    .merge(detectResources({ detectors: [envDetector] }))
  const provider = new BasicTracerProvider({
    resource,
    sampler: samplerOfRequests(),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  const tracer = provider.getTracer('chatdash-server', version)
  /** The span of the request whose handler runs. */
  const current = new AsyncLocalStorage<Span>()

  return {
    observeRequests: (server: FastifyInstance): void => {
      const spans = new WeakMap<object, Span>()
      server.addHook('onRequest', (request, reply, done) => {
        const { method, routeOptions, id } = request
        const { url, schema } = routeOptions
        const span = tracer.startSpan(
          url === undefined ? method : `${method} ${url}`,
          {
            kind: SpanKind.SERVER,
            attributes: {
              'http.request.method': method,
              'http.route': url,
              'chatdash.operation': schema?.operationId,
              'chatdash.request_id': id,
            },
          },
          propagator.extract(ROOT_CONTEXT, request.headers, headerGetter),
        )
        spans.set(request, span)
        // Not onResponse, which never runs if the caller hangs up.
        reply.raw.once('close', () => {
          const { refusal } = request
          if (reply.raw.headersSent) span.setAttribute('http.response.status_code', reply.statusCode)
          else span.setAttribute('error.type', 'hung_up')
          if (refusal) span.setAttribute('error.type', refusal.code)
          if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
          span.end()
        })
        done()
      })
      server.addHook('preHandler', (request, _reply, done) => {
        const span = spans.get(request)
        if (span) current.run(span, done)
        else done()
      })
    },

    observeCall: ((endpoint) => {
      const parent = current.getStore()
      const [method = '', path = ''] = endpoint.split(' ')
      const span = tracer.startSpan(
        endpoint,
        {
          kind: SpanKind.CLIENT,
          attributes: { 'http.request.method': method, 'url.template': path, 'peer.service': 'stripe' },
        },
        parent ? trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
      )
      return {
        started: () => span.addEvent('sent'),
        ended({ retries, stripeRequestId, refusal }) {
          if (retries > 0) span.setAttribute('http.request.resend_count', retries)
          if (stripeRequestId !== undefined) span.setAttribute('stripe.request_id', stripeRequestId)
          if (refusal) {
            span.setAttributes({ 'error.type': refusal.code, 'chatdash.outcome': refusal.outcome })
            span.setStatus({ code: SpanStatusCode.ERROR })
          }
          span.end()
        },
      }
    }) satisfies CallObserver,

    /** Sends the spans that are left. */
    async close(): Promise<void> {
      await within(closeMs, provider.shutdown()).catch(() => false)
    },
  }
}

/**
 * What OTEL_TRACES_SAMPLER says, decided anew for each request: on a trace that is thrown away, because a caller chooses the flag and
 * the id of the one that it sends, and anybody may call. What happens within a request follows the request.
 */
function samplerOfRequests(): Sampler {
  const configured = new BasicTracerProvider().getTracer('')
  const root: Sampler = {
    shouldSample: () => {
      const isTaken = configured.startSpan('', { root: true }).isRecording()
      return { decision: isTaken ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD }
    },
    toString: () => 'OTEL_TRACES_SAMPLER',
  }
  return new ParentBasedSampler({ root, remoteParentSampled: root, remoteParentNotSampled: root })
}

const propagator = new W3CTraceContextPropagator()
const headerGetter = {
  keys: (headers: Record<string, unknown>) => Object.keys(headers),
  get: (headers: Record<string, unknown>, name: string) => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  },
}
