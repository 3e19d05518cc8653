// A network for tables: several members that share their weights but for a scale of each input and the last layer, trained
// side by side. Their mean is nearly as good as that of as many networks, for little more than the cost of one.
// Gorishniy et al. 2025, arXiv:2410.24210 (TabM); Wen et al. 2020, arXiv:2002.06715 (BatchEnsemble).
import { t, type Tensor } from '../../../engine/graph/index.js'
import type { Initializer } from '../initializers.js'
import { byInputs, constant } from '../initializers.js'
import { dense, dropout, widthOf } from '../layers/dense.js'
import type { Layer } from '../scope.js'

/** The form of the network. */
export interface EnsembleShape {
  readonly members: number
  readonly hiddenLayers: readonly number[]
  readonly outputs: number
  readonly dropout: number
}

/** Signs at random: members see the inputs as different as they can. */
const signs: Initializer = (random, shape) => {
  const data = Float32Array.from({ length: shape[0]! * shape[1]! }, () => (random.below(2) === 0 ? -1 : 1))
  return { dtype: 'float32', shape, data }
}

/** [N, p] to [members, N, outputs]. */
export const tabularEnsemble =
  ({ members, hiddenLayers, outputs, dropout: share }: EnsembleShape): Layer =>
  (x, scope) => {
    const columns = widthOf(x, 'tabular network')
    const own = scope.parameter('scale', [members, columns], members === 1 ? constant(1) : signs)
    let h: Tensor = t.mul(t.expandDims(x, 0), t.expandDims(own, 1))
    hiddenLayers.forEach((units, i) => {
      h = t.relu(dense(units)(h, scope.child(`hidden.${i}`)))
      h = dropout(share)(h, scope)
    })
    const width = widthOf(h, 'tabular network')
    const weight = scope.parameter('output.weight', [members, width, outputs], byInputs(width))
    const bias = scope.parameter('output.bias', [members, 1, outputs], byInputs(width))
    return t.add(t.matmul(h, weight), bias)
  }
