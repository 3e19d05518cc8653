// What a server tells of itself: figures, traces, logs and health, while real models answer.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallBundle } from '../../../../test/support/bundles.js'
import { createInferenceService, type InferenceService } from '../../../operate/serve/index.js'
import type { Face, Server } from '../face.js'
import { createServer, type ServerOptions } from '../server.js'
import { prettyLine, shownUrl } from './log.js'
import { addMetrics } from './metrics.js'
import { addTraces } from './traces.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-telemetry-'))
let service: InferenceService
const servers: Server[] = []

beforeAll(async () => {
  await smallBundle(folder, 'houses')
  service = await createInferenceService({ sources: [join(folder, 'houses')], placement: 'thread' })
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await service.close()
  rmSync(folder, { recursive: true, force: true })
})

const row = { size: 50, city: 'Oslo' }

const models: Face = (server, { service: given }) => {
  server.post<{ Params: { model: string } }>(
    '/predict/:model',
    { config: { scope: 'predict' } },
    async (request) =>
      given!.predictRows({ model: request.params.model }, request.body as never, { requestId: request.id }),
  )
  server.get('/broken', async () => {
    throw new Error('password=hunter2 in a message of ours')
  })
}

async function serverWith(watchers: ServerOptions['watchers'], log?: ServerOptions['log']): Promise<Server> {
  const faces = [{ face: models, protocol: 'test' }]
  const server = await createServer({ service }, { faces, watchers, log })
  servers.push(server)
  return server
}

const predict = (server: Server, model = 'houses', headers: Record<string, string> = {}) =>
  server.inject({ method: 'POST', url: `/predict/${model}`, payload: [row, row], headers })

