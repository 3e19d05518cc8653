// The baseline every model must beat: it looks at no column.
import { defineOptions, oneOf } from '../../base/index.js'
import { type GraphBuilder, tensor, type Value } from '../../engine/onnx/index.js'
import { defineClassifier, defineRegressor, type LearnerData } from '../contracts/index.js'

const traits = { matrix: 'float64', missing: true, prefers: 'none' } as const

/** Options of {@link dummyRegressor}. */
export interface DummyRegressorOptions {
  /** The constant that minimizes the squared error (mean) or the absolute error (median). @default 'mean' */
  readonly strategy: 'mean' | 'median'
}

/** The state of a constant, which is also what it lets people read. */
export type ConstantLearned = Readonly<{
  /** One value, or one probability per class. */
  constant: Float64Array
}>

/**
 * Predicts the class frequencies of the training data for every row: the baseline of classification.
 *
 * p(c) = Σᵢ wᵢ [yᵢ = c] / Σᵢ wᵢ. Cost: O(n).
 *
 * @returns a classifier without options; equals scikit-learn's DummyClassifier(strategy="prior")
 * @example
 * ```ts
 * const model = await dummyClassifier().fit([{ a: 1 }, { a: 2 }, { a: 3 }], ['no', 'no', 'yes'])
 * model.predictRow({ a: 4 }) // => 'no'
 * ```
 */
export const dummyClassifier = defineClassifier<Record<never, never>, ConstantLearned, ConstantLearned>({
  kind: 'dummy-classifier',
  options: defineOptions<Record<never, never>>({}),
  traits,
  fit: ({ y, nClasses, sampleWeight }) => ({ constant: frequencies(y, nClasses, sampleWeight) }),
  predict: ({ constant }, x) => repeat(constant, x.rows),
  toGraph: ({ constant }, x, graph) => expand(constant, x, graph),
})

/**
 * Predicts the mean or the median of the training target for every row: the baseline of regression.
 *
 * Cost: O(n), for the median O(n log n). Equals scikit-learn's DummyRegressor.
 *
 * @param options - see {@link DummyRegressorOptions}
 * @example
 * ```ts
 * const model = await dummyRegressor({ strategy: 'median' }).fit([{ a: 1 }, { a: 2 }, { a: 3 }], [1, 2, 30])
 * model.predictRow({ a: 4 }) // => 2
 * ```
 */
export const dummyRegressor = defineRegressor<DummyRegressorOptions, ConstantLearned, ConstantLearned>({
  kind: 'dummy-regressor',
  options: defineOptions<DummyRegressorOptions>({ strategy: oneOf(['mean', 'median'], { default: 'mean' }) }),
  traits,
  fit: (data, { strategy }) => ({
    constant: Float64Array.of(strategy === 'mean' ? weightedMean(data) : weightedMedian(data)),
  }),
  predict: ({ constant }, x) => repeat(constant, x.rows),
  toGraph: ({ constant }, x, graph) => expand(constant, x, graph),
})

function frequencies(codes: Float64Array, k: number, weights: Float64Array | undefined): Float64Array {
  const shares = new Float64Array(k)
  let total = 0
  for (let row = 0; row < codes.length; row++) {
    const weight = weights?.[row] ?? 1
    shares[codes[row]!]! += weight
    total += weight
  }
  return shares.map((share) => share / total)
}

function weightedMean({ y, sampleWeight }: LearnerData): number {
  let sum = 0
  let total = 0
  for (let row = 0; row < y.length; row++) {
    const weight = sampleWeight?.[row] ?? 1
    sum += weight * y[row]!
    total += weight
  }
  return sum / total
}

/** The mean of the lower and the upper median, which differ only where the weights halve exactly. */
function weightedMedian({ y, sampleWeight }: LearnerData): number {
  const order = Int32Array.from(y, (_, row) => row).sort((a, b) => y[a]! - y[b]!)
  const total = sampleWeight?.reduce((sum, weight) => sum + weight, 0) ?? y.length
  const reaches = (sorted: Int32Array): number => {
    let sum = 0
    for (const row of sorted) {
      sum += sampleWeight?.[row] ?? 1
      if (sum >= total / 2 && (sampleWeight?.[row] ?? 1) > 0) return y[row]!
    }
    return y[sorted.at(-1)!]!
  }
  return (reaches(order) + reaches(order.toReversed())) / 2
}

function repeat(constant: Float64Array, rows: number): Float64Array {
  const result = new Float64Array(rows * constant.length)
  for (let row = 0; row < rows; row++) result.set(constant, row * constant.length)
  return result
}

/** The constant for as many rows as x has. */
function expand(constant: Float64Array, x: Value, graph: GraphBuilder): Value {
  const shape = graph.node('Shape', [x], { start: 0, end: 1 })
  const width = graph.initializer('width', tensor('int64', [BigInt(constant.length)]))
  const target = graph.node('Concat', [shape, width], { axis: 0 })
  return graph.node('Expand', [
    graph.initializer('constant', tensor('float64', constant, [1, constant.length])),
    target,
  ])
}
