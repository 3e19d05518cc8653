// Layers of layers.
import { named, t, type Tensor } from '../../../engine/graph/index.js'
import type { Layer, Scope } from '../scope.js'

/** Calls a layer in a scope of its own, so that its steps bear its name. */
export const call = (layer: Layer, x: Tensor, scope: Scope, name: string): Tensor =>
  named(name, x, () => layer(x, scope.child(name)))

/** One after the other; parameters of the i-th are called `i.…`. */
export const sequential =
  (...layers: readonly Layer[]): Layer =>
  (x, scope) =>
    layers.reduce((h, layer, i) => call(layer, h, scope, String(i)), x)

/** One after the other, by name. */
export const namedLayers =
  (layers: Readonly<Record<string, Layer>>): Layer =>
  (x, scope) =>
    Object.entries(layers).reduce((h, [name, layer]) => call(layer, h, scope, name), x)

/** x + layer(x). @see He et al. 2016, arXiv:1512.03385 */
export const residual =
  (layer: Layer): Layer =>
  (x, scope) =>
    t.add(x, layer(x, scope))

/** All axes but the first as one. */
export const flatten: Layer = (x) => t.reshape(x, [x.shape[0]!, -1])