describe('figures', () => {
  const measured = (): Promise<Server> =>
    serverWith([(server, open) => addMetrics(server, { service, open, version: '1.2.3' })])
  const valueOf = (text: string, name: string, ...labels: string[]): number | undefined => {
    const line = text
      .split('\n')
      .find((each) => each.startsWith(`${name}{`) && labels.every((label) => each.includes(label)))
    return line === undefined ? undefined : Number(line.split(' ').at(-1))
  }

  test('count requests, rows, batches, times and errors by model, version, protocol and code', async () => {
    const server = await measured()
    for (let i = 0; i < 3; i++) expect((await predict(server)).statusCode).toBe(200)
    await server.inject({ method: 'POST', url: '/predict/houses', payload: [{ size: 'x' }] })
    await server.inject('/broken')
    const { body, headers } = await server.inject('/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    const about = ['model="houses"', 'version="1"', 'protocol="test"']
    expect(valueOf(body, 'modelwright_predictions_total', ...about, 'code="ok"')).toBe(3)
    expect(valueOf(body, 'modelwright_predictions_total', ...about, 'code="schema-mismatch"')).toBe(1)
    expect(valueOf(body, 'modelwright_prediction_rows_total', ...about)).toBe(6)
    for (const name of ['duration_seconds', 'queue_seconds', 'compute_seconds', 'batch_rows'])
      expect(valueOf(body, `modelwright_prediction_${name}_count`, ...about)).toBe(3)
    expect(valueOf(body, 'modelwright_prediction_batch_rows_sum', ...about)).toBe(6)
    const routes = ['protocol="test"', 'route="/predict/:model"']
    expect(valueOf(body, 'modelwright_http_requests_total', ...routes, 'status="200"')).toBe(3)
    expect(valueOf(body, 'modelwright_http_requests_total', ...routes, 'status="400"')).toBe(1)
    expect(valueOf(body, 'modelwright_http_requests_total', 'route="/broken"', 'status="500"')).toBe(1)
    expect(valueOf(body, 'modelwright_model_ready', 'model="houses"')).toBe(1)
    expect(valueOf(body, 'modelwright_build_info', 'version="1.2.3"')).toBe(1)
    expect(body).toMatch(/^process_resident_memory_bytes \d+/m)
    expect(body).toMatch(/^modelwright_http_requests_in_flight 1$/m)
  })

  test('have no more names than there are models and routes, whatever is asked', async () => {
    const server = await measured()
    const series = async (): Promise<string[]> => {
      const lines = (await server.inject('/metrics')).body.split('\n')
      // Those of asking for figures themselves come when it has been answered.
      const ours = lines.filter((line) => line.startsWith('modelwright_') && !line.includes('"/metrics"'))
      return ours.map((line) => line.replace(/ \S+$/, '')).toSorted()
    }
    await predict(server, 'no-0')
    await server.inject('/nowhere/0')
    await server.inject({ method: 'PROPFIND' as 'GET', url: '/nowhere' })
    const before = await series()
    expect(before.join('\n')).toContain('model="unknown",version="none"')
    for (let i = 0; i < 50; i++) {
      await predict(server, `no-${i}"}\n{`)
      await server.inject({
        method: (['GET', 'PUT', 'DELETE'] as const)[i % 3]!,
        url: `/nowhere/${i}?a=${i}`,
      })
    }
    expect(await series()).toEqual(before)
    expect((await server.inject('/metrics')).body).not.toContain('no-')
  })
})

interface Collected {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
}

/** A collector of OpenTelemetry: takes what comes to /v1/traces as JSON. */
async function collector() {
  const spans: Collected[] = []
  const services: unknown[] = []
  const paths: string[] = []
  const server = createHttpServer((request, response) => {
    paths.push(`${request.method} ${request.url} ${request.headers['content-type']}`)
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as {
        resourceSpans: {
          resource: { attributes: { key: string; value: unknown }[] }
          scopeSpans: { spans: Collected[] }[]
        }[]
      }
      for (const { resource, scopeSpans } of body.resourceSpans) {
        services.push(...resource.attributes)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans))
      }
      response.setHeader('Content-Type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    services,
    paths,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('traces', () => {
  const attribute = (span: Collected, key: string): unknown =>
    Object.values(span.attributes.find((each) => each.key === key)?.value ?? {})[0]

  test('go to a collector: a request with its waiting and computing, below the span of the caller', async () => {
    await using collected = await collector()
    const { endpoint } = collected
    const server = await serverWith([
      (each, open) => addTraces(each, { endpoint: `${endpoint}/`, service, open, version: '1.2.3' }),
    ])
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`
    await predict(server, 'houses', { traceparent, 'x-request-id': 'r-1' })
    await server.inject('/broken?token=secret')
    await server.close()
    const { spans } = collected
    expect(collected.paths[0]).toBe('POST /v1/traces application/json')
    expect(collected.services).toContainEqual({ key: 'service.name', value: { stringValue: 'modelwright' } })
    const request = spans.find(({ name }) => name === 'POST /predict/:model')!
    expect(request).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' })
    expect(attribute(request, 'http.response.status_code')).toBe(200)
    expect(attribute(request, 'modelwright.request_id')).toBe('r-1')
    for (const name of ['queue', 'compute']) {
      const span = spans.find((each) => each.name === name)!
      expect(span).toMatchObject({ traceId, parentSpanId: request.spanId })
      expect(attribute(span, 'modelwright.model')).toBe('houses')
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano))
    }
    const broken = spans.find(({ name }) => name === 'GET /broken')!
    expect(broken).toMatchObject({ status: { code: 2 } })
    expect(broken.parentSpanId ?? '').toBe('')
    expect(JSON.stringify(spans)).not.toMatch(/secret|hunter2/)
  })

  test.each([
    '00-zz-00f067aa0ba902b7-01',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    'ff',
    '',
    'x'.repeat(5000),
  ])('begin anew where the caller says nonsense: %s', async (traceparent) => {
    await using collected = await collector()
    const { endpoint } = collected
    const server = await serverWith([
      (each, open) => addTraces(each, { endpoint, service, open, version: '1' }),
    ])
    expect((await predict(server, 'houses', { traceparent })).statusCode).toBe(200)
    await server.close()
    const request = collected.spans.find(({ name }) => name.startsWith('POST'))!
    expect(request.parentSpanId ?? '').toBe('')
  })

  test('a collector that is away holds up no answer, and not the end', async () => {
    const endpoint = await collector().then(async (gone) => {
      await gone[Symbol.asyncDispose]()
      return gone.endpoint
    })
    const server = await serverWith([
      (each, open) => addTraces(each, { endpoint, service, open, version: '1' }),
    ])
    expect((await predict(server)).statusCode).toBe(200)
    await server.close()
  })
})

describe('the log', () => {
  const logged = async (rate: number) => {
    const lines: string[] = []
    const server = await serverWith([], { level: 'info', rate, write: (line) => lines.push(line) })
    return { server, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, never>) }
  }

  test('has a line of JSON for each failure and every so many answers, with the name of the request', async () => {
    const { server, entries } = await logged(0.1)
    for (let i = 0; i < 25; i++) await predict(server, 'houses', { 'x-request-id': `r-${i}` })
    expect(entries()).toHaveLength(2)
    expect(entries()[0]).toMatchObject({
      level: 'info',
      msg: 'answered',
      reqId: 'r-9',
      req: { method: 'POST', url: '/predict/houses' },
      status: 200,
      milliseconds: expect.any(Number),
    })
    await server.inject('/broken')
    const [fault, answer] = entries().slice(2)
    expect(fault).toMatchObject({
      level: 'error',
      err: { type: 'Error', stack: expect.stringContaining('telemetry.test') },
    })
    expect(answer).toMatchObject({ level: 'error', status: 500 })
  })

  test('never holds keys: not of headers, not of addresses, not of what is logged by mistake', async () => {
    const { server, lines } = await logged(1)
    const secret = 'mw_hidden'
    await server.inject({
      url: `/nowhere?api_key=${secret}&x=1&token=${secret}&X-Amz-Signature=${secret}`,
      headers: {
        authorization: `Bearer ${secret}`,
        cookie: `modelwright_session=${secret}`,
        'x-api-key': secret,
      },
    })
    server.log.info(
      { headers: { authorization: secret, cookie: secret, 'x-api-key': secret }, password: secret },
      'oops',
    )
    server.log.info({ body: { user: { password: secret, token: secret } } }, 'oops')
    expect(lines.length).toBeGreaterThanOrEqual(3)
    expect(lines.join('')).not.toContain(secret)
    expect(lines.join('')).toContain('[redacted]')
  })

  test('cannot be forged by a line break', async () => {
    const { server, lines } = await logged(1)
    await server.inject({ url: '/a%0A%7B%22level%22:%22error%22%7D', headers: { 'x-request-id': 'a\nb' } })
    for (const line of lines) expect(line.trimEnd()).not.toContain('\n')
  })

  test('is short where a person looks', () => {
    const line = JSON.stringify({
      level: 'info',
      time: '2026-11-27T19:27:33.508Z',
      reqId: 'r-1',
      req: { method: 'GET', url: '/a' },
      status: 200,
      milliseconds: 1.5,
      address: '::1',
      msg: 'answered',
    })
    expect(prettyLine(line)).toBe('19:27:33  info   answered  GET /a  200  1.5 ms  {"address":"::1"}  r-1\n')
  })

  test.each([
    ['/a?key=1&b=2', '/a?key=[redacted]&b=2'],
    ['/a?page_token=1', '/a?page_token=[redacted]'],
    ['/a?b=key', '/a?b=key'],
    [`/mw_${'x'.repeat(43)}?q=mw_${'y'.repeat(43)}`, '/mw_[redacted]?q=mw_[redacted]'],
    ['/api/v1/keys/mw_Xy12Ab34', '/api/v1/keys/mw_Xy12Ab34'],
    ['/a?PASSWORD=x&AUTH=y', '/a?PASSWORD=[redacted]&AUTH=[redacted]'],
  ])('%s is shown as %s', (url, shown) => {
    expect(shownUrl(url)).toBe(shown)
  })
})

describe('health', () => {
  test('readiness waits for the models, life does not', async () => {
    const own = await createInferenceService({ sources: [join(folder, 'houses')], placement: 'thread' })
    const server = await createServer({ service: own }, { faces: [] })
    servers.push(server)
    expect((await server.inject('/readyz')).json()).toEqual({ status: 'ready', faults: {} })
    await own.close()
    const answer = await server.inject('/readyz')
    expect([answer.statusCode, answer.json().faults]).toEqual([503, { models: 'not all are loaded' }])
    for (const url of ['/healthz', '/livez']) expect((await server.inject(url)).statusCode).toBe(200)
  })

  test('a check that finds a fault says which', async () => {
    const server = await createServer({}, { faces: [], checks: [['store', async () => 'It is away.']] })
    servers.push(server)
    const answer = await server.inject('/readyz')
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().faults]).toEqual([
      503,
      '1',
      { store: 'It is away.' },
    ])
  })
})
