import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../base/index.js'
import { graphBuilder, inspectModel, tensor, treeEnsemble } from './index.js'
import { modelCodec, type ModelProto } from './proto/messages.js'
import { fromTensorProto } from './tensor-proto.js'

function smallModel(): Uint8Array {
  const g = graphBuilder({ name: 'small' })
  const x = g.input('x', 'float32', ['N', 2])
  const scores = treeEnsemble(g, x, {
    feature: [1, -1, -1],
    threshold: [0.5, 0, 0],
    left: [1, 0, 0],
    right: [2, 0, 0],
    missingLeft: [0, 0, 0],
    value: [0, -1, 1],
    treeOffset: [0, 3],
    treeOutput: [0],
    baseScore: [0],
  })
  g.output('y', scores, 'float64', ['N', 1])
  return g.build({ metadata: { kind: 'small' } })
}

describe('inspectModel', () => {
  it('counts operators and constants', () => {
    const bytes = smallModel()
    expect(inspectModel(bytes)).toMatchObject({
      operators: { Add: 1, Cast: 2, MatMul: 1, 'ai.onnx.ml.TreeEnsembleRegressor': 1 },
      bytes: bytes.length,
      // Thresholds of 3 nodes and 2 parts of 2 leaves are attributes; a 2 × 1 matrix and the base score are constants.
      constants: { count: 4, bytes: 24 + 32 + 16 + 8, external: 0 },
    })
  })

  it('describes sequences, maps and inner graphs of other writers', () => {
    const inner = { node: [{ opType: 'Neg', domain: 'ai.onnx' }], initializer: [{ floatData: [1, 2] }] }
    const model: ModelProto = {
      irVersion: 7,
      opsetImport: [{ domain: '', version: 13 }],
      graph: {
        node: [{ opType: 'If', attribute: [{ name: 'then_branch', type: 5, g: inner }] }],
        initializer: [{ name: 'w', dims: [1], int64Data: [7] }],
        input: [
          { name: 'w' },
          { name: 'x', type: { optionalType: { elemType: { tensorType: { elemType: 1 } } } } },
        ],
        output: [
          {
            name: 'p',
            type: {
              sequenceType: {
                elemType: { mapType: { keyType: 7, valueType: { tensorType: { elemType: 1 } } } },
              },
            },
          },
          { name: 'q', type: { tensorType: { elemType: 16, shape: { dim: [{}, { dimValue: 3 }] } } } },
        ],
      },
    }
    expect(inspectModel(modelCodec().encode(model).finish())).toMatchObject({
      inputs: [{ name: 'x', type: 'optional(float32)', shape: undefined }],
      outputs: [
        { name: 'p', type: 'sequence(map(int64, float32))', shape: undefined },
        { name: 'q', type: 'type 16', shape: ['', 3] },
      ],
      operators: { If: 1, Neg: 1 },
      constants: { count: 2, bytes: 16 },
    })
  })

  it('answers or throws a format error, whatever the bytes', () => {
    const whole = smallModel()
    const readOrRefuse = (bytes: Uint8Array): void => {
      try {
        inspectModel(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError)
        const { position } = (error as FormatError).details as { position: number }
        expect(position).toBeGreaterThanOrEqual(0)
        expect(position).toBeLessThanOrEqual(bytes.length)
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), readOrRefuse))
    fc.assert(fc.property(fc.nat(whole.length), (end) => readOrRefuse(whole.subarray(0, end))))
    const damage = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }))
    fc.assert(
      fc.property(damage, ([at, byte]) =>
        readOrRefuse(Uint8Array.from(whole, (old, i) => (i === at ? byte : old))),
      ),
      { numRuns: 500 },
    )
  })
})

describe('tensor messages', () => {
  it('reads elements that were listed one by one', () => {
    const read = (proto: Parameters<typeof fromTensorProto>[0]) =>
      Array.from<unknown>(fromTensorProto(proto).data)
    expect(read({ dataType: 1, dims: [2], floatData: [1, 2] })).toEqual([1, 2])
    expect(read({ dataType: 11, dims: [1], doubleData: [0.1] })).toEqual([0.1])
    expect(read({ dataType: 7, dims: [1], int64Data: [-5] })).toEqual([-5n])
    expect(read({ dataType: 13, dims: [1], uint64Data: [5] })).toEqual([5n])
    expect(read({ dataType: 12, dims: [1], uint64Data: [5] })).toEqual([5])
    expect(read({ dataType: 9, dims: [2], int32Data: [0, 1] })).toEqual([0, 1])
    expect(read({ dataType: 8, dims: [1], stringData: [new TextEncoder().encode('ü')] })).toEqual(['ü'])
  })

  it('copies bytes that are not aligned', () => {
    const bytes = new Uint8Array(17)
    new DataView(bytes.buffer).setFloat64(1, 1.5, true)
    expect(fromTensorProto({ dataType: 11, dims: [2], rawData: bytes.subarray(1) }).data).toEqual(
      tensor('float64', [1.5, 0]).data,
    )
  })

  it('refuses sizes and types that do not fit', () => {
    expect(() => fromTensorProto({ dataType: 11, dims: [2], rawData: new Uint8Array(8) })).toThrow(
      FormatError,
    )
    expect(() => fromTensorProto({ dataType: 1, dims: [-1, -1], floatData: [1] })).toThrow(FormatError)
    expect(() => fromTensorProto({ dataType: 16, dims: [1], rawData: new Uint8Array(2) })).toThrow(
      'number 16',
    )
  })
})
