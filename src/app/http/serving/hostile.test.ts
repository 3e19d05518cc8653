// Each protocol against random and mutated bodies, and against requests that no client sends: there is always an answer, of the caller's
// fault, in the words of the protocol; and the server answers the next one.
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { sendRaw } from '../../../../test/support/raw-request.js'
import { rows, servingServer } from '../../../../test/support/serving-server.js'
import { parseJson } from './body/json.js'

const vertex = { healthRoute: '/vertex/health', predictRoute: '/vertex/models/1:predict' }
const { server } = await servingServer({
  only: ['dear', 'echo', 'lookup', 'scaling'],
  defaultModel: 'dear',
  vertex,
  bodyLimit: 2 ** 20,
})

const text = expect.any(String) as string
const own = { error: { code: text, message: text, details: expect.any(Object) as object } }
const sentence = { error: text }
const mlflow = { error_code: text, message: text }
const torchserve = { code: expect.any(Number) as number, type: text, message: text }
const google = { error: { code: expect.any(Number) as number, message: text, status: text } }

const records = rows.slice(0, 2)
const data = records.map((row) => Object.values(row))
const tensor = (name: string, datatype: string, values: unknown[]): object => ({
  name,
  shape: [values.length, 1],
  datatype,
  data: values,
})
const columns = { size: [30, 40], city: ['Oslo', 'Bern'], garden: [true, false] }
const infer = {
  id: 'a',
  parameters: { binary_data_output: false },
  inputs: [
    tensor('size', 'INT64', columns.size),
    tensor('city', 'BYTES', columns.city),
    { ...tensor('garden', 'BOOL', columns.garden), parameters: {} },
  ],
  outputs: [{ name: 'prediction', parameters: { binary_data: false } }],
}

/** What each route takes when all is well, and how it says errors. */
const routes: readonly (readonly [url: string, error: object, good: readonly object[]])[] = [
  ['/api/v1/serving/models/dear/predict', own, [records[0]!, { rows: records }, { columns }]],
  ['/api/v1/serving/models/scaling/predict', own, [{ inputs: { x: [[1, 2]] } }]],
  ['/v2/models/dear/infer', sentence, [infer]],
  [
    '/v2/models/lookup/infer',
    sentence,
    [{ inputs: [{ name: 'id', shape: [2], datatype: 'INT64', data: [1, 2] }] }],
  ],
  ['/v1/models/dear:predict', sentence, [{ instances: records }, { instances: data }, { inputs: columns }]],
  [
    '/v1/models/dear:classify',
    sentence,
    [{ context: { size: 1 }, examples: [{ city: 'Oslo', garden: true }] }],
  ],
  ['/v1/models/scaling:predict', sentence, [{ instances: [[1, 2]] }, { inputs: { x: [[1, 2]] } }]],
  ['/predictions/dear', torchserve, [records[0]!, records, { data: records }]],
  ['/predictions/scaling', torchserve, [[[1, 2]]]],
  [
    '/invocations',
    mlflow,
    [
      { dataframe_split: { columns: Object.keys(columns), data } },
      { dataframe_records: records, params: { predict_method: 'predict_proba' } },
      { instances: data },
      { inputs: columns },
    ],
  ],
  ['/models/dear/invoke', mlflow, [{ instances: records }]],
  [vertex.predictRoute, google, [{ instances: records, parameters: {} }]],
]

async function judge(
  url: string,
  error: object,
  payload: string | Buffer,
  headers: Record<string, string> = {},
) {
  const answer = await server.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  })
  if (answer.statusCode === 200) {
    // TensorFlow Serving writes NaN and Infinity as words.
    expect(() => parseJson(answer.rawPayload)).not.toThrow()
    return
  }
  expect(answer.statusCode, answer.body).toBeGreaterThanOrEqual(400)
  expect(answer.statusCode, answer.body).toBeLessThan(500)
  // `/invocations` answers Open Inference in its own words, and other types as MLflow does, in plain text.
  const said = answer.headers['content-type']?.toString().startsWith('text/plain')
    ? undefined
    : answer.json<object>()
  if (said !== undefined && !(error === mlflow && 'error' in said)) expect(said).toEqual(error)
}

