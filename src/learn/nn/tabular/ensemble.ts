// A network for tables: several members that share their weights but for a scale of each input and the last layer, trained
// side by side. Their mean is nearly as good as that of as many networks, for little more than the cost of one.
// Gorishniy et al. 2025, arXiv:2410.24210 (TabM); Wen et al. 2020, arXiv:2002.06715 (BatchEnsemble).
import { t, type Tensor } from '../../../engine/graph/index.js'
import type { Initializer } from '../initializers.js'
import { byInputs, constant } from '../initializers.js'
import { dense, dropout, widthOf } from '../layers/dense.js'
import type { Layer } from '../scope.js'
import { embed, type EmbeddedInputs, widthsOf } from './embed.js'

/** The form of the network. */
export interface EnsembleShape {
  readonly inputs: EmbeddedInputs
  readonly members: number
  readonly hiddenLayers: readonly number[]
  readonly outputs: number
  readonly dropout: number
}

/**
 * Members see the columns as different as they can: each by a number drawn for it, the same for all of its inputs. Normal where
 * columns are vectors, signs where they are numbers (the authors' choice).
 */
const drawnByColumn =
  (widths: readonly number[]): Initializer =>
  (random, shape) => {
    const vectors = widths.some((width) => width > 1)
    const draw = (): number => (vectors ? random.normal() : random.below(2) === 0 ? -1 : 1)
    const data = Float32Array.from(
      Array.from({ length: shape[0]! }, () =>
        widths.flatMap((width) => Array.from<number>({ length: width }).fill(draw())),
      ).flat(),
    )
    return { dtype: 'float32', shape, data }
  }

/** [N, p] to [members, N, outputs]. */
export const tabularEnsemble =
  ({ inputs, members, hiddenLayers, outputs, dropout: share }: EnsembleShape): Layer =>
  (x, scope) => {
    const embedded = embed(inputs)(x, scope)
    const columns = widthOf(embedded, 'tabular network')
    const initial = members === 1 ? constant(1) : drawnByColumn(widthsOf(inputs))
    const own = scope.parameter('scale', [members, columns], initial)
    let h: Tensor = t.mul(t.expandDims(embedded, 0), t.expandDims(own, 1))
    hiddenLayers.forEach((units, i) => {
      h = t.relu(dense(units)(h, scope.child(`hidden.${i}`)))
      h = dropout(share)(h, scope)
    })
    const width = widthOf(h, 'tabular network')
    const weight = scope.parameter('output.weight', [members, width, outputs], byInputs(width))
    const bias = scope.parameter('output.bias', [members, 1, outputs], byInputs(width))
    return t.add(t.matmul(h, weight), bias)
  }
