// Bodies that ask for much work with little text: what nobody reads is not built, and what would take long is refused with a sentence.
import { describe, expect, it } from 'vitest'
import { rows, servingServer } from '../../../../test/support/serving-server.js'
import { house } from '../../../../test/support/served-models.js'
import type { Row } from '../../../data/index.js'
import { refuseManyCells, requestLimits } from '../limits/request-limits.js'
import { inputsOfInstances } from './rows/instances.js'
import { tensorsOfScoring } from './mlflow/scoring-request.js'

const vertex = { healthRoute: '/vertex/health', predictRoute: '/vertex/predict' }
const jsonLimit = 2 ** 20
const { server, service } = await servingServer({
  only: ['dear', 'scaling', 'texts'],
  defaultModel: 'dear',
  vertex,
  jsonLimit,
  bodyLimit: 2 * jsonLimit,
})

/** What the service was asked, in one piece or several, since {@link post}. */
let asked: Row[] = []
service.onRequest(({ inputs }) => (asked = [...asked, ...(inputs ?? [])]))

async function post(url: string, payload: object | string | Buffer, headers: Record<string, string> = {}) {
  asked = []
  return server.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

const own = '/api/v1/serving/models/dear/predict'
const infer = '/v2/models/scaling/infer'
const known = rows.slice(0, 3).map(house)
const others = Array.from({ length: 4000 }, (_, i) => `other ${i}`)
const names = [...Object.keys(known[0]!), ...others]
const wide = known.map((row) => ({ ...row, ...Object.fromEntries(others.map((name) => [name, 1])) }))
const lists = wide.map((row) => Object.values(row))
const columns = Object.fromEntries(names.map((name, i) => [name, lists.map((list) => list[i])]))
const csv = [names, ...lists].map((cells) => cells.join(',')).join('\n')
const { predictions } = await service.predictRows({ model: 'dear' }, known)

describe('columns that no model reads', () => {
  it.each<[string, string, object | string, string?]>([
    ['dataframe_split', '/invocations', { dataframe_split: { columns: names, data: lists } }],
    ['columns of MLflow', '/invocations', { inputs: columns }],
    ['CSV', '/invocations', csv, 'text/csv'],
    ['instances of MLflow', '/invocations', { instances: wide }],
    [
      'lines of JSON',
      '/invocations',
      wide.map((row) => JSON.stringify(row)).join('\n'),
      'application/jsonlines',
    ],
    ['instances of TensorFlow Serving', '/v1/models/dear:predict', { instances: wide }],
    ['columns of TensorFlow Serving', '/v1/models/dear:predict', { inputs: columns }],
    ['examples', '/v1/models/dear:classify', { examples: wide }],
    ['instances of Vertex AI', vertex.predictRoute, { instances: wide }],
    ['rows of TorchServe', '/predictions/dear', wide],
    ['our columns', own, { columns }],
    ['a stream of CSV', own, csv, 'text/csv'],
  ])('in %s do not become part of rows', async (_, url, payload, type = 'application/json') => {
    const answer = await post(url, payload, { 'content-type': type })
    expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200)
    for (const label of predictions) expect(answer.body).toContain(String(label))
    expect(asked).toHaveLength(known.length)
    // A hundred are kept for messages and logs.
    for (const row of asked) expect(Object.keys(row).length).toBeLessThanOrEqual(103)
    expect(asked.map(house)).toEqual(type === 'text/csv' ? known.map(texts) : known)
  })

  it('and come in rows of their own objects change no answer', async () => {
    expect((await post(own, { rows: wide })).json()).toMatchObject({ predictions })
    expect((await post('/invocations', { dataframe_records: wide })).json()).toEqual({ predictions })
  })

  it('are named where one is meant that is missing', async () => {
    const misnamed = wide.map(({ size, ...rest }) => ({ sise: size, ...rest }))
    for (const [url, body] of [
      ['/v1/models/dear:predict', { instances: misnamed }],
      ['/invocations', { dataframe_split: { columns: ['sise', ...names.slice(1)], data: lists } }],
    ] as const) {
      const answer = await post(url, body)
      expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining('sise')])
    }
  })

  it('of which one is twice there count once, the later', async () => {
    const body = {
      dataframe_split: { columns: ['size', 'city', 'garden', 'size'], data: [[1, 'Oslo', true, 30]] },
    }
    expect((await post('/invocations', body)).statusCode).toBe(200)
    expect(asked).toEqual([{ size: 30, city: 'Oslo', garden: true }])
  })
})

const texts = (row: object): object =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]))

