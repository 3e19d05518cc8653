// The own API: predictions in each shape, streams, what is served and how that is changed.
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { rows, servingServer } from '../../../../../test/support/serving-server.js'
import { createServer } from '../../server.js'
import { servingFaces } from '../serving-faces.js'
import { servingPath } from './admin-routes.js'

const { server, service } = await servingServer({
  only: ['dear', 'cost', 'scaling', 'echo'],
  bodyLimit: 100_000,
})
const dear = await service.predictRows({ model: 'dear' }, rows)
const cost = await service.predictRows({ model: 'cost' }, rows)
const shares = dear.probabilities!.map((row) =>
  Object.fromEntries(row.map((share, code) => [dear.classes[code], share])),
)

const post = (
  path: string,
  payload: object | string,
  type = 'application/json',
  headers: Record<string, string> = {},
) =>
  server.inject({
    method: 'POST',
    url: `${servingPath}/models/${path}`,
    payload,
    headers: { 'content-type': type, ...headers },
  })

const head = (model: string, version = '1'): object => ({
  model,
  version,
  requestId: expect.any(String) as string,
})

describe('predict', () => {
  it('answers a row in the singular', async () => {
    expect((await post('dear/predict', rows[0]!)).json()).toEqual({
      ...head('dear'),
      prediction: dear.predictions[0],
      probabilities: shares[0],
      warnings: [],
    })
    expect((await post('cost/predict', rows[0]!)).json()).toEqual({
      ...head('cost'),
      prediction: cost.predictions[0],
      interval: cost.intervals![0],
      warnings: [],
    })
  })

  it('answers rows and columns in lists', async () => {
    const columns = Object.fromEntries(
      Object.keys(rows[0]!).map((name) => [name, rows.map((row) => row[name])]),
    )
    for (const body of [{ rows }, [...rows], { columns }]) {
      expect((await post('dear/versions/2/predict', body)).json()).toEqual({
        ...head('dear', '2'),
        predictions: dear.predictions,
        probabilities: shares,
        warnings: rows.map(() => []),
      })
    }
    expect((await post('cost/predict', { rows: [] })).json()).toMatchObject({ predictions: [], warnings: [] })
    expect((await post('cost/predict', { rows: rows.slice(0, 2) })).json()).toMatchObject({
      intervals: cost.intervals!.slice(0, 2),
    })
  })

  it('warns, and explains on request', async () => {
    const answer = (
      await post('dear/aliases/champion/predict?explain=true', { ...rows[0], size: 1e6, city: null })
    ).json<{
      warnings: string[]
      contributions: { column: string; value: number }[]
    }>()
    expect(answer.warnings.join(' ')).toContain("'size': 1000000 is above")
    expect(answer.contributions.map(({ column }) => column).toSorted()).toEqual(['city', 'garden', 'size'])
    const many = (await post('dear/predict?explain', { rows: rows.slice(0, 2) })).json<{
      contributions: unknown[]
    }>()
    expect(many.contributions).toHaveLength(2)
  })

  it('takes tensors for a graph, to the digit', async () => {
    expect((await post('scaling/predict', { inputs: { x: [[1, 2]] } })).json()).toEqual({
      ...head('scaling'),
      outputs: { y: [[2, 4]], sum: [[6]] },
    })
    const zero = {
      bool: [true],
      uint8: [0],
      uint16: [0],
      uint32: [0],
      int8: [0],
      int16: [0],
      int32: [0],
      string: ['x'],
    }
    const floats = { float16: [0], float32: [0], float64: [0] }
    const text = JSON.stringify({ inputs: { ...zero, ...floats, int64: ['L'], uint64: ['U'] } })
    const body = text.replace('"L"', '-9007199254740993').replace('"U"', '18446744073709551615')
    const answer = await post('echo/predict', body)
    expect(answer.body).toContain('"int64 out":[-9007199254740993]')
    expect(answer.body).toContain('"uint64 out":[18446744073709551615]')
  })

  it.each<[string, string, object | string, number, string]>([
    ['an unknown model', 'none/predict', rows[0]!, 404, 'not-found'],
    ['an unknown version', 'dear/versions/9/predict', rows[0]!, 404, 'not-found'],
    ['an unknown alias', 'dear/aliases/none/predict', rows[0]!, 404, 'not-found'],
    ['no JSON', 'dear/predict', '{', 400, 'usage'],
    ['an empty body', 'dear/predict', '', 400, 'usage'],
    ['a number', 'dear/predict', '5', 400, 'usage'],
    ['an empty row', 'dear/predict', {}, 400, 'schema-mismatch'],
    ['empty rows in a list', 'dear/predict', { rows: [{}, {}] }, 400, 'schema-mismatch'],
    ['a row without the columns', 'dear/predict', { a: 1 }, 400, 'schema-mismatch'],
    ['rows that are none', 'dear/predict', { rows: [5] }, 400, 'usage'],
    ['an object for a cell', 'dear/predict', { ...rows[0], size: { a: 1 } }, 400, 'data'],
    [
      'columns of unequal length',
      'dear/predict',
      { columns: { size: [1], city: ['a', 'b'], garden: [true] } },
      400,
      'shape',
    ],
    ['columns that are none', 'dear/predict', { columns: { size: 5 } }, 400, 'usage'],
    ['rows for a graph', 'scaling/predict', { x: 1 }, 400, 'usage'],
    ['tensors of another shape', 'scaling/predict', { inputs: { x: [[1]] } }, 400, 'shape'],
    ['an explanation that is none', 'dear/predict?explain=maybe', rows[0]!, 400, 'usage'],
    ['a time that is none', 'dear/predict?timeout=soon', rows[0]!, 400, 'usage'],
    ['too large a body', 'dear/predict', { text: 'x'.repeat(100_000) }, 413, 'limit'],
  ])('refuses %s', async (_, path, body, status, code) => {
    const answer = await post(path, body)
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toEqual({
      error: { code, message: expect.any(String) as string, details: expect.any(Object) as object },
    })
  })

  it('refuses a compressed body rather than to unpack it', async () => {
    const answer = await post('dear/predict', '{}', 'application/json', { 'content-encoding': 'gzip' })
    expect(answer.json()).toMatchObject({
      error: { message: expect.stringContaining('uncompressed') as string },
    })
  })

  it('calls a column called `rows` a column', async () => {
    const answer = await post('dear/predict', { ...rows[0], rows: 5, columns: null })
    expect(answer.json()).toMatchObject({ prediction: dear.predictions[0] })
  })
})

