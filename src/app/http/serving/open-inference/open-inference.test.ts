// Conformance with the Open Inference Protocol and with Triton's extension for binary tensors; bodies by hand from their documents.
import { describe, expect, it } from 'vitest'
import { everyType, rows, servingServer } from '../../../../../test/support/serving-server.js'
import { requestLimits } from '../../limits/request-limits.js'
import { tensor, type Tensor, type TensorType } from '../../../../engine/onnx/index.js'
import { openInferenceName } from '../tensors/datatypes.js'
import { bytesOfTensor, tensorOfBytes } from './binary.js'
import { readInferRequest } from './infer-request.js'

const { server, service } = await servingServer({ only: ['dear', 'scaling', 'echo', 'lookup'] })

interface Input {
  readonly name: string
  readonly shape: readonly number[]
  readonly datatype: string
  readonly data?: unknown
  readonly parameters?: object
}

const post = (model: string, payload: object | Buffer | string, headers: Record<string, string> = {}) =>
  server.inject({
    method: 'POST',
    url: `/v2/models/${model}/infer`,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  })

const binaryBody = (head: object, ...parts: readonly Uint8Array[]) => {
  const json = Buffer.from(JSON.stringify(head))
  return {
    payload: Buffer.concat([json, ...parts]),
    headers: { 'inference-header-content-length': String(json.length) },
  }
}

const x = (data: unknown, shape: readonly number[] = [2, 2]): Input => ({
  name: 'x',
  shape,
  datatype: 'FP32',
  data,
})

describe('server and models', () => {
  it('say what they are', async () => {
    expect((await server.inject('/v2')).json()).toEqual({
      name: 'modelwright',
      version: expect.any(String) as string,
      extensions: ['binary_tensor_data'],
    })
    expect((await server.inject('/v2/health/live')).json()).toEqual({ live: true })
    expect((await server.inject('/v2/health/ready')).json()).toMatchObject({ ready: true })
    expect((await server.inject('/v2/models/scaling/ready')).json()).toEqual({ name: 'scaling', ready: true })
    expect((await server.inject('/v2/models/dear/versions/2/ready')).statusCode).toBe(200)
    expect((await server.inject('/v2/models/scaling')).json()).toEqual({
      name: 'scaling',
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }],
      outputs: [
        { name: 'y', datatype: 'FP32', shape: [-1, 2] },
        { name: 'sum', datatype: 'FP32', shape: [-1, 1] },
      ],
    })
    expect((await server.inject('/v2/models/dear/versions/2')).json()).toMatchObject({ versions: ['1', '2'] })
  })

  it.each([
    '/v2/models/none',
    '/v2/models/none/ready',
    '/v2/models/dear/versions/7',
    '/v2/none',
    '/v2/models',
  ])('answer 404 for %s in the words of the protocol', async (url) => {
    const answer = await server.inject(url)
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toEqual({ error: expect.any(String) as string })
  })
})

