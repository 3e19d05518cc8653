// Traces for OpenTelemetry: a span for each request, within it one for waiting and one for computing. The SDK is loaded when it is asked for.
import type { Context, Span } from '@opentelemetry/api'
import type { NodeTracerConfig } from '@opentelemetry/sdk-trace-node'
import type { FastifyRequest } from 'fastify'
import { EngineMissingError, wallClock } from '../../../base/index.js'
import type { InferenceService } from '../../../operate/serve/index.js'
import type { Server } from '../face.js'
import type { OpenRequests } from '../limits/open-requests.js'

export interface TraceOptions {
  /** Where the collector listens, such as `http://127.0.0.1:4318`; traces go to `/v1/traces` below it. */
  readonly endpoint: string
  readonly service: InferenceService | undefined
  readonly open: OpenRequests
  readonly version: string
}

/** Milliseconds between two sendings: a trace is looked at seconds later, not at once. */
const sendEvery = 2000
/** Milliseconds for which sending is tried: what a collector that is away costs at the end, too. */
const sendWithin = 1500

/** @throws {@link EngineMissingError} when the SDK is not installed */
export async function addTraces(server: Server, options: TraceOptions): Promise<void> {
  const { provider, api } = await startProvider(options)
  const tracer = provider.getTracer('modelwright', options.version)
  const spans = new WeakMap<FastifyRequest, { readonly span: Span; readonly context: Context }>()
  server.addHook('onRequest', (request, _reply, done) => {
    const { url: route } = request.routeOptions
    const parent = parentOf(api, request.headers['traceparent'])
    const span = tracer.startSpan(
      `${request.method}${route === undefined ? '' : ` ${route}`}`,
      {
        kind: api.SpanKind.SERVER,
        attributes: {
          'http.request.method': request.method,
          'url.path': request.url.split('?')[0],
          'modelwright.request_id': request.id,
          ...(route !== undefined && { 'http.route': route }),
        },
      },
      parent,
    )
    spans.set(request, { span, context: api.trace.setSpan(parent, span) })
    done()
  })
  const end = (request: FastifyRequest, status: number | undefined): void => {
    const span = spans.get(request)?.span
    if (span === undefined) return
    if (status === undefined)
      span.setStatus({ code: api.SpanStatusCode.ERROR, message: 'the client went away' })
    else span.setAttribute('http.response.status_code', status)
    if (status !== undefined && status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR })
    span.end()
    spans.delete(request)
  }
  server.addHook('onResponse', (request, reply, done) => {
    end(request, reply.statusCode)
    done()
  })
  server.addHook('onRequestAbort', (request, done) => {
    end(request, undefined)
    done()
  })
  const stop = options.service?.onRequest((record) => {
    const request = record.requestId === undefined ? undefined : options.open.find(record.requestId)
    const context = request && spans.get(request)?.context
    if (context === undefined) return
    const attributes = {
      'modelwright.model': record.model,
      'modelwright.version': record.version ?? '',
      'modelwright.batch_rows': record.batchSize,
    }
    const ended = wallClock()
    const computed = ended - record.computeTime
    tracer.startSpan('queue', { startTime: computed - record.queueTime, attributes }, context).end(computed)
    tracer.startSpan('compute', { startTime: computed, attributes }, context).end(ended)
  })
  server.addHook('onClose', async () => {
    stop?.()
    // A collector that is away must not keep the process.
    await provider.shutdown().catch((error: unknown) => server.log.warn({ err: error }, 'traces were lost'))
  })
}

type Api = typeof import('@opentelemetry/api')

async function startProvider({ endpoint, version }: TraceOptions) {
  try {
    const [api, sdk, { OTLPTraceExporter }] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ])
    const exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/+$/, '').replace(/\/v1\/traces$/, '')}/v1/traces`,
      timeoutMillis: sendWithin,
    })
    const processor = new sdk.BatchSpanProcessor(exporter, {
      scheduledDelayMillis: sendEvery,
      exportTimeoutMillis: sendWithin,
    })
    return {
      api,
      provider: new sdk.NodeTracerProvider({ resource: resourceOf(version), spanProcessors: [processor] }),
    }
  } catch (error) {
    const install = 'npm install @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-http'
    throw new EngineMissingError(
      `Traces need the SDK of OpenTelemetry, which is not installed. Install it with: ${install}; or start without --otlp and OTEL_EXPORTER_OTLP_ENDPOINT.`,
      { engine: 'opentelemetry', install, reason: error instanceof Error ? error.message : String(error) },
      error,
    )
  }
}

type Resource = NonNullable<NodeTracerConfig['resource']>

/** Who speaks, as spans say it. What makes resources is a package of its own, which is not worth another optional peer. */
function resourceOf(version: string): Resource {
  const attributes = {
    'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'modelwright',
    'service.version': version,
  }
  const resource: Resource = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: () => resource,
  }
  return resource
}

/** The caller's span, as the W3C's Trace Context writes it: version, trace, span, flags. */
const traceparent = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/

function parentOf(api: Api, header: string | readonly string[] | undefined): Context {
  const [, traceId, spanId, flags] = traceparent.exec(typeof header === 'string' ? header.trim() : '') ?? []
  if (traceId === undefined || spanId === undefined || /^0+$/.test(traceId) || /^0+$/.test(spanId))
    return api.ROOT_CONTEXT
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags!, 16), isRemote: true }
  return api.trace.setSpanContext(api.ROOT_CONTEXT, span)
}
