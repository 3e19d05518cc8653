// Conformance with SageMaker's contracts of containers, for one model and for many.
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { put, scaling, temporaryFolder, writeHouseBundle } from '../../../../../test/support/served-models.js'
import { rows, servingServer } from '../../../../../test/support/serving-server.js'
import { requestedModels } from './requested-models.js'

const { server, service } = await servingServer({ only: ['dear'], bodyLimit: 3 * 2 ** 20 })
const { predictions } = await service.predictRows({ model: 'dear' }, rows)
const data = rows.map((row) => Object.values(row))
const csv = `${data.map((cells) => cells.join(',')).join('\n')}\n`

const invoke = (payload: object | string, headers: Record<string, string>, url = '/invocations') =>
  server.inject({ method: 'POST', url, payload, headers })

describe('one model', () => {
  it('takes CSV without names and JSON lines, and answers in the type that is accepted', async () => {
    const lines = rows.map((row) => JSON.stringify(row)).join('\n')
    const features = data.map((cells) => JSON.stringify({ features: cells })).join('\n')
    for (const [payload, type] of [
      [csv, 'text/csv'],
      [csv, 'text/csv; header=absent'],
      [`size,city,garden\n${csv}`, 'text/csv; header=present'],
      [lines, 'application/jsonlines'],
      [features, 'application/x-jsonlines'],
      [JSON.stringify({ instances: data.map((cells) => ({ features: cells })) }), 'application/json'],
    ] as const) {
      expect((await invoke(payload, { 'content-type': type })).json()).toEqual({ predictions })
    }
    const asCsv = await invoke(csv, { 'content-type': 'text/csv', accept: 'text/csv' })
    expect([asCsv.headers['content-type'], asCsv.body]).toEqual([
      'text/csv; charset=utf-8',
      `${predictions.join('\n')}\n`,
    ])
    const asLines = await invoke(csv, {
      'content-type': 'text/csv',
      accept: 'application/jsonlines;q=0.9, text/html',
    })
    expect(asLines.body).toBe(predictions.map((label) => `${JSON.stringify(label)}\n`).join(''))
    expect((await invoke(csv, { 'content-type': 'text/csv', accept: 'image/png' })).statusCode).toBe(406)
  })

  it('answers Open Inference in its own words', async () => {
    const column = (name: string, datatype: string): object => ({
      name,
      shape: [rows.length, 1],
      datatype,
      data: rows.map((row) => row[name]),
    })
    const inputs = [column('size', 'FP64'), column('city', 'BYTES'), column('garden', 'BOOL')]
    const good = await invoke({ inputs }, { 'content-type': 'application/json' })
    expect(good.json()).toMatchObject({ model_name: 'dear', outputs: [{ data: predictions }, {}] })
    const bad = await invoke({ inputs: inputs.slice(1) }, { 'content-type': 'application/json' })
    expect([bad.statusCode, bad.json()]).toEqual([
      400,
      { error: expect.stringContaining("'size' is missing") as string },
    ])
  })

  it("takes the type of Triton's container for binary tensors", async () => {
    const bytes = Buffer.from(Float64Array.of(30).buffer)
    const head = JSON.stringify({
      inputs: [
        { name: 'size', shape: [1], datatype: 'FP64', parameters: { binary_data_size: 8 } },
        { name: 'city', shape: [1], datatype: 'BYTES', data: ['Oslo'] },
        { name: 'garden', shape: [1], datatype: 'BOOL', data: [true] },
      ],
      outputs: [{ name: 'probabilities', parameters: { binary_data: true } }],
    })
    const type = 'application/vnd.sagemaker-triton.binary+json;json-header-size='
    const payload = Buffer.concat([Buffer.from(head), bytes])
    const answer = await invoke(payload, { 'content-type': `${type}${head.length}` })
    const said = String(answer.headers['content-type'])
    expect(said.startsWith(type)).toBe(true)
    expect(answer.rawPayload.length - Number(said.slice(type.length))).toBe(16)
    expect((await invoke(payload, { 'content-type': `${type}9999` })).statusCode).toBe(400)
    expect((await invoke(payload, { 'content-type': `${type}x` })).statusCode).toBe(400)
  })

  it('passes custom attributes back', async () => {
    const headers = { 'content-type': 'text/csv', 'x-amzn-sagemaker-custom-attributes': 'trace=42' }
    expect((await invoke(csv, headers)).headers['x-amzn-sagemaker-custom-attributes']).toBe('trace=42')
  })

  it('is found by the name of its archive too', async () => {
    const target = (name: string) =>
      invoke(csv, { 'content-type': 'text/csv', 'x-amzn-sagemaker-target-model': name })
    expect((await target('dear.tar.gz')).json()).toEqual({ predictions })
    expect((await target('none')).json()).toEqual({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: expect.any(String) as string,
    })
  })

  it('says how batches are to be sent', async () => {
    expect((await server.inject('/execution-parameters')).json()).toEqual({
      MaxConcurrentTransforms: expect.any(Number) as number,
      BatchStrategy: 'MULTI_RECORD',
      MaxPayloadInMB: 3,
    })
  })

  it('lists itself, and is not loaded twice', async () => {
    expect((await server.inject('/models')).json()).toEqual({
      models: [{ modelName: 'dear', modelUrl: 'dear' }],
    })
    const load = (model: string) =>
      server.inject({ method: 'POST', url: '/models', payload: { model_name: model, url: '/x' } })
    expect((await load('dear')).statusCode).toBe(409)
    expect((await load('none')).statusCode).toBe(404)
    expect((await server.inject({ method: 'DELETE', url: '/models/none' })).statusCode).toBe(404)
  })
})

