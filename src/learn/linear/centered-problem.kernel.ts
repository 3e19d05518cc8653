// Takes the intercept out of a regression: columns and target minus their weighted means.
import type { Design } from './design.kernel.js'
import { transposedProduct } from './design-products.kernel.js'
import type { CenteredProblem } from './normal-equations.kernel.js'

/** The regression of y on a design with all means taken out. */
export function centerProblem(design: Design, y: Float64Array, alpha: number): CenteredProblem {
  const target = centeredTarget(design, y)
  const sums = transposedProduct(design, weighted(design, new Float64Array(design.rows).fill(1)))
  const means = sums
    .subarray(0, design.columns)
    .map((sum) => (design.intercept ? sum / design.totalWeight : 0))
  const problem = { design, means, alpha, target: target.values, targetMean: target.mean }
  return { ...problem, rightSide: centeredProduct(problem, target.values) }
}

/** (Z − means)ᵀ·W·v without the intercept's row. */
export function centeredProduct(
  problem: Pick<CenteredProblem, 'design' | 'means'>,
  v: Float64Array,
): Float64Array {
  const { design, means } = problem
  const product = transposedProduct(design, weighted(design, v))
  const sum = design.intercept ? product[design.columns]! : 0
  return means.map((mean, j) => product[j]! - mean * sum)
}

function centeredTarget(design: Design, y: Float64Array): { values: Float64Array; mean: number } {
  let mean = 0
  if (design.intercept) {
    for (let i = 0; i < y.length; i++) mean += ((design.weights?.[i] ?? 1) / design.totalWeight) * y[i]!
  }
  return { values: y.map((value) => value - mean), mean }
}

function weighted(design: Design, v: Float64Array): Float64Array {
  const { weights } = design
  return weights ? v.map((value, i) => value * weights[i]!) : v
}
