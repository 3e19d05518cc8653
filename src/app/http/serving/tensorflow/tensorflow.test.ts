// Conformance with TensorFlow Serving's REST API; bodies by hand from its document.
import { describe, expect, it } from 'vitest'
import { everyType, rows, servingServer } from '../../../../../test/support/serving-server.js'

const { server, service } = await servingServer({
  only: ['dear', 'cost', 'scaling', 'lookup', 'texts', 'echo'],
})

const post = (path: string, payload: object | string) =>
  server.inject({
    method: 'POST',
    url: `/v1/models/${path}`,
    payload,
    headers: { 'content-type': 'application/json' },
  })

const available = (version: string): object => ({
  version,
  state: 'AVAILABLE',
  status: { error_code: 'OK', error_message: '' },
})

describe('status and metadata', () => {
  it('are those of all versions, of one, or of a label', async () => {
    expect((await server.inject('/v1/models/dear')).json()).toEqual({
      model_version_status: [available('1'), available('2')],
    })
    expect((await server.inject('/v1/models/dear/versions/2')).json()).toEqual({
      model_version_status: [available('2')],
    })
    expect((await server.inject('/v1/models/dear/labels/champion')).json()).toEqual({
      model_version_status: [available('1')],
    })
  })

  it('name types and sizes as TensorFlow does', async () => {
    const dim = (...sizes: string[]) => ({
      dim: sizes.map((size) => ({ size, name: '' })),
      unknown_rank: false,
    })
    expect((await server.inject('/v1/models/scaling/metadata')).json()).toEqual({
      model_spec: { name: 'scaling', signature_name: '', version: '1' },
      metadata: {
        signature_def: {
          signature_def: {
            serving_default: {
              inputs: { x: { dtype: 'DT_FLOAT', tensor_shape: dim('-1', '2'), name: 'x' } },
              outputs: {
                y: { dtype: 'DT_FLOAT', tensor_shape: dim('-1', '2'), name: 'y' },
                sum: { dtype: 'DT_FLOAT', tensor_shape: dim('-1', '1'), name: 'sum' },
              },
              method_name: 'tensorflow/serving/predict',
              defaults: {},
            },
          },
        },
      },
    })
    expect((await server.inject('/v1/models/dear/versions/2/metadata')).json()).toMatchObject({
      model_spec: { version: '2' },
      metadata: {
        signature_def: {
          signature_def: { serving_default: { outputs: { prediction: { dtype: 'DT_STRING' } } } },
        },
      },
    })
  })

  it.each([
    '/v1/models/none',
    '/v1/models/none/metadata',
    '/v1/models/dear/versions/9',
    '/v1/models/dear/labels/none',
    '/v1/x',
  ])('of %s are not found', async (url) => {
    const answer = await server.inject(url)
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toEqual({ error: expect.any(String) as string })
  })
})