describe('little text does not become much work', () => {
  const many = Array.from({ length: 50_000 }, (_, i) => ({ [`k${i}`]: 1 }))
  const wanted = { columns: ['x'], limits: requestLimits({}) }

  it('by instances of a graph with keys that differ: one unknown is enough', () => {
    const inputs = inputsOfInstances(
      many.map((row) => ({ x: 1, ...row })),
      wanted,
      'instances',
    )
    expect(Object.keys(inputs)).toEqual(['k0'])
  })

  it('by records that lack what the first has', () => {
    const first = Object.fromEntries(many.flatMap(Object.entries))
    const records = [first, ...Array.from({ length: 50_000 }, () => ({}))]
    const request = { shape: 'dataframe_records', value: records, params: {} } as const
    expect(() => tensorsOfScoring(request, service.resolve({ model: 'scaling' }), wanted)).toThrow(
      "row 1 has no 'k0'",
    )
  })

  it('by a context that many examples share', async () => {
    const context = Object.fromEntries([['city', 'Oslo'], ...others.map((name) => [name, 1])]) as object
    const examples = known.map(({ size, garden }) => ({ size, garden }))
    expect((await post('/v1/models/dear:classify', { context, examples })).statusCode).toBe(200)
    for (const row of asked) expect(Object.keys(row).length).toBeLessThanOrEqual(103)
    const twice = await post('/v1/models/dear:classify', { context, examples: known })
    expect(twice.json()).toMatchObject({ error: expect.stringContaining("feature 'city'") as string })
  })

  it('by rows of which a wide model finds most missing', () => {
    const limits = requestLimits({ jsonLimit: 1000, maxRows: 400 })
    expect(() => refuseManyCells(100, 5, limits)).not.toThrow()
    expect(() => refuseManyCells(1, 10_000, limits)).not.toThrow()
    expect(() => refuseManyCells(101, 5, limits)).toThrow('--max-json')
    expect(() => refuseManyCells(401, 1, limits)).toThrow('--max-rows')
  })

  it('by tensors that no model has: the first is refused before any is read', async () => {
    const unknown = { name: 't', datatype: 'FP32', shape: [1], data: ['none'] }
    const answer = await post(infer, { inputs: [unknown, { name: 'x', datatype: 'none' }] })
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      { error: "The model has no input 't'; it takes 'x'." },
    ])
  })

  it('by too many rows of a tensor, which are not read', async () => {
    const x = { name: 'x', datatype: 'FP32', shape: [100_001, 2], data: ['none'] }
    expect((await post(infer, { inputs: [x] })).statusCode).toBe(413)
  })

  it('by one output that is asked for again and again', async () => {
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2] }]
    const outputs = (...wantedNames: string[]) => wantedNames.map((name) => ({ name }))
    const refused = async (...wantedNames: string[]) =>
      (await post(infer, { inputs, outputs: outputs(...wantedNames) })).json<{ error?: string }>().error
    expect(await refused('y', 'sum')).toBeUndefined()
    expect(await refused('y', 'y')).toContain('twice')
    expect(await refused('y', 'sum', 'y')).toContain('asks for 3 outputs; the model has 2')
  })
})

describe('a body of JSON', () => {
  const json = (size: number): string => `{"instances":[[1,2]],"more":"${'x'.repeat(size)}"}`
  const header = (length: number) => ({ 'inference-header-content-length': String(length) })
  const routes = [
    '/v1/models/scaling:predict',
    infer,
    '/invocations',
    own,
    '/predictions/dear',
    vertex.predictRoute,
  ]

  it.each(routes)('has a limit of its own at %s, whatever its headers say', async (url) => {
    for (const headers of [{}, header(jsonLimit + 1)]) {
      const answer = await post(url, json(jsonLimit), headers)
      expect([answer.statusCode, answer.body]).toEqual([413, expect.stringContaining('jsonLimit')])
    }
  })

  it('may have larger tensors behind it', async () => {
    const count = jsonLimit / 8 + 10
    const head = JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [
        { name: 'x', datatype: 'FP32', shape: [count, 2], parameters: { binary_data_size: count * 8 } },
      ],
      outputs: [{ name: 'sum' }],
    })
    const body = Buffer.concat([Buffer.from(head), Buffer.alloc(count * 8)])
    const sagemaker = `application/vnd.sagemaker-triton.binary+json;json-header-size=${head.length}`
    for (const [url, headers] of [
      [infer, header(head.length)],
      ['/models/scaling/invoke', { 'content-type': sagemaker }],
    ] as const) {
      const answer = await post(url, body, headers)
      // So many rows are too many for another reason.
      expect([answer.statusCode, answer.json()]).toEqual([
        413,
        { error: expect.stringContaining('rows, expected at most 100000') as string },
      ])
    }
    const tooLarge = await post(infer, Buffer.alloc(2 * jsonLimit + 1), header(10))
    expect([tooLarge.statusCode, tooLarge.body]).toEqual([413, expect.stringContaining('bodyLimit')])
  })

  it('may not have texts of that size behind it, which are read one by one', async () => {
    const data = Buffer.alloc(jsonLimit + 4)
    data.writeUInt32LE(jsonLimit)
    const parameters = { binary_data_size: data.length }
    const head = JSON.stringify({ inputs: [{ name: 'text', datatype: 'BYTES', shape: [1], parameters }] })
    const body = Buffer.concat([Buffer.from(head), data])
    const answer = await post('/v2/models/texts/infer', body, header(head.length))
    expect([answer.statusCode, answer.body]).toEqual([413, expect.stringContaining('jsonLimit')])
  })

  it('is what SageMaker is told of', async () => {
    expect((await server.inject('/execution-parameters')).json()).toMatchObject({ MaxPayloadInMB: 1 })
  })

  it('may be as large as a team wants, and never larger than a body', () => {
    expect(requestLimits({})).toEqual({ json: 8 * 2 ** 20, body: 64 * 2 ** 20, rows: 100_000 })
    expect(requestLimits({ jsonLimit: 2 ** 30 })).toMatchObject({ json: 2 ** 30, body: 2 ** 30 })
    expect(requestLimits({ bodyLimit: 1000 })).toMatchObject({ json: 1000, body: 1000 })
  })
})
