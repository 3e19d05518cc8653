// What is learned from: the loss of a network and what its states become, as one graph.
import { UsageError } from '../../../base/index.js'
import { trace, type Tensor, type Traced, type Value } from '../../../engine/graph/index.js'
import type { Network, Values } from '../network.js'
import { type Arrays, declaredSpecs } from '../scope.js'
import { type Batch, batchSpecs } from '../sources/index.js'
import type { LossFunction } from './train-options.js'

/** The graph of { params, states, key, …batch } → { loss, updates }, with batches of any number of rows. */
export function lossOf(net: Network, loss: LossFunction, batch: Batch): Traced {
  const specs = {
    params: declaredSpecs(net.parameters),
    states: declaredSpecs(net.states),
    ...batchSpecs(batch),
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
    return { loss: loss(output, others as never), updates }
  }, specs as never)
}

/** Parameters and states. */
export function apart(net: Network, values: Arrays): [Arrays, Arrays] {
  const pick = (declared: Network['parameters']): Arrays =>
    Object.fromEntries(declared.map(({ path }) => [path, valueOf(values, path)]))
  return [pick(net.parameters), pick(net.states)]
}

function valueOf(values: Arrays, path: string): Arrays[string] {
  const value = values[path]
  if (value !== undefined) return value
  throw new UsageError(
    `fitNetwork: the values to begin with have none for '${path}'. Take them from initialize(), or from the same network.`,
    { argument: 'initial' },
  )
}