describe('predict', () => {
  it('answers rows with rows, columns with columns; the name of a single output is left out', async () => {
    expect(
      (
        await post('scaling:predict', {
          instances: [
            [1, 2],
            [3, 4],
          ],
        })
      ).json(),
    ).toEqual({
      predictions: [
        { y: [2, 4], sum: [6] },
        { y: [6, 8], sum: [14] },
      ],
    })
    expect((await post('scaling:predict', { instances: [{ x: [1, 2] }] })).json()).toEqual({
      predictions: [{ y: [2, 4], sum: [6] }],
    })
    expect((await post('scaling/versions/1:predict', { inputs: { x: [[1, 2]] } })).json()).toEqual({
      outputs: { y: [[2, 4]], sum: [[6]] },
    })
    expect((await post('lookup:predict', { inputs: [1, 2] })).json()).toEqual({
      outputs: ['word 1', 'word 2'],
    })
    expect((await post('lookup:predict', { instances: [1, 2] })).json()).toEqual({
      predictions: ['word 1', 'word 2'],
    })
  })

  it('knows a bundle by its columns', async () => {
    const { predictions, probabilities } = await service.predictRows({ model: 'dear' }, rows)
    const expected = predictions.map((prediction, i) => ({ prediction, probabilities: probabilities![i] }))
    expect(
      (await post('dear:predict', { signature_name: 'serving_default', instances: rows })).json(),
    ).toEqual({
      predictions: expected,
    })
    const lists = rows.map(({ size, city, garden }) => [size, city, garden])
    expect((await post('dear/labels/champion:predict', { instances: lists })).json()).toEqual({
      predictions: expected,
    })
    const column = (name: string): unknown[] => rows.map((row) => row[name])
    for (const inputs of [
      { size: column('size'), city: column('city'), garden: column('garden') },
      {
        size: column('size').map((v) => [v]),
        city: column('city').map((v) => ({ b64: Buffer.from(String(v)).toString('base64') })),
        garden: column('garden').map((v) => [v]),
      },
    ]) {
      expect((await post('dear/versions/1:predict', { inputs })).json()).toEqual({
        outputs: { prediction: predictions, probabilities },
      })
    }
    expect(
      (await post('cost:predict', { instances: rows.slice(0, 2) })).json<{ predictions: number[] }>()
        .predictions,
    ).toEqual((await service.predictRows({ model: 'cost' }, rows.slice(0, 2))).predictions)
  })

  it('reads and writes Base64 where the output says bytes', async () => {
    const answer = await post('texts:predict', { instances: [{ b64: 'w7w=' }, 'plain'] })
    expect(answer.json()).toEqual({ predictions: [{ b64: 'w7w=' }, { b64: 'cGxhaW4=' }] })
  })

  it('reads and writes NaN and Infinity as words', async () => {
    const answer = await post('scaling:predict', '{"instances": [[NaN, 1], [Infinity, -1]]}')
    expect(answer.body).toBe(
      '{"predictions":[{"y":[NaN,2],"sum":[NaN]},{"y":[Infinity,-2],"sum":[Infinity]}]}',
    )
  })

  it('keeps long whole numbers, and refuses those of 65 bits', async () => {
    const values = Object.fromEntries(everyType.map((type) => [type, [type === 'string' ? '' : 1]]))
    const text = JSON.stringify({ inputs: values }).replace('"int64":[1]', '"int64":[9007199254740993]')
    expect((await post('echo:predict', text)).body).toContain('"int64 out":[9007199254740993]')
    expect(
      (await post('echo:predict', text.replace('9007199254740993', '9223372036854775808'))).statusCode,
    ).toBe(400)
  })

  it('takes empty batches', async () => {
    expect((await post('dear:predict', { instances: [] })).json()).toEqual({ predictions: [] })
  })

  it.each<[string, string, unknown]>([
    ['neither shape', 'scaling:predict', {}],
    ['both shapes', 'scaling:predict', { instances: [], inputs: [] }],
    ['an unknown signature', 'scaling:predict', { signature_name: 'other', instances: [[1, 2]] }],
    ['a ragged tensor', 'scaling:predict', { instances: [[1, 2], [3]] }],
    ['instances that are no list', 'scaling:predict', { instances: 5 }],
    ['an unknown input', 'scaling:predict', { inputs: { z: [[1, 2]] } }],
    ['text for numbers', 'scaling:predict', { instances: [['a', 'b']] }],
    ['a key called __proto__', 'scaling:predict', JSON.parse('{"inputs": {"__proto__": [[1, 2]]}}')],
    ['a row without columns', 'dear:predict', { instances: [{}] }],
    ['a row of the wrong width', 'dear:predict', { instances: [[1]] }],
    ['an object for a value', 'dear:predict', { instances: [{ ...rows[0], size: { a: 1 } }] }],
    ['examples', 'dear:predict', { examples: rows }],
    ['a list', 'dear:predict', [rows]],
    ['a number', 'dear:predict', 5],
    ['an id out of range', 'lookup:predict', { instances: [99] }],
  ])('refuses %s', async (_, path, payload) => {
    const answer = await post(path, JSON.stringify(payload))
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toEqual({ error: expect.any(String) as string })
  })

  it.each([
    'scaling',
    'scaling:',
    'scaling:learn',
    'scaling:constructor',
    'none:predict',
    ':predict',
    'dear/versions/9:predict',
  ])('does not find %s', async (path) => {
    const answer = await post(path, { instances: [[1, 2]] })
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toEqual({ error: expect.any(String) as string })
  })
})

describe('classify and regress', () => {
  it('answer labels with scores, and numbers; context is shared by all examples', async () => {
    const [{ size, ...shared }] = rows as [Record<string, unknown>]
    const { probabilities, classes } = await service.predictRows({ model: 'dear' }, [rows[0]!])
    const result = classes.map((label, code) => [label, probabilities![0]![code]])
    const asked = {
      signature_name: 'tensorflow/serving/classify',
      context: shared,
      examples: [{ size: [size] }],
    }
    expect((await post('dear:classify', asked)).json()).toEqual({ results: [result] })
    const cost = await service.predictRows({ model: 'cost' }, [rows[0]!])
    expect((await post('cost:regress', { examples: [rows[0]] })).json()).toEqual({
      results: cost.predictions,
    })
  })

  it.each<[string, object]>([
    ['cost:classify', { examples: rows }],
    ['dear:regress', { examples: rows }],
    ['scaling:classify', { examples: [{ x: [1, 2] }] }],
    ['scaling:regress', { examples: [] }],
    ['dear:classify', { context: { size: 1 }, examples: rows }],
    ['dear:classify', { context: 5, examples: rows }],
    ['dear:classify', { examples: [5] }],
    ['dear:classify', { instances: rows }],
  ])('refuse %s with %j', async (path, payload) => {
    const answer = await post(path, payload)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toEqual({ error: expect.any(String) as string })
  })
})
