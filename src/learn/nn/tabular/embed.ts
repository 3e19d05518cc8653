// The first layer of a network for tables: what each column becomes, side by side.
import { array, t, type Tensor } from '../../../engine/graph/index.js'
import { type Initializer, uniform } from '../initializers.js'
import type { Layer } from '../scope.js'
import type { TabularInputs } from './inputs.js'
import { embeddingWidth, type NumericEmbeddings, numericEmbeddings } from './numeric-embeddings.js'

/** The part of the inputs that the form of a network depends on. */
export interface EmbeddedInputs extends Pick<TabularInputs, 'flags' | 'numbers' | 'levels' | 'edges'> {
  readonly numericEmbeddings: NumericEmbeddings
}

/** How many inputs of the network each column becomes: what belongs together is scaled together. */
export function widthsOf({ flags, numbers, levels, numericEmbeddings: kind }: EmbeddedInputs): number[] {
  const ofNumbers = kind === 'none' ? 1 : embeddingWidth
  return [
    ...Array.from({ length: flags }, () => 1),
    ...Array.from({ length: numbers }, () => ofNumbers),
    ...levels.map(() => embeddingWidth),
  ]
}

/** [N, flags + numbers + categories] to [N, the sum of widths]. */
export const embed =
  (inputs: EmbeddedInputs): Layer =>
  (x, scope) => {
    const { flags, numbers, levels, edges, numericEmbeddings: kind } = inputs
    const [ownFlags, z, codes] = partsOf(x, [flags, numbers, levels.length])
    const vectors = (): Tensor =>
      kind === 'none' ? z! : numericEmbeddings(kind, edges)(z!, scope.child('numbers'))
    return t.concat(
      [
        ...(ownFlags === undefined ? [] : [ownFlags]),
        ...(z === undefined ? [] : [vectors()]),
        ...(codes === undefined ? [] : [categoryEmbeddings(levels)(codes, scope.child('categories'))]),
      ],
      1,
    )
  }

/** Slices of the columns; undefined where there are none. */
function partsOf(x: Tensor, counts: readonly number[]): (Tensor | undefined)[] {
  if (counts.filter((count) => count > 0).length === 1)
    return counts.map((count) => (count > 0 ? x : undefined))
  let start = 0
  return counts.map((count) => {
    const from = start
    start += count
    return count === 0 ? undefined : t.slice(x, [null, [from, start]])
  })
}

/** Codes [N, c] to [N, c · width]: rows of one table for all columns, one after the other. */
const categoryEmbeddings =
  (levels: readonly number[]): Layer =>
  (codes, scope) => {
    const total = levels.reduce((sum, count) => sum + count, 0)
    const table = scope.parameter('weight', [total, embeddingWidth], exceptUnknown(startsOf(levels)))
    const starts = array(startsOf(levels), { shape: [1, levels.length] })
    const vectors = t.gather(table, t.add(t.cast(codes, 'int32'), starts))
    return t.reshape(vectors, [codes.shape[0]!, levels.length * embeddingWidth])
  }

/** Vectors at random, but zeros for code 0: where training has no rare text, an unknown one is no text at all. */
const exceptUnknown =
  (starts: Int32Array): Initializer =>
  (random, shape) => {
    const drawn = uniform(1 / Math.sqrt(embeddingWidth))(random, shape)
    for (const start of starts) drawn.data.fill(0, start * embeddingWidth, (start + 1) * embeddingWidth)
    return drawn
  }

/** Where each column's rows begin in the table of all. */
export const startsOf = (levels: readonly number[]): Int32Array => {
  let start = 0
  return Int32Array.from(levels, (count) => {
    const own = start
    start += count
    return own
  })
}
