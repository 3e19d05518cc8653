// Dense layers, embeddings and dropout.
import { random, t, type Tensor } from '../../../engine/graph/index.js'
import { ShapeError } from '../../../base/index.js'
import { byInputs, type Initializer, normal } from '../initializers.js'
import { type Layer, ofKind } from '../scope.js'

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
 * @throws {@link ShapeError} when the last axis of the input has no known length
 * @example
 * ```ts
 * const net = network(dense(3), spec('float32', ['batch', 4]))
 * net.output.shape // => ['batch', 3]
 * net.parameters.map(({ path, shape }) => `${path} ${shape}`) // => ['weight 3,4', 'bias 3']
 * ```
 */
export const dense = (units: number, { bias = true, weightInitializer }: DenseOptions = {}): Layer =>
  ofKind('dense', (x, scope) => {
    const inputs = widthOf(x, 'dense')
    const weight = scope.parameter('weight', [units, inputs], weightInitializer ?? byInputs(inputs))
    const product = t.matmul(x, weight, { transposeB: true })
    return bias ? t.add(product, scope.parameter('bias', [units], byInputs(inputs))) : product
  })

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** @default N(0, 1) */
  readonly weightInitializer?: Initializer
}

/**
 * Rows of a table by index: int32 [...], from 0 to count − 1, become [..., width].
 *
 * @example
 * ```ts
 * network(embedding(100, 8), spec('int32', ['batch', 5])).output.shape // => ['batch', 5, 8]
 * ```
 */
export const embedding = (
  count: number,
  width: number,
  { weightInitializer = normal(1) }: EmbeddingOptions = {},
): Layer =>
  ofKind('embedding', (x, scope) => t.gather(scope.parameter('weight', [count, width], weightInitializer), x))

/**
 * In training each number becomes 0 with a probability, and the others are divided by 1 − probability; else nothing happens.
 *
 * @param probability - from 0 to 1, 1 excluded. @default 0.5
 * @see Srivastava et al. 2014, jmlr.org/papers/v15/srivastava14a
 */
export const dropout = (probability = 0.5): Layer =>
  ofKind('dropout', (x, scope) => (scope.training ? random.dropout(scope.key(), x, probability) : x))
