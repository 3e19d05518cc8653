// Numbers as vectors: a network that sees a number through a basis of functions can follow jumps and bends of single columns.
// Gorishniy et al. 2022, arXiv:2203.05556.
import { array, t, type Tensor } from '../../../engine/graph/index.js'
import { constant, type Initializer, normal, uniform } from '../initializers.js'
import { widthOf } from '../layers/dense.js'
import type { Layer, Scope } from '../scope.js'
import { piecesOf } from './pieces.js'

/** What numbers are seen through. */
export type NumericEmbeddings = 'none' | 'piecewise-linear' | 'periodic'

// So long are the vectors of numbers and of categories: arXiv:2410.24210 has 8 to 32. Categories of up to so many levels
// lose nothing against a column for each level.
export const embeddingWidth = 16
// Waves of each number, and the deviation of their frequencies before training: arXiv:2407.04491, table A.1.
const waves = 16
const frequencyDeviation = 0.1

const byWidth: Initializer = uniform(1 / Math.sqrt(embeddingWidth))

/** [N, q] to [N, q · width]: z · w + b + basis(z) W, with w, b and W of each column its own. */
export const numericEmbeddings =
  (kind: Exclude<NumericEmbeddings, 'none'>, edges: readonly Float32Array[]): Layer =>
  (z, scope) => {
    const columns = widthOf(z, 'numeric embeddings')
    const slope = scope.parameter('slope', [columns, embeddingWidth], byWidth)
    const shift = scope.parameter('shift', [columns, embeddingWidth], byWidth)
    const straight = t.add(t.mul(t.expandDims(z, 2), slope), shift)
    // [q, N, 1]: a column's numbers side by side, since each has a product of its own.
    const each = t.expandDims(t.transpose(z), 2)
    const basis = kind === 'periodic' ? wavesOf(each, scope) : rises(each, edges)
    const functions = widthOf(basis, 'numeric embeddings')
    // Zeros: training begins with straight lines.
    const weight = scope.parameter(
      'weight',
      [columns, functions, embeddingWidth],
      kind === 'periodic' ? uniform(1 / Math.sqrt(functions)) : constant(0),
    )
    const bent = t.transpose(t.matmul(basis, weight), [1, 0, 2])
    return t.reshape(t.add(straight, bent), [z.shape[0]!, columns * embeddingWidth])
  }

/** Of each piece the share that lies below z: from 0 to 1. [q, N, 1] to [q, N, pieces] */
function rises(z: Tensor, edges: readonly Float32Array[]): Tensor {
  const { starts, slopes, pieces } = piecesOf(edges)
  const shape = [edges.length, 1, pieces]
  const along = t.mul(t.sub(z, array(starts, { shape })), array(slopes, { shape }))
  return t.minimum(t.maximum(along, 0), 1)
}

/** cos(2π z f + φ) with frequencies and phases that are learned. [q, N, 1] to [q, N, waves] */
function wavesOf(z: Tensor, scope: Scope): Tensor {
  const shape = [z.shape[0] as number, 1, waves]
  const frequency = scope.parameter('frequency', shape, normal(frequencyDeviation))
  const phase = scope.parameter('phase', shape, uniform(Math.PI))
  return t.cos(t.add(t.mul(t.mul(z, frequency), 2 * Math.PI), phase))
}
