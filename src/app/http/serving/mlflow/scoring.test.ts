// Conformance with MLflow's scoring server, version 2.
import { describe, expect, it } from 'vitest'
import { rows, servingServer } from '../../../../../test/support/serving-server.js'

const context = { only: ['dear', 'scaling', 'lookup', 'cost'] }
const { server, service } = await servingServer({ ...context, defaultModel: 'dear' })
const { server: graphs } = await servingServer({ ...context, defaultModel: 'scaling' })
const { server: numbers } = await servingServer({ ...context, defaultModel: 'cost' })
const { server: words } = await servingServer({ ...context, defaultModel: 'lookup' })

const post = (payload: object | string, type = 'application/json', to = server) =>
  to.inject({ method: 'POST', url: '/invocations', payload, headers: { 'content-type': type } })

const { predictions, probabilities } = await service.predictRows({ model: 'dear' }, rows)
const columns = Object.keys(rows[0]!)
const data = rows.map((row) => Object.values(row))
const csv = [columns.join(','), ...data.map((cells) => cells.join(','))].join('\n')

describe('invocations', () => {
  it.each<[string, object]>([
    ['dataframe_split', { dataframe_split: { index: rows.map((_, i) => i), columns, data } }],
    ['dataframe_records', { dataframe_records: rows }],
    ['instances by name', { instances: rows }],
    ['instances in order', { instances: data }],
    [
      'inputs by column',
      { inputs: Object.fromEntries(columns.map((name) => [name, rows.map((row) => row[name])])) },
    ],
    ['inputs by row', { inputs: rows }],
  ])('takes %s', async (_, payload) => {
    const answer = await post(payload)
    expect(answer.headers['content-type']).toContain('application/json')
    expect(answer.json()).toEqual({ predictions })
    expect(
      (await post({ ...payload, params: { predict_method: 'predict_proba', other: 1 } })).json(),
    ).toEqual({
      predictions: probabilities,
    })
  })

  it('takes CSV with a line of names', async () => {
    expect((await post(`${csv}\n`, 'text/csv')).json()).toEqual({ predictions })
    expect((await post(`\uFEFF${csv.replaceAll('\n', '\r\n')}`, 'text/csv; charset=utf-8')).json()).toEqual({
      predictions,
    })
  })

  it('gives numbers of a regressor', async () => {
    const expected = (await service.predictRows({ model: 'cost' }, rows)).predictions
    expect((await post({ dataframe_records: rows }, undefined, numbers)).json()).toEqual({
      predictions: expected,
    })
    expect(
      (
        await post(
          { dataframe_records: rows, params: { predict_method: 'predict_proba' } },
          undefined,
          numbers,
        )
      ).statusCode,
    ).toBe(400)
  })

  it('feeds tensors and tables to a graph', async () => {
    const answered = { predictions: { y: [[2, 4]], sum: [[6]] } }
    for (const payload of [
      { inputs: { x: [[1, 2]] } },
      { inputs: [[1, 2]] },
      { instances: [[1, 2]] },
      { dataframe_split: { columns: ['a', 'b'], data: [[1, 2]] } },
      { dataframe_records: [{ a: 1, b: 2 }] },
    ]) {
      expect((await post(payload, undefined, graphs)).json()).toEqual(answered)
    }
    expect((await post({ inputs: [1] }, undefined, words)).json()).toEqual({ predictions: ['word 1'] })
  })

  it.each<[string, object | string, string?]>([
    ['no shape', { rows }],
    ['two shapes', { instances: rows, inputs: rows }],
    ['a list', [rows]],
    ['text', '"x"'],
    ['no JSON', '{"inputs": '],
    ['an empty body', ''],
    ['a chat', { messages: [{ role: 'user', content: 'hi' }] }],
    ['a split without columns', { dataframe_split: { data } }],
    ['a split with uneven rows', { dataframe_split: { columns, data: [[1]] } }],
    ['a split with rows of text', { dataframe_split: { columns, data: ['abc'] } }],
    ['records that are none', { dataframe_records: [1] }],
    ['columns of unequal length', { inputs: { size: [1, 2], city: ['a'], garden: [true] } }],
    ['parameters that are none', { inputs: rows, params: 5 }],
    ['an unknown method', { inputs: rows, params: { predict_method: 'fly' } }],
    ['rows without any column', { dataframe_records: [{ a: 1 }] }],
    ['a CSV without the columns', 'a,b\n1,2\n', 'text/csv'],
    ['a CSV with an uneven record', 'size,city,garden\n1,2\n', 'text/csv'],
    ['a CSV with an open quote', 'size,city,garden\n1,"a,true\n', 'text/csv'],
    ['an empty CSV', '', 'text/csv'],
  ])('refuses %s', async (_, payload, type) => {
    const answer = await post(payload, type)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toEqual({ error_code: 'BAD_REQUEST', message: expect.any(String) as string })
  })

  it.each(['text/plain', 'application/json; charset=utf-16', 'application/xml', 'application/constructor'])(
    'refuses the type %s',
    async (type) => {
      expect((await post({ inputs: rows }, type)).statusCode).toBe(415)
    },
  )

  it('refuses a number that has lost digits in a column of texts', async () => {
    const answer = await post(
      JSON.stringify({ dataframe_records: [{ ...rows[0], city: 1 }] }).replace(
        '"city":1',
        '"city":9007199254740993',
      ),
    )
    expect(answer.json()).toMatchObject({ message: expect.stringContaining('Send it as text') as string })
  })
})

it('health, ping and version', async () => {
  for (const url of ['/ping', '/health', '/version']) expect((await server.inject(url)).statusCode).toBe(200)
  expect((await server.inject('/version')).body).toMatch(/^2\.\d+\.\d+$/)
})
