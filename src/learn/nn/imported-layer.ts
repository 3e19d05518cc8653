// A foreign file as a layer, so that networks are built on it and trained as any other.
import { quote, UsageError } from '../../base/index.js'
import type { ImportedModel, Tensor } from '../../engine/graph/index.js'
import { type Layer, ofKind } from './scope.js'
import { chooseParameters, type Trainable } from './trainable.js'

/** How a file is a layer. */
export interface ImportedLayerOptions {
  /** The input that the layer's takes the place of. @default the only one */
  readonly input?: string
  /** The output that the layer gives. @default the only one */
  readonly output?: string
  /**
   * Which parameters learn; the others stay as the file has them, and so do the statistics of batch norms.
   *
   * @default all
   */
  readonly trainable?: Trainable
}

/**
 * An imported model as a layer: its parameters begin with the numbers of the file, under their names there. Batch norms keep
 * their statistics, and dropout is off.
 *
 * @throws {@link UsageError} when there is no such input or output, or several and none is chosen, or nothing is trainable
 * @example
 * ```ts no-run
 * const features = importedLayer(await importOnnx('resnet.onnx'), { output: 'features', trainable: /layer4/ })
 * const net = network(sequential(features, dense(10)), spec('float32', ['batch', 3, 224, 224]))
 * const { values } = await fitNetwork(net, {
 *   data: batches({ x: full([8, 3, 224, 224], 0), y: array(new Int32Array(8)) }, { batchSize: 4 }),
 *   loss: (scores, { y }) => crossEntropy(scores, y),
 *   optimizer: adamW(),
 *   epochs: 3,
 * })
 * ```
 */
export function importedLayer(model: ImportedModel, options: ImportedLayerOptions = {}): Layer {
  const input = chosenPort('input', Object.keys(model.inputs), options.input)
  const output = chosenPort('output', Object.keys(model.outputs), options.output)
  const parameters = chooseParameters('importedLayer', model, options.trainable)
  return ofKind('importedLayer', (x: Tensor, scope) => {
    const values = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [
        name,
        scope.parameter(name, value.shape, () => ({ ...value, data: value.data.slice() })),
      ]),
    )
    return model.apply(values, { [input]: x })[output]!
  })
}

function chosenPort(what: 'input' | 'output', names: readonly string[], wanted: string | undefined): string {
  if (what === 'input' && names.length !== 1)
    throw new UsageError(
      `importedLayer: a layer has one input; the file has ${names.length}: ${names.join(', ')}. Train it with fineTune.`,
    )
  const [only] = names
  if (wanted === undefined && names.length === 1) return only!
  if (wanted !== undefined && names.includes(wanted)) return wanted
  const received = wanted === undefined ? 'none' : quote(wanted)
  throw new UsageError(
    `importedLayer: ${what} must be one of ${names.map(quote).join(', ')}; received ${received}.`,
    { argument: what },
  )
}
