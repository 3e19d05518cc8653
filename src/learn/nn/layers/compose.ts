// Layers of layers.
import { named, t, type Tensor } from '../../../engine/graph/index.js'
import { type Layer, ofKind, type Scope } from '../scope.js'

/** Calls a layer in a scope of its own, so that its steps bear its name. */
export const call = (layer: Layer, x: Tensor, scope: Scope, name: string): Tensor =>
  scope.enter(name, layer.name, (inner) => named(name, x, () => layer(x, inner)))

/** One after the other; parameters of the i-th are called `i.…`. */
export const sequential = (...layers: readonly Layer[]): Layer =>
  ofKind('sequential', (x, scope) => layers.reduce((h, layer, i) => call(layer, h, scope, String(i)), x))

/** One after the other, by name. */
export const namedLayers = (layers: Readonly<Record<string, Layer>>): Layer =>
  ofKind('namedLayers', (x, scope) =>
    Object.entries(layers).reduce((h, [name, layer]) => call(layer, h, scope, name), x),
  )

/** x + layer(x). @see He et al. 2016, arXiv:1512.03385 */
export const residual = (layer: Layer): Layer => ofKind('residual', (x, scope) => t.add(x, layer(x, scope)))

/** All axes but the first as one. */
export const flatten: Layer = ofKind('flatten', (x) => t.reshape(x, [x.shape[0]!, -1]))