describe('streams', () => {
  const lines = rows.map((row) => JSON.stringify(row))
  const parsed = (text: string): unknown[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)

  it('of NDJSON answer line by line, an error in its place', async () => {
    const bad = [
      '{',
      '5',
      '{}',
      JSON.stringify({ ...rows[0], size: { a: 1 } }),
      JSON.stringify({ sise: 1, city: 'a', garden: true }),
    ]
    const body = [lines[0], ...bad, '', lines[1]].join('\r\n')
    const answer = await post('dear/predict', body, 'application/x-ndjson')
    expect(answer.headers['content-type']).toContain('application/x-ndjson')
    const error = (line: number, text: string): object => ({
      error: { code: expect.any(String) as string, message: expect.stringContaining(text) as string, line },
    })
    expect(parsed(answer.body)).toEqual([
      { version: '1', prediction: dear.predictions[0], probabilities: shares[0], warnings: [] },
      error(2, 'cannot be read as JSON'),
      error(3, 'must be an object'),
      error(4, "no value of 'size', 'city', 'garden'"),
      error(5, "'size'"),
      error(6, "Is 'sise' meant?"),
      { version: '1', prediction: dear.predictions[1], probabilities: shares[1], warnings: [] },
    ])
  })

  it('answer thousands of rows, bad ones among them, in order', async () => {
    const many = Array.from({ length: 3000 }, (_, i) =>
      i % 700 === 3 ? JSON.stringify({ ...rows[0], size: [i] }) : lines[i % lines.length],
    )
    const answers = parsed((await post('cost/predict', many.join('\n'), 'application/jsonl')).body) as {
      prediction?: number
      error?: { line: number }
    }[]
    expect(answers).toHaveLength(3000)
    answers.forEach((answer, i) => {
      if (i % 700 === 3) expect(answer.error!.line).toBe(i + 1)
      else expect(answer.prediction).toBeCloseTo(cost.predictions[i % lines.length] as number, 8)
    })
  })

  it('may take longer than answers in general', async () => {
    const quick = await createServer({ service }, { faces: [servingFaces], timeout: 300 })
    async function* slowly(): AsyncGenerator<string> {
      for (const line of lines.slice(0, 4)) {
        yield `${line}\n`
        await wait(150)
      }
    }
    const answer = await quick.inject({
      method: 'POST',
      url: `${servingPath}/models/dear/predict`,
      payload: Readable.from(slowly()),
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect([answer.statusCode, answer.headers['x-request-id']]).toEqual([200, expect.any(String)])
    expect(parsed(answer.body)).toHaveLength(4)
    await quick.close()
  })

  it('of CSV answer in CSV, or in what is accepted', async () => {
    const csv = `size,city,garden,more\n${rows.map((row) => `${Object.values(row).join(',')},"a\nb"`).join('\n')}\n1,2\n`
    const answer = await post('cost/predict', csv, 'text/csv')
    const records = answer.body.trimEnd().split('\n')
    expect(records[0]).toBe('prediction,prediction_low,prediction_high,error')
    expect(records).toHaveLength(rows.length + 2)
    const { low, high } = cost.intervals![0]!
    expect(records[1]!.split(',').map(Number)).toEqual([cost.predictions[0], low, high, 0])
    expect(records.at(-1)).toBe(',,,The record has 2 cells; the line of names has 4.')
    const asJson = await post('dear/predict', csv, 'text/csv', { accept: 'application/x-ndjson' })
    expect(parsed(asJson.body)[0]).toMatchObject({ prediction: dear.predictions[0] })
    const asCsv = await post('dear/predict', lines.join('\n'), 'application/x-ndjson', { accept: 'text/csv' })
    expect(asCsv.body.split('\n')[0]).toBe('prediction,probability_no,probability_yes,error')
  })

  it('that cannot be read to their end say so in the last line', async () => {
    const body = Buffer.concat([Buffer.from(`${lines[0]}\n`.repeat(3)), Buffer.from([0xff, 0x0a])])
    const chunks = Readable.from([body.subarray(0, 60), body.subarray(60, 200), body.subarray(200)])
    const answer = await server.inject({
      method: 'POST',
      url: `${servingPath}/models/dear/predict`,
      payload: chunks,
      headers: { 'content-type': 'application/x-ndjson' },
    })
    const said = parsed(answer.body) as { error?: { message: string } }[]
    expect(said.at(-1)!.error!.message).toContain('not UTF-8')
    expect(said.slice(0, -1).every(({ error }) => error === undefined)).toBe(true)
  })

  it('that cannot begin are refused with a status', async () => {
    expect((await post('none/predict', '{}', 'application/x-ndjson')).statusCode).toBe(404)
    expect((await post('scaling/predict', '{}', 'application/x-ndjson')).statusCode).toBe(400)
    expect((await post('dear/predict', 'a,b\n1,2\n', 'text/csv')).json()).toMatchObject({
      error: { code: 'schema-mismatch' },
    })
    expect(
      (await post('dear/predict', Buffer.from([0xff, 0x0a]).toString('latin1'), 'text/csv')).statusCode,
    ).toBe(400)
  })

  it('that are empty have empty answers', async () => {
    expect((await post('dear/predict', '', 'application/x-ndjson')).body).toBe('')
    expect((await post('dear/predict', '\n\n', 'application/x-ndjson')).body).toBe('')
    expect((await post('dear/predict', 'size,city,garden\n', 'text/csv')).body).toBe(
      'prediction,probability_no,probability_yes,error\n',
    )
  })

  it('answer a row before the next is sent, and stop reading when nobody takes the answers', async () => {
    await server.listen({ port: 0, host: '127.0.0.1' })
    const { port } = server.server.address() as AddressInfo
    const open = () =>
      httpRequest({
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: `${servingPath}/models/dear/predict`,
        headers: { 'content-type': 'application/x-ndjson' },
      })

    const talk = open()
    talk.write(`${lines[0]}\n`)
    const answers = await new Promise<AsyncIterable<Buffer>>((resolve) => talk.on('response', resolve))
    let said = ''
    for await (const piece of answers) {
      said += piece.toString()
      const answered = said.split('\n').length - 1
      if (answered === 1) talk.write(`${lines[1]}\n`)
      else talk.end()
    }
    expect(parsed(said)).toHaveLength(2)

    // Nothing is read of the answers: the server must not take 200 MB of rows in the meantime.
    const flood = open()
    flood.on('error', () => undefined)
    // Without a listener, the client would read the answers and throw them away.
    flood.on('response', () => undefined)
    const piece = Buffer.from(`${lines[0]}\n`.repeat(2000))
    let sent = 0
    let stalled = false
    while (!stalled && sent < 200e6) {
      sent += piece.length
      if (!flood.write(piece))
        stalled = !(await Promise.race([
          new Promise<boolean>((ok) => flood.once('drain', () => ok(true))),
          wait(1500, false),
        ]))
    }
    expect(stalled).toBe(true)
    expect(sent).toBeLessThan(100e6)
    flood.destroy()
    // The server is none the worse for it.
    expect((await post('dear/predict', rows[0]!)).statusCode).toBe(200)
  })
})

describe('what is served', () => {
  const get = (path: string) => server.inject(`${servingPath}${path}`)

  it('is told with versions, states and signatures', async () => {
    const { models } = (await get('/models')).json<{
      models: { model: string; versions: { version: string }[] }[]
    }>()
    expect(models.map(({ model }) => model)).toEqual(['cost', 'dear', 'echo', 'scaling'])
    expect((await get('/models/dear')).json()).toMatchObject({
      versions: [{ version: '1' }, { version: '2' }],
      traffic: {},
    })
    expect((await get('/models/dear/aliases/champion')).json()).toMatchObject({
      model: 'dear',
      version: '1',
      state: 'ready',
      kind: 'bundle',
      task: 'binary',
      classes: ['no', 'yes'],
    })
    expect((await get('/models/none')).json()).toMatchObject({ error: { code: 'not-found' } })
    expect((await get('/models/dear/versions/7')).statusCode).toBe(404)
  })

  it('shares traffic by weight', async () => {
    const set = (weights: unknown) =>
      server.inject({ method: 'PUT', url: `${servingPath}/models/dear/traffic`, payload: { weights } })
    expect((await set({ 1: 1, 2: 3 })).json()).toEqual({ weights: { 1: 1, 2: 3 } })
    const versions: string[] = []
    for (let i = 0; i < 8; i++)
      versions.push((await post('dear/predict', rows[0]!)).json<{ version: string }>().version)
    expect(versions.filter((version) => version === '2')).toHaveLength(6)
    for (const [weights, status] of [
      [{ 1: -1 }, 400],
      [{ 1: 0 }, 400],
      [{ 9: 1 }, 404],
      [5, 400],
    ] as const) {
      expect((await set(weights)).statusCode).toBe(status)
    }
    expect((await set({})).json()).toEqual({ weights: {} })
  })

  it('is loaded and unloaded on request', async () => {
    const change = (path: string) => server.inject({ method: 'POST', url: `${servingPath}/models/${path}` })
    expect((await change('dear/versions/2/unload')).json()).toMatchObject({
      versions: [{ state: 'ready' }, { state: 'unloaded' }],
    })
    expect((await change('dear/versions/2/load')).json()).toMatchObject({ version: '2', state: 'ready' })
    expect((await change('cost/unload')).json()).toMatchObject({ versions: [{ state: 'unloaded' }] })
    expect((await post('cost/predict', rows[0]!)).statusCode).toBe(404)
    expect((await change('cost/load')).json()).toMatchObject({ state: 'ready' })
    expect((await post('cost/predict', rows[0]!)).statusCode).toBe(200)
    expect((await change('none/load')).statusCode).toBe(404)
  })
})
