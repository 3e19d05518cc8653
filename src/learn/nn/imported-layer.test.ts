import { describe, expect, it } from 'vitest'
import { exportedModel } from '../../../test/support/exported-models.js'
import { expectArray, runtimeOutputs } from '../../../test/support/onnx-models.js'
import { array, importOnnx, type NDArray, spec } from '../../engine/graph/index.js'
import { batches } from './sources/batches.js'
import { importedLayer } from './imported-layer.js'
import { dense, sequential } from './layers/index.js'
import { crossEntropy } from './losses.js'
import { network } from './network.js'
import { adam } from './optimizers.js'
import { fitNetwork } from './training/train-network.js'

const { bytes, inputs } = exportedModel('CNN')
const image = inputs['image']! as NDArray<'float32'>
const input = spec('float32', ['batch', ...image.shape.slice(1)])
const data = batches({ x: image, y: array([2, 0], { dtype: 'int32' }) }, { batchSize: 2 })
const loss = (scores: Parameters<typeof crossEntropy>[0], { y }: { y: Parameters<typeof crossEntropy>[1] }) =>
  crossEntropy(scores, y)

describe('importedLayer', () => {
  it('begins with the numbers of the file, and learns what is chosen', async () => {
    const model = await importOnnx(bytes)
    const net = network(importedLayer(model, { trainable: /classifier/ }), input)
    expect(net.parameters.map(({ path }) => path)).toEqual(['classifier.weight', 'classifier.bias'])
    const begun = net.initialize(7)
    expect(begun['classifier.bias']).toEqual(model.parameters['classifier.bias'])
    const [expected] = Object.values(model.apply({}, inputs)) as NDArray[]
    expectArray(net.apply(begun, image) as NDArray, expected!, 1e-6)

    const fitted = await fitNetwork(net, {
      data,
      loss,
      optimizer: adam({ learningRate: 0.05 }),
      epochs: 30,
      threads: 1,
    })
    expect(fitted.history.at(-1)!.trainLoss).toBeLessThan(0.05)
    // Into the file as it was: what did not learn, and its names, are those of before.
    const again = await importOnnx(model.toOnnx(fitted.values))
    expect(again.parameters['classifier.bias']).toEqual(fitted.values['classifier.bias'])
    expect(again.parameters['features.0.weight']).toEqual(model.parameters['features.0.weight'])
    // And as a network of its own.
    const [found] = Object.values(
      await runtimeOutputs(net.toOnnx(fitted.values), {
        input: { type: 'float32', dims: image.shape, data: image.data },
      }),
    )
    expectArray(net.apply(fitted.values, image) as NDArray, found!, 1e-5)
  })

  it('stands among other layers', async () => {
    const model = await importOnnx(bytes)
    const net = network(sequential(importedLayer(model), dense(2)), input)
    expect(net.parameters.map(({ path }) => path)).toContain('0.classifier.weight')
    const { history } = await fitNetwork(net, {
      data: batches({ x: image, y: array([1, 0], { dtype: 'int32' }) }, { batchSize: 2 }),
      loss,
      optimizer: adam({ learningRate: 0.01 }),
      epochs: 20,
      threads: 1,
    })
    expect(history.at(-1)!.trainLoss).toBeLessThan(history[0]!.trainLoss / 4)
  })

  it('says what there is to choose from', async () => {
    const model = await importOnnx(bytes)
    const outputs = Object.keys(model.outputs)
      .map((name) => `'${name}'`)
      .join(', ')
    expect(() => importedLayer(model, { output: 'logit' })).toThrow(
      `importedLayer: output must be one of ${outputs}; received 'logit'.`,
    )
    expect(() => importedLayer(model, { trainable: /nothing/ })).toThrow(
      /^importedLayer: no parameter is trainable; the file has features\.0\.weight, /,
    )
    const two = { ...model, inputs: { ...model.inputs, mask: spec('float32', ['batch']) } }
    expect(() => importedLayer(two)).toThrow(
      /a layer has one input; the file has 2: image, mask\. Train it with fineTune\./,
    )
  })
})
