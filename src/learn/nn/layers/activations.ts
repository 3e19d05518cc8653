// Activations are layers without parameters.
import { t, type Tensor } from '../../../engine/graph/index.js'
import { type Layer, ofKind } from '../scope.js'

/** A function of a tensor as a layer. @param kind - what summaries call it. @default 'activation' */
export const activation = (f: (x: Tensor) => Tensor, kind = 'activation'): Layer => ofKind(kind, (x) => f(x))

/** max(x, 0) */
export const relu: Layer = activation((x) => t.relu(x), 'relu')
/** x · Φ(x). @see Hendrycks & Gimpel 2016, arXiv:1606.08415 */
export const gelu: Layer = activation((x) => t.gelu(x), 'gelu')
/** The approximation of gelu by tanh, which GPT-2 uses. */
export const geluTanh: Layer = activation((x) => {
  const inner = t.mul(t.add(x, t.mul(t.mul(t.mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI))
  return t.mul(t.mul(x, 0.5), t.add(t.tanh(inner), 1))
}, 'geluTanh')
/** x · sigmoid(x), also called swish. @see Elfwing et al. 2018, arXiv:1702.03118 */
export const silu: Layer = activation((x) => t.mul(x, t.sigmoid(x)), 'silu')
/** tanh x */
export const tanh: Layer = activation((x) => t.tanh(x), 'tanh')
/** 1 / (1 + e⁻ˣ) */
export const sigmoid: Layer = activation((x) => t.sigmoid(x), 'sigmoid')
/** log(1 + eˣ) */
export const softplus: Layer = activation((x) => t.softplus(x), 'softplus')
/** Along the last axis. */
export const softmax: Layer = activation((x) => t.softmax(x), 'softmax')
/** x where positive, else a share of it. @param slope - @default 0.01 */
export const leakyRelu = (slope = 0.01): Layer =>
  // A maximum would take the steep side for both where the slope is above 1.
  activation((x) => t.where(t.greater(x, 0), x, t.mul(x, slope)), 'leakyRelu')
/** x where positive, else α (eˣ − 1). @see Clevert et al. 2016, arXiv:1511.07289 */
export const elu = (alpha = 1): Layer =>
  activation((x) => t.where(t.greater(x, 0), x, t.mul(t.sub(t.exp(t.minimum(x, 0)), 1), alpha)), 'elu')
