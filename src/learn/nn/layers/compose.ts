// Layers of layers.
import { nameOf, ShapeError, UsageError } from '../../../base/index.js'
import { formatShape, named, t, type Tensor } from '../../../engine/graph/index.js'
import { type Layer, ofKind, type Scope } from '../scope.js'

/** Calls a layer in a scope of its own, so that its steps bear its name. */
export const call = (layer: Layer, x: Tensor, scope: Scope, name: string): Tensor =>
  scope.enter(name, layer.name, (inner) =>
    requireTensor(
      name,
      layer,
      named(name, x, () => layer(x, inner)),
    ),
  )

/** A maker of layers that is not called, `leakyRelu` for `leakyRelu()`, gives a layer in place of a tensor. */
function requireTensor(name: string, layer: Layer, output: unknown): Tensor {
  if (typeof output === 'object' && output !== null && 'shape' in output) return output as Tensor
  const kind = layer.name === '' ? 'the function' : layer.name
  const advice = typeof output === 'function' ? ` Call it to make the layer: ${kind}().` : ''
  throw new UsageError(`Layer '${name}': ${kind} gave ${nameOf(output)}, expected a tensor.${advice}`, {
    argument: name,
  })
}

/** @throws {@link UsageError} for what is no function of a tensor and a scope */
function requireLayers(who: string, layers: Readonly<Record<string, unknown>>): void {
  for (const [name, layer] of Object.entries(layers)) {
    if (typeof layer === 'function') continue
    const advice = Array.isArray(layer) ? `Spread a list: ${who}(...layers).` : 'Such are dense(3) and relu.'
    throw new UsageError(`${who}: layer '${name}' is ${nameOf(layer)}, expected a layer. ${advice}`, {
      argument: name,
    })
  }
}

/** One after the other; parameters of the i-th are called `i.…`. @throws {@link UsageError} for what is no layer */
export const sequential = (...layers: readonly Layer[]): Layer => {
  requireLayers('sequential', Object.fromEntries(layers.entries()))
  return ofKind('sequential', (x, scope) =>
    layers.reduce((h, layer, i) => call(layer, h, scope, String(i)), x),
  )
}

/** One after the other, by name. @throws {@link UsageError} for what is no layer */
export const namedLayers = (layers: Readonly<Record<string, Layer>>): Layer => {
  requireLayers('namedLayers', layers)
  return ofKind('namedLayers', (x, scope) =>
    Object.entries(layers).reduce((h, [name, layer]) => call(layer, h, scope, name), x),
  )
}

/**
 * x + layer(x).
 *
 * @throws {@link ShapeError} when the layer gives another shape than it is given
 * @see He et al. 2016, arXiv:1512.03385
 */
export const residual = (layer: Layer): Layer => {
  requireLayers('residual', { layer })
  return ofKind('residual', (x, scope) => {
    const y = layer(x, scope)
    // A sum would broadcast: what has one channel would be added to all.
    if (x.shape.join() === y.shape.join()) return t.add(x, y)
    throw new ShapeError(
      `residual: the layer makes ${formatShape(y.shape)} of ${formatShape(x.shape)}, expected the same shape for the sum. Give its last layer as many outputs, or project x beside it.`,
      { expected: x.shape, received: y.shape, where: 'residual' },
    )
  })
}

/** All axes but the first as one. */
export const flatten: Layer = ofKind('flatten', (x) => t.reshape(x, [x.shape[0]!, -1]))
