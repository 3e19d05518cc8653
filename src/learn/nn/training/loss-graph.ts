// What is learned from: the loss of a network and what its states become, as one graph.
import { nameOf, ShapeError, UsageError } from '../../../base/index.js'
import {
  formatShape,
  type Spec,
  trace,
  type Tensor,
  type Traced,
  type Value,
} from '../../../engine/graph/index.js'
import type { Network, Values } from '../network.js'
import { type Arrays, declaredSpecs } from '../scope.js'
import type { Batch } from '../sources/index.js'
import { traceBatches } from './batch-specs.js'
import type { LossFunction } from './train-options.js'

/** The graph of { params, states, key, …batch } → { loss, updates }, with batches of any number of rows. */
export function lossOf(net: Network, loss: LossFunction, batch: Batch): Traced {
  const traced = traceBatches(net, batch, (specs) => traceLoss(net, loss, specs))
  requireDependence(traced)
  return traced
}

function traceLoss(net: Network, loss: LossFunction, batch: Readonly<Record<string, Spec>>): Traced {
  const specs = {
    params: declaredSpecs(net.parameters),
    states: declaredSpecs(net.states),
    ...batch,
    key: { dtype: 'uint32' as const, shape: [2] },
  }
  return trace((input: unknown) => {
    const { params, states, key, x, ...others } = input as {
      params: Values
      states: Values
      key: Value
      x: Value
    } & Values
    const updates: Record<string, Tensor> = {}
    const output = net.apply({ ...params, ...states }, x, {
      training: true,
      key,
      onUpdate: (path, value) => (updates[path] = value),
    })
    return { loss: requireLoss(loss(output, others as never)), updates }
  }, specs as never)
}

/** @throws {@link UsageError} for a loss that is none */
export function requireLoss(given: unknown): Tensor {
  if (typeof given === 'object' && given !== null && 'dtype' in given && 'shape' in given)
    return given as Tensor
  throw new UsageError(
    `The loss gave ${nameOf(given)}, expected a tensor of one number that is computed from the output of the network: loss: (output, { y }) => meanSquaredError(output, y).`,
    { argument: 'loss' },
  )
}

/** @throws {@link UsageError} where no parameter has a part in the loss: training would run, and learn nothing */
function requireDependence({ graph, inputPaths }: Traced): void {
  const reached = new Set(graph.inputs.filter((_, i) => inputPaths[i]!.startsWith('params.')))
  for (const { primitive, inputs, outputs } of graph.nodes)
    if (primitive !== 'stopGradient' && inputs.some((input) => reached.has(input)))
      for (const output of outputs) reached.add(output)
  if (reached.has(graph.outputs[0]!)) return
  throw new UsageError(
    `The loss does not depend on any parameter of the network, so that nothing would be learned. Compute it from the output, (output, { y }) => …, of a network that has layers with parameters, such as dense(3).`,
    { argument: 'loss' },
  )
}

/** Parameters and states. */
export function apart(net: Network, values: Arrays): [Arrays, Arrays] {
  const pick = (declared: Network['parameters']): Arrays =>
    Object.fromEntries(declared.map((one) => [one.path, valueOf(values, one)]))
  return [pick(net.parameters), pick(net.states)]
}

function valueOf(values: Arrays, { path, shape }: Network['parameters'][number]): Arrays[string] {
  const value = values[path]
  if (value !== undefined && value.shape.join() !== shape.join())
    throw new ShapeError(
      `fitNetwork: the values to begin with have '${path}' of shape ${formatShape(value.shape)}, expected ${formatShape(shape)}. Take them from initialize(), or from the same network.`,
      { expected: shape, received: value.shape, where: 'initial' },
    )
  if (value !== undefined) return value
  throw new UsageError(
    `fitNetwork: the values to begin with have none for '${path}'. Take them from initialize(), or from the same network.`,
    { argument: 'initial' },
  )
}
