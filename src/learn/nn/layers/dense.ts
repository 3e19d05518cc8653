// Dense layers, embeddings and dropout.
import { custom, flag, ShapeError } from '../../../base/index.js'
import { formatShape, random, t, type Tensor } from '../../../engine/graph/index.js'
import { byInputs, type Initializer, normal } from '../initializers.js'
import { type Layer, ofKind } from '../scope.js'
import { aFunction, checkLayer, count } from './arguments.js'

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Adds a learned number to each output. @default true */
  readonly bias?: boolean
  /** @default U(± 1/√inputs) */
  readonly weightInitializer?: Initializer
}

/** The length of the last axis, which a layer must know. */
export function widthOf(x: Tensor, what: string): number {
  const width = x.shape.at(-1)
  if (typeof width === 'number') return width
  throw new ShapeError(`${what}: the last axis of its input has no known length (${x.shape.join(', ')}).`, {
    expected: 'a number',
    received: x.shape,
    where: what,
  })
}

/**
 * x Wᵀ + b over the last axis: [..., inputs] become [..., units]; W is [units, inputs], as PyTorch's.
 *
 * @param units - from 1 on
 * @throws {@link InvalidOptionError} for units that are no count, or an unknown option
 * @throws {@link ShapeError} when the last axis of the input has no known length
 * @example
 * ```ts
 * const net = network(dense(3), spec('float32', ['batch', 4]))
 * net.output.shape // => ['batch', 3]
 * net.parameters.map(({ path, shape }) => `${path} ${shape}`) // => ['weight 3,4', 'bias 3']
 * ```
 */
export const dense = (units: number, options: DenseOptions = {}): Layer => {
  const checks = { bias: flag({ default: true }), weightInitializer: aFunction }
  checkLayer('dense', { units: [units, count] }, options, checks)
  const { bias = true, weightInitializer } = options
  return ofKind('dense', (x, scope) => {
    const inputs = widthOf(x, 'dense')
    const weight = scope.parameter('weight', [units, inputs], weightInitializer ?? byInputs(inputs))
    const product = t.matmul(x, weight, { transposeB: true })
    return bias ? t.add(product, scope.parameter('bias', [units], byInputs(inputs))) : product
  })
}

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** @default N(0, 1) */
  readonly weightInitializer?: Initializer
}

/**
 * Rows of a table by index: int32 [...], from 0 to rows − 1, become [..., width]. Training refuses other indices, and names the row.
 *
 * @throws {@link ShapeError} when the input is no int32
 * @example
 * ```ts
 * network(embedding(100, 8), spec('int32', ['batch', 5])).output.shape // => ['batch', 5, 8]
 * ```
 */
export const embedding = (rows: number, width: number, options: EmbeddingOptions = {}): Layer => {
  const args = { rows: [rows, count], width: [width, count] } as const
  checkLayer('embedding', args, options, { weightInitializer: aFunction })
  const { weightInitializer = normal(1) } = options
  return ofKind('embedding', (x, scope) => {
    // A fraction would be cut to an index without a word.
    if (x.dtype.startsWith('float'))
      throw new ShapeError(
        `embedding: its input is ${x.dtype}${formatShape(x.shape)}, expected indices of type int32. Give the network spec('int32', …), and arrays made with { dtype: 'int32' }.`,
        { expected: 'int32', received: x.dtype, where: 'embedding' },
      )
    return t.gather(scope.parameter('weight', [rows, width], weightInitializer), x)
  })
}

/**
 * In training each number becomes 0 with a probability, and the others are divided by 1 − probability; else nothing happens.
 *
 * @param probability - from 0 to 1, 1 excluded. @default 0.5
 * @throws {@link InvalidOptionError} for another probability
 * @see Srivastava et al. 2014, jmlr.org/papers/v15/srivastava14a
 */
export const dropout = (probability = 0.5): Layer => {
  checkLayer('dropout', { probability: [probability, share] }, {}, {})
  return ofKind('dropout', (x, scope) => (scope.training ? random.dropout(scope.key(), x, probability) : x))
}

// With 1 nothing would be left, and what is divided by 0 is no number.
const share = custom<number>({
  default: 0.5,
  expected: 'a number from 0 to 1, 1 excluded',
  accepts: (value) => typeof value === 'number' && value >= 0 && value < 1,
})
