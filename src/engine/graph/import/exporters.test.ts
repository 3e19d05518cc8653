// Files as PyTorch's exporter and converters of scikit-learn write them: what they give there and in the runtime, the import
// gives too, and so are its gradients. test/golden/onnx_import.py made them.
import { readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { expectArray, runtimeOutputs } from '../../../../test/support/onnx-models.js'
import { tensor, type Tensor as OnnxTensor } from '../../onnx/index.js'
import { array, compile, importOnnx, type NDArray, sizeOf, t, type Tensor, valueAndGrad } from '../index.js'
import { fromFile } from './held.js'

interface Packed {
  readonly type: 'float32' | 'float64' | 'int64'
  readonly shape: readonly number[]
  readonly data: string
}

interface Case {
  readonly name: string
  readonly model: string
  readonly inputs: Readonly<Record<string, Packed>>
  readonly outputs: readonly Packed[]
  readonly loss?: number
  readonly gradients: Readonly<Record<string, Packed>>
}

const golden = new URL('../../../../test/golden/onnx_import.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(golden, 'utf8')) as { readonly cases: readonly Case[] }

const arrays = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array } as const
function unpacked({ type, shape, data }: Packed): OnnxTensor {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'))
  return tensor(type, new arrays[type](bytes.buffer) as never, shape) as OnnxTensor
}

const plain = (packed: Packed): NDArray => fromFile(unpacked(packed))!
const mapped = <From, To>(
  record: Readonly<Record<string, From>>,
  f: (from: From) => To,
): Record<string, To> => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))

/** The loss of the script: means of squared outputs, weighted from ½ to 1½. */
function lossOf(outputs: readonly Tensor[]): Tensor {
  return outputs
    .map((output): Tensor => {
      const shape = output.shape as readonly number[]
      const last = sizeOf(shape) - 1
      const weights = Array.from({ length: last + 1 }, (_, i) => 0.5 + i / last)
      return t.mean(t.mul(t.square(output), array(weights, { shape })))
    })
    .reduce((a, b) => t.add(a, b))
}

const isMap = ({ name }: Case): boolean => name.includes('LogisticRegression')
// Sums of float32 in another order.
const tolerance = 1e-5

describe.each(cases)('$name', (one) => {
  const bytes = inflateSync(Buffer.from(one.model, 'base64'))
  const given = mapped(one.inputs, plain)

  it('gives what it gave where it was made', async () => {
    const model = await importOnnx(bytes)
    const found = Object.values(model.apply({}, given)) as NDArray[]
    expect(found).toHaveLength(one.outputs.length)
    one.outputs.forEach((output, i) => {
      const expected = plain(output)
      expectArray(
        found[i]!,
        expected.dtype === 'float64' ? (t.cast(expected, 'float32') as NDArray) : expected,
        tolerance,
      )
    })
  })

  it('gives what the runtime gives, written again too', async (test) => {
    test.skip(isMap(one), 'maps are no tensors')
    const expected = await runtimeOutputs(bytes, mapped(one.inputs, unpacked))
    const model = await importOnnx(bytes)
    const found = model.apply({}, given) as Record<string, NDArray>
    await using compiled = await compile(model.traced)
    const written = (await compiled.run(given)) as Record<string, NDArray>
    for (const name of Object.keys(found)) {
      expectArray(found[name]!, expected[name]!, tolerance)
      expectArray(written[name]!, expected[name]!, tolerance)
    }
    expect(await runtimeOutputs(model.toOnnx(), mapped(one.inputs, unpacked))).toEqual(expected)
  })

  it('has the gradients that it had', async (test) => {
    test.skip(Object.keys(one.gradients).length === 0, 'no gradients are stored')
    const model = await importOnnx(bytes)
    const trained = Object.fromEntries(
      Object.keys(one.gradients).map((name) => [name, model.parameters[name]!]),
    )
    const f = (values: Readonly<Record<string, Tensor>>): Tensor =>
      lossOf(Object.values(model.apply(values, given)))
    const { value, gradient } = valueAndGrad(f)(trained)
    expect((value as NDArray).data[0]).toBeCloseTo(one.loss!, 5)
    for (const [name, packed] of Object.entries(one.gradients))
      expectArray((gradient as Record<string, NDArray>)[name]!, plain(packed), tolerance)
  })
})