/** Values that programs stumble over. */
const odd = fc.constantFrom<unknown>(
  null,
  '',
  0,
  -1,
  1.5,
  2 ** 53,
  1e308,
  true,
  [],
  {},
  [[]],
  [null],
  '__proto__',
  'NaN',
  '\u0000',
  '🙂\ud800',
  { b64: '/w==' },
  { b64: 5 },
  ['Oslo', 5],
  Array.from({ length: 40 }).reduce<unknown>((inner) => [inner], 1),
)

/** A good body with one thing in it replaced, dropped or doubled. */
function mutated(body: object, path: readonly number[], value: unknown, how: number): unknown {
  const copy = structuredClone(body) as Record<string, unknown>
  let owner: Record<string, unknown> = copy
  for (const step of path) {
    const keys = Object.keys(owner)
    if (keys.length === 0) break
    const key = keys[step % keys.length]!
    const inner = owner[key]
    if (typeof inner === 'object' && inner !== null && step % 3 !== 0) {
      owner = inner as Record<string, unknown>
      continue
    }
    if (how === 0) owner[key] = value
    else if (how === 1) delete owner[key]
    else if (Array.isArray(owner)) owner.push(value)
    else owner[`${key} `] = inner
    break
  }
  return copy
}

describe.each(routes)('%s', (url, error, good) => {
  it('answers what it should', async () => {
    for (const body of good) {
      const answer = await server.inject({ method: 'POST', url, payload: body })
      expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)])
    }
  })

  it('has an answer to any JSON, and to no JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string(), fc.string({ unit: 'binary' })), (body) =>
        judge(url, error, body),
      ),
      { numRuns: 60 },
    )
  })

  it('has an answer to any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), (bytes) => judge(url, error, Buffer.from(bytes))),
      { numRuns: 30 },
    )
  })

  it('has an answer to bodies that are almost right', async () => {
    const path = fc.array(fc.nat(20), { minLength: 1, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...good), path, odd, fc.nat(2), (body, steps, value, how) =>
        judge(url, error, JSON.stringify(mutated(body, steps, value, how))),
      ),
      { numRuns: 150 },
    )
  })

  it('has an answer to bodies that are cut off or have a letter changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...good),
        fc.nat(400),
        fc.constantFrom('', '"', '9', '[', '\\', '-', 'e', '\u0000', 'NaN'),
        (body, at, letter) => {
          const whole = JSON.stringify(body)
          const place = at % whole.length
          return judge(
            url,
            error,
            letter === '' ? whole.slice(0, place) : whole.slice(0, place) + letter + whole.slice(place + 1),
          )
        },
      ),
      { numRuns: 100 },
    )
  })

  it.each([
    ['too much of it', `{"a": "${'x'.repeat(2 ** 20)}"}`, {}],
    ['brackets without end', `{"instances": ${'['.repeat(300_000)}`, {}],
    ['deep brackets', `{"instances": ${'['.repeat(200_000)}${']'.repeat(200_000)}, "inputs": 1}`, {}],
    ['deep objects', `${'{"inputs":'.repeat(50_000)}1${'}'.repeat(50_000)}`, {}],
    ['a number of a million digits', `{"instances": [[${'9'.repeat(900_000)}, 1]]}`, {}],
    ['numbers beyond all bounds', '{"instances": [[1e999, -1e999]]}', {}],
    [
      'keys of prototypes',
      '{"__proto__": {"a": 1}, "constructor": {"prototype": {"b": 2}}, "instances": [{"__proto__": 5}]}',
      {},
    ],
    ['a compressed body', '{}', { 'content-encoding': 'gzip' }],
    ['a header of binary data', '{}', { 'inference-header-content-length': '1' }],
    ['another type', 'a,b\n1,2\n', { 'content-type': 'text/csv' }],
    ['a type that is none', '{}', { 'content-type': '\u00ff; =' }],
    ['a form', 'a=1&b=2', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a form of parts', '--x\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }],
  ] as const)('has an answer to %s', async (_, body, headers) => {
    await judge(url, error, body, headers as Record<string, string>)
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })
})

