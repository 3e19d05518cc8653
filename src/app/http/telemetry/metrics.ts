// Figures for Prometheus. Labels have few values, whatever clients send: names of models are those in service, paths are those of routes.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { InferenceService, RequestRecord } from '../../../operate/serve/index.js'
import type { Server } from '../face.js'
import type { OpenRequests } from '../limits/open-requests.js'

export interface MetricsSources {
  readonly service: InferenceService | undefined
  readonly open: OpenRequests
  readonly version: string
  /** Samples of the log of requests: written, and left out because the store was too slow or away. */
  readonly requestLog?: { readonly written: number; readonly dropped: number } | undefined
}

/** Seconds: a row of a small model takes a tenth of a millisecond, what takes more than ten seconds is slow whatever it is. */
const durations = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
]
const batchSizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]

/** Adds /metrics, and counts what goes through the server and the models. */
export async function addMetrics(server: Server, sources: MetricsSources): Promise<void> {
  const prometheus = await import('prom-client')
  const registry = new prometheus.Registry()
  prometheus.collectDefaultMetrics({ register: registry })
  const make = makers(prometheus, registry)
  countAnswers(server, make)
  gauges(make, sources)
  if (sources.service !== undefined) {
    const stop = countPredictions(sources.service, make, sources.open)
    server.addHook('onClose', (_server, done) => {
      stop()
      done()
    })
  }
  server.get('/metrics', { config: { scope: 'read', protocol: 'health' } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}

type Prometheus = typeof import('prom-client')
type Make = ReturnType<typeof makers>

function makers(prometheus: Prometheus, registry: InstanceType<Prometheus['Registry']>) {
  const registers = [registry]
  return {
    counter: (name: string, help: string, labelNames: string[]) =>
      new prometheus.Counter({ name: `modelwright_${name}`, help, labelNames, registers }),
    histogram: (name: string, help: string, labelNames: string[], buckets = durations) =>
      new prometheus.Histogram({ name: `modelwright_${name}`, help, labelNames, buckets, registers }),
    /** Read when it is asked for. */
    gauge(name: string, help: string, read: () => readonly (readonly [Record<string, string>, number])[]) {
      const labelNames = [...new Set(read().flatMap(([labels]) => Object.keys(labels)))]
      const names = labelNames.length > 0 ? labelNames : ['model', 'version']
      return new prometheus.Gauge({
        name: `modelwright_${name}`,
        help,
        labelNames: name.startsWith('model_') ? ['model', 'version'] : names,
        registers,
        collect() {
          this.reset()
          for (const [labels, value] of read()) this.set(labels, value)
        },
      })
    },
  }
}

function countAnswers(server: Server, make: Make): void {
  const labels = ['protocol', 'method', 'route']
  const answers = make.counter('http_requests_total', 'Requests that were answered.', [...labels, 'status'])
  const time = make.histogram('http_request_duration_seconds', 'From the first byte to the last.', labels)
  server.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
    const { url, config } = request.routeOptions
    // Methods of a path that is none of ours are what anybody likes.
    const method = url === undefined ? 'other' : request.method
    const about = { protocol: config.protocol ?? 'none', method, route: url ?? 'none' }
    answers.inc({ ...about, status: String(reply.statusCode) })
    time.observe(about, reply.elapsedTime / 1000)
    done()
  })
}

function countPredictions(service: InferenceService, make: Make, open: OpenRequests): () => void {
  const labels = ['model', 'version', 'protocol']
  const count = make.counter(
    'predictions_total',
    "Requests to models, by how they ended: 'ok', or the code of the error.",
    [...labels, 'code'],
  )
  const rows = make.counter('prediction_rows_total', 'Rows of requests that went well.', labels)
  const total = make.histogram('prediction_duration_seconds', 'Waiting and computing of a request.', labels)
  const queue = make.histogram(
    'prediction_queue_seconds',
    'Waiting for a worker and for others of a batch.',
    labels,
  )
  const compute = make.histogram(
    'prediction_compute_seconds',
    'Computing of the batch that a request was in.',
    labels,
  )
  const batches = make.histogram(
    'prediction_batch_rows',
    'Rows of the batch that a request was in.',
    labels,
    batchSizes,
  )
  const isServed = servedNames(service)
  return service.onRequest((record: RequestRecord) => {
    const { model, version, requestId, errorCode } = record
    const about = {
      model: isServed(model) ? model : 'unknown',
      version: isServed(model) ? (version ?? 'none') : 'none',
      protocol:
        (requestId === undefined ? undefined : open.find(requestId)?.routeOptions.config.protocol) ?? 'none',
    }
    count.inc({ ...about, code: errorCode ?? 'ok' })
    if (errorCode !== undefined) return
    rows.inc(about, record.rows)
    total.observe(about, (record.queueTime + record.computeTime) / 1000)
    queue.observe(about, record.queueTime / 1000)
    compute.observe(about, record.computeTime / 1000)
    batches.observe(about, record.batchSize)
  })
}

/** Models come and go, but a name that was ever served stays a label. */
function servedNames(service: InferenceService): (model: string) => boolean {
  const known = new Set<string>()
  const look = (): void => {
    for (const { model } of service.describe()) known.add(model)
  }
  look()
  return (model) => {
    if (known.has(model)) return true
    // Looked up by name and not by list: a flood of unknown names must cost little.
    try {
      if (service.describe(model).length > 0) known.add(model)
    } catch {
      return false
    }
    return known.has(model)
  }
}

function gauges(make: Make, { service, open, version, requestLog }: MetricsSources): void {
  make.gauge('build_info', 'The version of the program.', () => [[{ version }, 1]])
  make.gauge('http_requests_in_flight', 'Requests that are being answered.', () => [[{}, open.count]])
  if (requestLog !== undefined) {
    make.gauge('request_log_entries', 'Samples of requests, by what became of them.', () => [
      [{ outcome: 'written' }, requestLog.written],
      [{ outcome: 'dropped' }, requestLog.dropped],
    ])
  }
  if (service === undefined) return
  make.gauge('model_ready', '1 for a version that answers, else 0.', () =>
    service
      .describe()
      .map(({ model, version: of, state }) => [{ model, version: of }, state === 'ready' ? 1 : 0]),
  )
  make.gauge('model_bytes', 'Memory that a version is estimated to occupy.', () =>
    service.describe().map(({ model, version: of, bytes }) => [{ model, version: of }, bytes]),
  )
}
