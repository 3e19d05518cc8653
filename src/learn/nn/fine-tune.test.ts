import { describe, expect, it } from 'vitest'
import { exportedModel } from '../../../test/support/exported-models.js'
import { expectArray, runtimeOutputs } from '../../../test/support/onnx-models.js'
import { array, importOnnx, type NDArray, spec, t, type Tensor } from '../../engine/graph/index.js'
import { fineTune, type FineTuneOptions } from './fine-tune.js'
import { crossEntropy } from './losses.js'
import { adam, sgd } from './optimizers.js'

const { bytes, inputs, fed } = exportedModel('CNN')
const label = array([2, 0], { dtype: 'int32' })
const batch = { image: inputs['image']!, label }

const options: FineTuneOptions = {
  targets: { label: spec('int32', ['batch']) },
  loss: (outputs, { label: wanted }) => crossEntropy(Object.values(outputs)[0]!, wanted!),
  optimizer: adam({ learningRate: 0.05 }),
  threads: 1,
}

describe('fineTune', () => {
  it('trains what is chosen, holds the rest, and writes the file again', async () => {
    const model = await importOnnx(bytes)
    const before = structuredClone(model.parameters)
    await using tuning = await fineTune(model, { ...options, trainable: /classifier/g })
    expect(Object.keys(tuning.parameters)).toEqual(['classifier.weight', 'classifier.bias'])
    const losses: number[] = []
    for (let i = 0; i < 30; i++) losses.push(await tuning.step(batch))
    expect(losses.at(-1)).toBeLessThan(0.05)
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 10)
    const file = await tuning.toOnnx()
    const again = await importOnnx(file)
    for (const [name, value] of Object.entries(again.parameters))
      expect(value).toEqual(tuning.parameters[name] ?? before[name])
    // The imported model itself still has the numbers of its file.
    expect(model.parameters).toEqual(before)
    const expected = await runtimeOutputs(file, fed)
    const found = model.apply(tuning.parameters, inputs) as Record<string, NDArray>
    for (const [name, output] of Object.entries(found)) expectArray(output, expected[name]!, 1e-5)
  })

  it('refuses what it is not told, what is no class, and what comes after its end', async () => {
    const model = await importOnnx(bytes)
    const wrong: [object, RegExp][] = [
      [{ targets: undefined }, /fineTune: option 'targets' is not given/],
      [{ optimizer: undefined }, /fineTune: option 'optimizer' is not given/],
      [{ trainabel: /x/ }, /Did you mean 'trainable'/],
      [{ trainable: 'classifier' }, /option 'trainable' must be a regular expression or a function/],
    ]
    for (const [changed, message] of wrong)
      await expect(fineTune(model, { ...options, ...changed })).rejects.toThrow(message)
    await expect(fineTune('model.onnx' as never, options)).rejects.toThrow(/Read one: await importOnnx/)
    for (const worker of [false, true]) {
      const tuning = await fineTune(model, { ...options, worker })
      const negative = { ...batch, label: array([2, -1], { dtype: 'int32' }) }
      await expect(tuning.step(negative)).rejects.toThrow(
        /'label' is -1 in row 1 of the batch, expected 0 to/,
      )
      await tuning.close()
      await tuning.close()
      await expect(tuning.step(batch)).rejects.toThrow(/This training is closed/)
      await expect(tuning.snapshot()).rejects.toThrow(/This training is closed/)
    }
  })

  it('finds weights that an exporter renamed by the nodes that read them', async () => {
    const model = await importOnnx(exportedModel('CNN, norms merged').bytes)
    const merged = Object.keys(model.parameters).find((name) => name.startsWith('onnx::Conv'))!
    expect(model.readers[merged]).toEqual(['/features/features.0/Conv'])
    await using tuning = await fineTune(model, { ...options, trainable: /features/ })
    expect(Object.keys(tuning.parameters)).toContain(merged)
    expect(Object.keys(tuning.parameters)).not.toContain('classifier.weight')
  })

  it('trains everything but statistics by default', async () => {
    const model = await importOnnx(bytes)
    expect(model.statistics).toEqual(['features.1.running_mean', 'features.1.running_var'])
    await using tuning = await fineTune(model, options)
    expect(Object.keys(tuning.parameters)).toEqual(
      Object.keys(model.parameters).filter((name) => !model.statistics.includes(name)),
    )
    const first = await tuning.step(batch)
    expect(await tuning.step(batch)).toBeLessThan(first)
  })

  it('takes the step of the gradient that PyTorch has', async () => {
    const { bytes: mlp, inputs: given, gradients } = exportedModel('MLP')
    const model = await importOnnx(mlp)
    const size = 15
    // The loss of the script that made the file: weighted squares of the outputs.
    const weights = Array.from({ length: size }, (_, i) => 0.5 + i / (size - 1))
    await using tuning = await fineTune(model, {
      optimizer: sgd({ learningRate: 1 }),
      threads: 1,
      targets: { weights: spec('float32', ['batch', 3]) },
      loss: (outputs, { weights: own }): Tensor => t.mean(t.mul(t.square(Object.values(outputs)[0]!), own!)),
    })
    await tuning.step({ ...given, weights: array(weights, { shape: [5, 3] }) })
    for (const [name, gradient] of Object.entries(gradients)) {
      expectArray(tuning.gradients[name]!, gradient, 1e-5)
      expectArray(tuning.parameters[name]!, t.sub(model.parameters[name]!, gradient) as NDArray, 1e-5)
    }
  })

  it('trains in a worker thread, and writes what has been learned there', async () => {
    const model = await importOnnx(bytes)
    await using tuning = await fineTune(model, { ...options, trainable: /classifier/, worker: true })
    await using here = await fineTune(model, { ...options, trainable: /classifier/ })
    for (let i = 0; i < 3; i++) expect(await tuning.step(batch)).toBe(await here.step(batch))
    expect(await tuning.toOnnx()).toEqual(await here.toOnnx())
  })

  it('trains linear models of scikit-learn, whose numbers are attributes', async () => {
    const { bytes: linear, inputs: given, outputs } = exportedModel('LinearRegression')
    const model = await importOnnx(linear)
    expect(Object.keys(model.parameters)).toEqual([
      'LinearRegressor.coefficients',
      'LinearRegressor.intercepts',
    ])
    await using tuning = await fineTune(model, {
      optimizer: sgd({ learningRate: 0.2 }),
      threads: 1,
      targets: { y: spec('float32', ['batch', 1]) },
      loss: ({ variable }, { y }): Tensor => t.mean(t.square(t.sub(variable!, y!))),
    })
    const y = t.add(t.cast(outputs[0]!, 'float32'), 1) as NDArray
    for (let i = 0; i < 1000; i++) await tuning.step({ ...given, y })
    const { variable } = await runtimeOutputs(await tuning.toOnnx(), exportedModel('LinearRegression').fed)
    expectArray(variable!, y, 1e-3)
  })

  it('says what cannot be', async () => {
    const model = await importOnnx(bytes)
    await expect(fineTune(model, { ...options, trainable: /head/ })).rejects.toThrow(
      /no parameter is trainable; the file has features\.0\.weight/,
    )
    await expect(
      fineTune(model, { ...options, trainable: (name) => name.includes('running') }),
    ).rejects.toThrow(/no parameter is trainable/)
    const taken = { image: spec('float32', ['batch']) }
    await expect(fineTune(model, { ...options, targets: taken })).rejects.toThrow(
      /the name 'image' is used .* Rename the target/,
    )
  })
})
