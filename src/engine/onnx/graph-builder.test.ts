import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConflictError } from '../../base/index.js'
import {
  decodeModel,
  floatAttribute,
  floatsAttribute,
  graphBuilder,
  inspectModel,
  intsAttribute,
  openSession,
  scalar,
  stringsAttribute,
  tensor,
  tensorAttribute,
} from './index.js'
import { toBigInt } from './int64.js'

describe('graph builder', () => {
  it('keeps the names of inputs and outputs and moves inner names out of their way', async () => {
    const g = graphBuilder({ name: 'names' })
    const first = g.input('Add', 'float64', ['N'])
    const sum = g.node('Add', [first, first])
    const again = g.node('Add', [sum, first])
    const late = g.input('Add_2', 'float64', ['N'])
    g.output('Add_3', g.node('Add', [again, late]), 'float64', ['N'])
    const bytes = g.build()
    const info = inspectModel(bytes)
    expect(info.inputs.map((port) => port.name)).toEqual(['Add', 'Add_2'])
    expect(info.outputs.map((port) => port.name)).toEqual(['Add_3'])
    await using session = await openSession(bytes)
    const { Add_3: y } = await session.run({ Add: tensor('float64', [1]), Add_2: tensor('float64', [10]) })
    expect(y?.data).toEqual(Float64Array.of(13))
  })

  it('gives an input, a constant and one value twice as outputs', async () => {
    const g = graphBuilder({ name: 'copies' })
    const x = g.input('x', 'string', ['N'])
    const size = g.node('Size', [x], {}, { type: 'int64' })
    g.output('same', x, 'string', ['N'])
    g.output('constant', g.initializer('c', tensor('string', ['ü'])), 'string', [1])
    g.output('size', size, 'int64', [])
    g.output('size again', size, 'int64', [])
    await using session = await openSession(g.build())
    const out = await session.run({ x: tensor('string', ['a', '']) })
    expect(out['same']?.data).toEqual(['a', ''])
    expect(out['constant']?.data).toEqual(['ü'])
    expect(out['size']?.data).toEqual(BigInt64Array.of(2n))
    expect(out['size again']?.data).toEqual(BigInt64Array.of(2n))
  })

  it('stores equal constants once and keeps −0 apart from 0', () => {
    const g = graphBuilder({ name: 'constants' })
    expect(g.initializer('a', scalar('float64', 1))).toBe(g.initializer('b', scalar('float64', 1)))
    expect(g.initializer('a', scalar('float64', 0))).not.toBe(g.initializer('a', scalar('float64', -0)))
    expect(g.initializer('a', scalar('float64', 1))).not.toBe(g.initializer('a', scalar('float32', 1)))
    expect(g.initializer('a', tensor('float64', [1, 2], [2, 1]))).not.toBe(
      g.initializer('a', tensor('float64', [1, 2])),
    )
    expect(g.initializer('a', tensor('string', ['a,b']))).not.toBe(
      g.initializer('a', tensor('string', ['a', 'b'])),
    )
  })

  it('refuses a name twice', () => {
    const g = graphBuilder({ name: 'twice' })
    const x = g.input('x', 'float64', [1])
    expect(() => g.input('x', 'string', [1])).toThrow(ConflictError)
    expect(() => g.output('x', x, 'float64', [1])).toThrow("the name 'x' is used")
  })

  it('refuses values of another graph', () => {
    const other = graphBuilder({ name: 'other' }).input('x', 'float64', [1])
    const g = graphBuilder({ name: 'own' })
    expect(() => g.node('Neg', [other])).toThrow("the input of 'Neg' is a value of the same graph")
    expect(() => g.output('y', other, 'float64', [1])).toThrow('the same graph')
  })

  it('infers the kind of attributes', () => {
    const g = graphBuilder({ name: 'attributes' })
    g.node('Test', [], {
      text: 'å',
      whole: 3,
      half: 0.5,
      big: -(2n ** 63n),
      yes: true,
      float: floatAttribute(1),
      wholes: [1, -2, 300],
      bigs: [2n ** 63n - 1n],
      halves: [1, 0.5],
      texts: ['a', '', 'ß'],
      none: undefined,
      noFloats: floatsAttribute([]),
      noInts: intsAttribute([]),
      noTexts: stringsAttribute([]),
      table: tensorAttribute(tensor('float64', [1.5])),
    })
    const model = decodeModel(g.build())
    const attributes = model.graph!.node![0]!.attribute!
    const read = attributes.map((attribute) => {
      const { name, type, f, i, s, floats, ints, strings, t } = attribute
      const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
      switch (type) {
        case 1:
          return [name, 'float', f]
        case 2:
          return [name, 'int', toBigInt(i)]
        case 3:
          return [name, 'string', text(s!)]
        case 4:
          return [name, 'tensor', t!.dataType]
        case 6:
          return [name, 'floats', floats]
        case 7:
          return [name, 'ints', ints!.map(toBigInt)]
        default:
          return [name, 'strings', strings!.map(text)]
      }
    })
    expect(read).toEqual([
      ['text', 'string', 'å'],
      ['whole', 'int', 3n],
      ['half', 'float', 0.5],
      ['big', 'int', -(2n ** 63n)],
      ['yes', 'int', 1n],
      ['float', 'float', 1],
      ['wholes', 'ints', [1n, -2n, 300n]],
      ['bigs', 'ints', [2n ** 63n - 1n]],
      ['halves', 'floats', [1, 0.5]],
      ['texts', 'strings', ['a', '', 'ß']],
      ['noFloats', 'floats', []],
      ['noInts', 'ints', []],
      ['noTexts', 'strings', []],
      ['table', 'tensor', 11],
    ])
  })

  it('carries any 64-bit integer through an attribute', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }),
        (integers) => {
          const g = graphBuilder({ name: 'integers' })
          g.node('Test', [], { integers })
          const read = decodeModel(g.build()).graph!.node![0]!.attribute![0]!.ints!
          expect(read.map(toBigInt)).toEqual(integers)
        },
      ),
    )
  })

  it('writes versions, metadata and description, and the same bytes each time', () => {
    const build = (): Uint8Array => {
      const g = graphBuilder({ name: 'meta' })
      const x = g.input('x', 'string', ['N', 1])
      const y = g.node(
        'LabelEncoder',
        [x],
        { keys_strings: ['a'], values_int64s: [1] },
        { domain: 'ai.onnx.ml' },
      )
      g.output('y', y, 'int64', ['N', 1])
      return g.build({ metadata: { kind: 'test', schlüssel: 'ß' }, docString: 'what it is' })
    }
    const info = inspectModel(build())
    expect(info).toMatchObject({
      irVersion: 8,
      producer: 'modelwright',
      docString: 'what it is',
      opsets: { 'ai.onnx': 17, 'ai.onnx.ml': 3 },
      metadata: { kind: 'test', schlüssel: 'ß' },
      inputs: [{ name: 'x', type: 'string', shape: ['N', 1] }],
      operators: { 'ai.onnx.ml.LabelEncoder': 1 },
      constants: { count: 0, bytes: 0, external: 0 },
    })
    expect(Buffer.from(build()).equals(build())).toBe(true)
  })

  it('writes graphs inside of nodes, which see what is around them and give what is made outside too', async () => {
    const g = graphBuilder({ name: 'outer' })
    const rows = g.input('state', 'float32', ['N', 2])
    const by = g.initializer('by', tensor('float32', [10, 100]))
    const body = g.graph('body', (inner) => {
      const sum = inner.input('state', 'float32', [2])
      const row = inner.input('slice', 'float32', [2])
      const next = inner.node('Add', [sum, inner.node('Mul', [row, by])])
      inner.output('result', next, 'float32', [2])
      inner.output('result', next, 'float32', [2])
      inner.output('result', by, 'float32', [2])
      inner.output('result', row, 'float32', [2])
    })
    const start = g.initializer('start', tensor('float32', [0, 0]))
    const outputs = g.nodes(
      'Scan',
      [start, rows],
      { body, num_scan_inputs: 1 },
      { types: [undefined, undefined, undefined, undefined] },
    )
    outputs.forEach((output, i) => g.output(`y${i}`, output, 'float32', i === 0 ? [2] : ['N', 2]))
    const bytes = g.build()
    expect(inspectModel(bytes).operators).toEqual({ Add: 1, Identity: 3, Mul: 1, Scan: 1 })
    await using session = await openSession(bytes)
    const results = await session.run({ state: tensor('float32', [1, 2, 3, 4], [2, 2]) })
    expect(Object.values(results).map(({ data }) => Array.from(data as Float32Array))).toEqual([
      [40, 600],
      [10, 200, 40, 600],
      [10, 100, 10, 100],
      [1, 2, 3, 4],
    ])
  })
})