describe('infer', () => {
  it.each([
    ['flat', [1, 2, 3, 4]],
    [
      'nested',
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ])('takes %s data, keeps the id and gives the outputs that were asked for', async (_, data) => {
    const answer = await post('scaling', {
      id: '42',
      inputs: [x(data)],
      outputs: [{ name: 'sum' }, { name: 'y' }],
    })
    expect(answer.headers['content-type']).toContain('application/json')
    expect(answer.json()).toEqual({
      model_name: 'scaling',
      model_version: '1',
      id: '42',
      outputs: [
        { name: 'sum', datatype: 'FP32', shape: [2, 1], data: [6, 14] },
        { name: 'y', datatype: 'FP32', shape: [2, 2], data: [2, 4, 6, 8] },
      ],
    })
  })

  const samples: Readonly<Record<TensorType, readonly unknown[]>> = {
    bool: [true, false],
    uint8: [0, 255],
    uint16: [0, 65535],
    uint32: [0, 4294967295],
    uint64: [0, '18446744073709551615'],
    int8: [-128, 127],
    int16: [-32768, 32767],
    int32: [-2147483648, 2147483647],
    int64: ['-9223372036854775808', '9223372036854775807'],
    float16: [0.5, -65504],
    float32: [0.1, -0],
    float64: [0.1, 1e-300],
    string: ['', 'ü 🙂 "\\'],
  }
  /** Long numbers without quotes: JSON has no limit for them. */
  const bare = (text: string): string => text.replace(/"(-?\d{19,20})"/g, '$1').replace('[0.1,0]', '[0.1,-0]')

  it('carries every type both ways in JSON, to the digit', async () => {
    const inputs = everyType.map((type) => ({
      name: type,
      shape: [2],
      datatype: openInferenceName[type],
      data: samples[type],
    }))
    const answer = await post('echo', bare(JSON.stringify({ inputs })))
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('"datatype":"UINT64","shape":[2],"data":[0,18446744073709551615]')
    expect(answer.body).toContain('[-9223372036854775808,9223372036854775807]')
    expect(answer.body).toContain(`[${Math.fround(0.1)},-0]`)
    const said = answer.json<{ outputs: Input[] }>().outputs
    for (const { name, datatype, data } of said) {
      const type = name.replace(' out', '') as TensorType
      expect(datatype).toBe(openInferenceName[type])
      if (!/64|32$/.test(type)) expect(data).toEqual(samples[type])
    }
    // In quotes they are taken too: not every client writes long numbers.
    expect((await post('echo', JSON.stringify({ inputs }))).body).toBe(answer.body.replace('-0]', '0]'))
  })

  it('carries every type both ways in binary', async () => {
    const tensors: Record<string, Tensor> = {}
    for (const type of everyType) {
      const bits = { bool: [1, 0], float16: [0x3800, 0xfbff], string: samples.string }
      const values =
        bits[type as keyof typeof bits] ?? samples[type].map((v) => (typeof v === 'string' ? BigInt(v) : v))
      tensors[type] = tensor(type, values as never, [2]) as Tensor
    }
    const parts = everyType.map((type) => bytesOfTensor(tensors[type]!))
    const inputs = everyType.map((type, i) => ({
      name: type,
      shape: [2],
      datatype: openInferenceName[type],
      parameters: { binary_data_size: parts[i]!.length },
    }))
    for (const pad of ['', ' ', '  ', '   ', '    ', '     ', '      ', '       ']) {
      const { payload, headers } = binaryBody(
        { id: pad, inputs, parameters: { binary_data_output: true } },
        ...parts,
      )
      const answer = await post('echo', payload, headers)
      expect(answer.headers['content-type']).toBe('application/octet-stream')
      expect(Number(answer.headers['content-length'])).toBe(answer.rawPayload.length)
      const length = Number(answer.headers['inference-header-content-length'])
      const { outputs } = JSON.parse(answer.rawPayload.subarray(0, length).toString()) as {
        outputs: { parameters: { binary_data_size: number } }[]
      }
      expect(outputs.map(({ parameters }) => parameters.binary_data_size)).toEqual(
        parts.map((part) => part.length),
      )
      expect(answer.rawPayload.subarray(length)).toEqual(Buffer.concat(parts))
    }
  })

  it('gives single outputs in binary, and inputs may be of both kinds', async () => {
    const data = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)
    const head = {
      inputs: [{ name: 'x', shape: [2, 2], datatype: 'FP32', parameters: { binary_data_size: 16 } }],
      outputs: [{ name: 'y', parameters: { binary_data: true } }, { name: 'sum' }],
    }
    const { payload, headers } = binaryBody(head, data)
    const answer = await post('scaling', payload, headers)
    const length = Number(answer.headers['inference-header-content-length'])
    expect(JSON.parse(answer.rawPayload.subarray(0, length).toString())).toMatchObject({
      outputs: [
        { name: 'y', shape: [2, 2], parameters: { binary_data_size: 16 } },
        { name: 'sum', data: [6, 14] },
      ],
    })
    expect(answer.rawPayload.subarray(length)).toEqual(Buffer.from(Float32Array.of(2, 4, 6, 8).buffer))
    const overridden = {
      ...head,
      parameters: { binary_data_output: true },
      outputs: [{ name: 'sum', parameters: { binary_data: false } }],
    }
    const again = binaryBody(overridden, data)
    expect((await post('scaling', again.payload, again.headers)).json()).toMatchObject({
      outputs: [{ data: [6, 14] }],
    })
  })

  it('sends large answers in pieces, whole', async () => {
    const n = 40_000
    const data = Buffer.from(Float32Array.from({ length: 2 * n }, (_, i) => i).buffer)
    const { payload, headers } = binaryBody(
      {
        inputs: [
          { name: 'x', shape: [n, 2], datatype: 'FP32', parameters: { binary_data_size: data.length } },
        ],
        outputs: [{ name: 'y', parameters: { binary_data: true } }],
      },
      data,
    )
    const answer = await post('scaling', payload, headers)
    const length = Number(answer.headers['inference-header-content-length'])
    const y = tensorOfBytes(
      { name: 'y', type: 'float32', dims: [n, 2] },
      answer.rawPayload.subarray(length),
    ).data
    expect(y.length).toBe(2 * n)
    expect(y[2 * n - 1]).toBe(2 * (2 * n - 1))
    expect(Number(answer.headers['content-length'])).toBe(answer.rawPayload.length)
  })

  it('reads columns of a bundle in any type that loses nothing', async () => {
    const [row] = rows
    const column = (name: string, datatype: string, data: unknown, shape = [1, 1]): Input => ({
      name,
      shape,
      datatype,
      data,
    })
    const expected = (await service.predictRows({ model: 'dear' }, [row!])).predictions
    for (const [size, garden] of [
      [column('size', 'FP64', [row!['size']]), column('garden', 'BOOL', [row!['garden']])],
      [column('size', 'INT64', [row!['size']], [1]), column('garden', 'FP32', [Number(row!['garden'])])],
      [column('size', 'UINT8', [row!['size']]), column('garden', 'INT8', [Number(row!['garden'])], [1])],
      [column('size', 'FP16', [row!['size']]), column('garden', 'FP64', [null])],
    ]) {
      const answer = await post('dear', { inputs: [column('city', 'BYTES', [row!['city']]), size, garden] })
      expect(answer.json()).toMatchObject({
        outputs: [
          { name: 'prediction', datatype: 'BYTES', data: expected },
          { name: 'probabilities', shape: [1, 2] },
        ],
      })
    }
    const rounded = column('size', 'INT64', ['9007199254740993'])
    const refused = await post('dear', {
      inputs: [rounded, column('city', 'BYTES', ['Oslo']), column('garden', 'BOOL', [true])],
    })
    expect(refused.json<{ error: string }>().error).toContain('would round 9007199254740993')
  })

  it('takes no rows', async () => {
    const answer = await post('scaling', { inputs: [x([], [0, 2])] })
    expect(answer.json()).toMatchObject({
      outputs: [
        { shape: [0, 2], data: [] },
        { shape: [0, 1], data: [] },
      ],
    })
  })

  it.each<[string, unknown]>([
    ['no object', [1]],
    ['no inputs', {}],
    ['inputs that are no list', { inputs: {} }],
    ['inputs of text', { inputs: ['x'] }],
    ['a missing input', { inputs: [] }],
    ['an unknown input', { inputs: [{ ...x([1, 2, 3, 4]), name: 'z' }] }],
    ['an input twice', { inputs: [x([1, 2, 3, 4]), x([1, 2, 3, 4])] }],
    ['a name that is no text', { inputs: [{ ...x([1, 2, 3, 4]), name: 5 }] }],
    ['another type', { inputs: [{ ...x([1, 2, 3, 4]), datatype: 'FP64' }] }],
    ['an unknown type', { inputs: [{ ...x([1, 2, 3, 4]), datatype: 'BF16' }] }],
    ['a type called constructor', { inputs: [{ ...x([1, 2, 3, 4]), datatype: 'constructor' }] }],
    ['too few elements', { inputs: [x([1, 2, 3])] }],
    ['a ragged list', { inputs: [x([[1, 2], [3]])] }],
    ['text for numbers', { inputs: [x(['a', 2, 3, 4])] }],
    ['no data', { inputs: [x(undefined)] }],
    ['a negative size', { inputs: [x([], [-1, 2])] }],
    ['a size that is none', { inputs: [x([], [0.5])] }],
    ['sizes beyond all numbers', { inputs: [x([], [2 ** 40, 2 ** 40])] }],
    ['a shape of the wrong width', { inputs: [x([1, 2, 3], [1, 3])] }],
    [
      'a thousand axes',
      {
        inputs: [
          x(
            [1],
            Array.from({ length: 1000 }, () => 1),
          ),
        ],
      },
    ],
    ['an unknown output', { inputs: [x([1, 2, 3, 4])], outputs: [{ name: 'why' }] }],
    ['an output called __proto__', { inputs: [x([1, 2, 3, 4])], outputs: [{ name: '__proto__' }] }],
    ['an id of another type', { id: 5, inputs: [x([1, 2, 3, 4])] }],
    ['parameters that are none', { parameters: 5, inputs: [x([1, 2, 3, 4])] }],
    [
      'binary data that are not there',
      { inputs: [{ ...x(undefined), parameters: { binary_data_size: 16 } }] },
    ],
  ])('refuses %s in a sentence', async (_, payload) => {
    const answer = await post('scaling', JSON.stringify(payload))
    expect(answer.statusCode).toBe(400)
    expect(Object.keys(answer.json())).toEqual(['error'])
    expect(answer.json<{ error: string }>().error).toMatch(/^[A-Z'].*[.?]$/s)
  })

  it('refuses lies about binary data', async () => {
    const data = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)
    const input = (size: unknown): object => ({
      inputs: [{ name: 'x', shape: [2, 2], datatype: 'FP32', parameters: { binary_data_size: size } }],
    })
    for (const size of [15, 17, -1, 1.5, '16', null, 2 ** 60]) {
      const { payload, headers } = binaryBody(input(size), data)
      expect((await post('scaling', payload, headers)).statusCode).toBe(400)
    }
    const { payload, headers } = binaryBody(input(16), data)
    const length = Number(headers['inference-header-content-length'])
    for (const lie of [
      '0',
      '-1',
      String(length + 1),
      String(length - 1),
      String(payload.length + 1),
      '1e3',
      '0x10',
      '',
      'x',
      '9'.repeat(30),
      `${length}, ${length}`,
    ]) {
      const answer = await post('scaling', payload, { 'inference-header-content-length': lie })
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toEqual({ error: expect.any(String) as string })
    }
    const more = binaryBody(input(16), data, Buffer.from('more'))
    expect((await post('scaling', more.payload, more.headers)).json<{ error: string }>().error).toContain(
      '20 bytes behind its JSON',
    )
    const both = binaryBody({ inputs: [{ ...x([1, 2, 3, 4]), parameters: { binary_data_size: 16 } }] }, data)
    expect((await post('scaling', both.payload, both.headers)).json<{ error: string }>().error).toContain(
      'both',
    )
  })

  it.each([
    ['a length that passes the end', [9, 0, 0, 0, 97]],
    ['a length that is cut off', [1, 0]],
    ['too few texts', [1, 0, 0, 0, 97]],
    ['too many bytes', [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['no UTF-8', [1, 0, 0, 0, 255, 0, 0, 0, 0]],
  ])('refuses texts with %s', (_, bytes) => {
    expect(() => tensorOfBytes({ name: 's', type: 'string', dims: [2] }, Uint8Array.from(bytes))).toThrow(
      'BYTES',
    )
  })

  it('reads numbers where they lie, without a copy', () => {
    const head = {
      inputs: [{ name: 'x', shape: [2], datatype: 'FP64', parameters: { binary_data_size: 16 } }],
    }
    const json = Buffer.from(JSON.stringify(head))
    const memory = Buffer.alloc(8 * 40)
    const start = 160 - json.length
    memory.set(json, start)
    const body = memory.subarray(start, 176)
    const { inputs } = readInferRequest(body, {
      headerLength: json.length,
      description: { inputs: [{ name: 'x', type: 'float64', shape: [-1] }], outputs: [] },
      limits: requestLimits({}),
    })
    expect((inputs['x']!.data as Float64Array).buffer).toBe(memory.buffer)
  })
})