it('binary tensors with random heads, sizes and lengths are never more than refused', async () => {
  const bytes = fc.uint8Array({ maxLength: 40 })
  const size = fc.oneof(fc.integer({ min: -2, max: 50 }), odd)
  const shape = fc.oneof(fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 3 }), odd)
  const type = fc.constantFrom('BOOL', 'INT64', 'FP16', 'FP32', 'BYTES', 'BF16', 5)
  await fc.assert(
    fc.asyncProperty(
      bytes,
      size,
      shape,
      type,
      fc.integer({ min: -3, max: 3 }),
      async (body, claimed, sizes, datatype, lie) => {
        const head = {
          inputs: [{ name: 'x', shape: sizes, datatype, parameters: { binary_data_size: claimed } }],
        }
        const json = Buffer.from(JSON.stringify(head))
        const length = { 'inference-header-content-length': String(json.length + lie) }
        await judge('/v2/models/scaling/infer', sentence, Buffer.concat([json, body]), length)
      },
    ),
    { numRuns: 300 },
  )
})

describe('on the wire', async () => {
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  const alive = async (): Promise<void> =>
    expect((await fetch(`http://127.0.0.1:${port}/v2/health/live`)).status).toBe(200)
  afterAll(alive)

  const good = JSON.stringify({ instances: [[1, 2]] })
  const head = 'POST /v1/models/scaling:predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
  const statuses = (answer: string): string[] =>
    [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => match[1]!)
  const hidden = 'GET /v1/models/scaling HTTP/1.1\r\nHost: a\r\n\r\n'

  it.each([
    ['two lengths', `${head}Content-Length: ${good.length}\r\nContent-Length: 4\r\n\r\n${good}`],
    [
      'a length and pieces',
      `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    [
      'pieces that are obscured',
      `${head}Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${hidden}`,
    ],
    ['a space before the colon', `${head}Content-Length : ${good.length}\r\n\r\n${good}`],
    ['a negative length', `${head}Content-Length: -1\r\n\r\n${good}`],
    ['a length of letters', `${head}Content-Length: 0x10\r\n\r\n${good}`],
    ['a piece of a wrong size', `${head}Transfer-Encoding: chunked\r\n\r\nZZ\r\n${good}\r\n0\r\n\r\n`],
    [
      'a bare line end in a header',
      `${head}X-A: b\nInference-Header-Content-Length\n: 3\r\nContent-Length: ${good.length}\r\n\r\n${good}`,
    ],
    ['endless headers', `${head}X-A: ${'a'.repeat(100_000)}\r\n\r\n`],
    ['no request', 'hello\r\n\r\n'],
  ])('%s are one refusal, and nothing hidden is answered', async (_, bytes) => {
    const answered = statuses(await sendRaw(port, bytes))
    expect(answered.length).toBeLessThanOrEqual(1)
    expect(answered[0] ?? '400').toMatch(/^4/)
  })

  it('a header of binary data that is given twice is refused', async () => {
    const lengths = 'Inference-Header-Content-Length: 5\r\nInference-Header-Content-Length: 9\r\n'
    const request = `POST /v2/models/scaling/infer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lengths}Content-Length: ${good.length}\r\n\r\n${good}`
    expect(statuses(await sendRaw(port, request))).toEqual(['400'])
  })

  it('a body that stops half-way hurts nobody', async () => {
    await sendRaw(port, `${head}Content-Length: 1000\r\n\r\n${good}`, 100)
    await sendRaw(
      port,
      `POST /api/v1/serving/models/dear/predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"siz`,
      100,
    )
    await alive()
  })

  it('a length beyond the limit is refused before the body comes', async () => {
    const answer = await sendRaw(
      port,
      `${head}Content-Length: ${2 ** 40}\r\nInference-Header-Content-Length: 8\r\n\r\n`,
    )
    expect(statuses(answer)).toEqual(['413'])
    expect(answer).toContain('{"error":"The body is larger')
  })

  it('names in paths are names, whatever they hold', async () => {
    for (const name of [
      '..%2f..%2fetc%2fpasswd',
      '%00',
      '%f0%9f%99%82',
      "'%3b drop table models",
      '__proto__',
      'a'.repeat(3000),
    ]) {
      for (const path of [`/v2/models/${name}`, `/v1/models/${name}`, `/api/v1/serving/models/${name}`]) {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`)
        // The own API says of U+0000 that it is no name of anything.
        const missing = path === '/api/v1/serving/models/%00' ? 400 : 404
        expect([path, answer.status]).toEqual([path, name.length > 2000 ? expect.any(Number) : missing])
        expect(answer.status).toBeLessThan(500)
      }
    }
  })
})
