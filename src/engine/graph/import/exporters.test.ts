// Files as PyTorch's exporter and converters of scikit-learn write them: what they give there and in the runtime, the import
// gives too, and so are its gradients. test/golden/onnx_import.py made them.
import { describe, expect, it } from 'vitest'
import { exportedModels } from '../../../../test/support/exported-models.js'
import { expectArray, runtimeOutputs } from '../../../../test/support/onnx-models.js'
import { rng } from '../../../base/index.js'
import {
  array,
  compile,
  grad,
  type ImportedModel,
  importOnnx,
  type NDArray,
  sizeOf,
  spec,
  t,
  type Tensor,
  trace,
  valueAndGrad,
} from '../index.js'

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

// Sums of float32 in another order.
const tolerance = 1e-5

describe.each(exportedModels)('$name', ({ name, bytes, fed, inputs, outputs, loss, gradients }) => {
  it('gives what it gave where it was made', async () => {
    const model = await importOnnx(bytes)
    const found = Object.values(model.apply({}, inputs)) as NDArray[]
    expect(found).toHaveLength(outputs.length)
    outputs.forEach((output, i) => {
      const expected = output.dtype === 'float64' ? (t.cast(output, 'float32') as NDArray) : output
      expectArray(found[i]!, expected, tolerance)
    })
  })

  it('gives what the runtime gives, written again too', async (test) => {
    test.skip(name.includes('LogisticRegression'), 'maps are no tensors')
    const expected = await runtimeOutputs(bytes, fed)
    const model = await importOnnx(bytes)
    const found = model.apply({}, inputs) as Record<string, NDArray>
    await using compiled = await compile(model.traced)
    const written = (await compiled.run(inputs)) as Record<string, NDArray>
    for (const output of Object.keys(found)) {
      expectArray(found[output]!, expected[output]!, tolerance)
      expectArray(written[output]!, expected[output]!, tolerance)
    }
    expect(await runtimeOutputs(model.toOnnx(), fed)).toEqual(expected)
  })

  it('has the gradients that it had', async (test) => {
    test.skip(Object.keys(gradients).length === 0, 'no gradients are stored')
    const model = await importOnnx(bytes)
    const trained = Object.fromEntries(
      Object.keys(gradients).map((parameter) => [parameter, model.parameters[parameter]!]),
    )
    const f = (values: Readonly<Record<string, Tensor>>): Tensor =>
      lossOf(Object.values(model.apply(values, inputs)))
    const { value, gradient } = valueAndGrad(f)(trained)
    expect((value as NDArray).data[0]).toBeCloseTo(loss!, 5)
    for (const [parameter, expected] of Object.entries(gradients))
      expectArray((gradient as Record<string, NDArray>)[parameter]!, expected, tolerance)
  })
})

describe.each(['LSTM', 'LSTM, both ways', 'GRU'])('%s of as many steps as a name says', (name) => {
  const random = rng(0)
  const sequences = (steps: number): NDArray<'float32'> =>
    array(
      Float32Array.from({ length: 3 * steps * 3 }, () => random.uniform() - 0.5),
      { shape: [3, steps, 3] },
    )
  const loss = (model: ImportedModel, x: Tensor): Tensor => lossOf(Object.values(model.apply({}, { x })))

  it.each([1, 5, 20])('gives for %i steps what the file gives with that number in it', async (steps) => {
    const { bytes } = exportedModels.find((one) => one.name === name)!
    const open = await importOnnx(bytes, { shapes: { x: [3, 'steps', 3] } })
    const fixed = await importOnnx(bytes, { shapes: { x: [3, steps, 3] } })
    const x = sequences(steps)
    await using compiled = await compile(
      trace(({ x: own }) => grad((inner: Tensor) => loss(open, inner))(own), {
        x: spec('float32', [3, 'steps', 3]),
      }),
    )
    const expected = grad((inner: Tensor) => loss(fixed, inner))(x)
    expectArray((await compiled.run({ x })) as NDArray, expected as NDArray, tolerance)
  })
})