describe('many models', async () => {
  const folder = temporaryFolder()
  const outside = temporaryFolder()
  await writeHouseBundle(join(folder, 'a', 'model'), { task: 'binary' })
  // As an archive unpacks that holds a folder.
  await writeHouseBundle(join(folder, 'b', 'model', 'inner'))
  put(join(folder, 'graph', 'model', 'net.onnx'), scaling(3))
  put(join(folder, 'broken', 'model', 'net.onnx'), 'no graph')
  put(join(folder, 'empty', 'model', 'readme.txt'), 'none')
  await writeHouseBundle(join(outside, 'secret'))
  symlinkSync(join(outside, 'secret'), join(folder, 'link'))
  const { server: many } = await servingServer({ only: [], requestedModels: requestedModels(folder) })

  const load = (model: unknown, url: unknown) =>
    many.inject({ method: 'POST', url: '/models', payload: { model_name: model, url } })

  it('are loaded, listed, asked and unloaded', async () => {
    expect((await many.inject('/models')).json()).toEqual({ models: [] })
    expect((await load('first', join(folder, 'a', 'model'))).statusCode).toBe(200)
    expect((await load('second', join(folder, 'b', 'model'))).statusCode).toBe(200)
    expect((await load('first', join(folder, 'a', 'model'))).statusCode).toBe(409)
    expect((await many.inject('/models')).json()).toEqual({
      models: [
        { modelName: 'first', modelUrl: join(folder, 'a', 'model') },
        { modelName: 'second', modelUrl: join(folder, 'b', 'model') },
      ],
    })
    expect((await many.inject('/models/first')).json()).toEqual({
      modelName: 'first',
      modelUrl: join(folder, 'a', 'model'),
    })
    const ask = (model: string) =>
      many.inject({
        method: 'POST',
        url: `/models/${model}/invoke`,
        payload: csv,
        headers: { 'content-type': 'text/csv' },
      })
    expect((await ask('first')).json()).toEqual({ predictions })
    expect(
      (await ask('second'))
        .json<{ predictions: unknown[] }>()
        .predictions.every((value) => typeof value === 'number'),
    ).toBe(true)
    expect((await many.inject({ method: 'DELETE', url: '/models/first' })).statusCode).toBe(200)
    expect((await ask('first')).statusCode).toBe(404)
    expect((await many.inject('/models/first')).statusCode).toBe(404)
    expect((await many.inject({ method: 'DELETE', url: '/models/first' })).statusCode).toBe(404)
    expect((await load('first', join(folder, 'a', 'model'))).statusCode).toBe(200)
    expect((await ask('first')).json()).toEqual({ predictions })
    expect((await load('graph', join(folder, 'graph', 'model'))).statusCode).toBe(200)
  })

  it.each<[unknown, () => unknown, number]>([
    ['x', () => join(outside, 'secret'), 403],
    ['x', () => join(folder, '..', 'elsewhere'), 403],
    ['x', () => '../../etc/passwd', 403],
    ['x', () => '/etc/passwd', 403],
    ['x', () => join(folder, 'link'), 403],
    ['x', () => join(folder, 'none'), 404],
    ['x', () => join(folder, 'empty', 'model'), 400],
    ['x', () => join(folder, 'broken', 'model'), 400],
    ['', () => join(folder, 'a', 'model'), 400],
    [5, () => join(folder, 'a', 'model'), 400],
    ['x', () => undefined, 400],
  ])('refuse %j from elsewhere (%#)', async (name, url, status) => {
    const answer = await load(name, url())
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toEqual({
      error_code: expect.any(String) as string,
      message: expect.any(String) as string,
    })
    expect((await many.inject('/models/x')).statusCode).toBe(404)
  })
})
