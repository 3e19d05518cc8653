// How far to go in a direction, at the cost of one product with the matrix whatever number of steps is tried.
import { evaluateAt, type LogisticProblem, type LogisticState } from './logistic-problem.kernel.js'
import { margins } from './design-products.kernel.js'

/** A share of the promised decrease that a step must bring (Armijo's rule; Nocedal & Wright, section 3.1). */
const decreaseShare = 1e-4

/** Halvings before a step counts as none: 2⁻⁴⁰ of a Newton step is below what float64 sums can tell. */
const maxHalvings = 40

/**
 * Rounding of a sum of losses: near the optimum a good step changes the objective by less than this, and must not be
 * shortened for it.
 */
export const grain = (objective: number): number => 8 * Number.EPSILON * Math.abs(objective)

/** β plus `step` times the direction, with margins updated instead of recomputed. */
export function along(
  problem: LogisticProblem,
  state: LogisticState,
  ray: { direction: Float64Array; dz: Float64Array; step: number },
): LogisticState {
  const { direction, dz, step } = ray
  return evaluateAt(
    problem,
    state.beta.map((value, j) => value + step * direction[j]!),
    state.margins.map((value, i) => value + step * dz[i]!),
  )
}

/**
 * The first of the steps 1, ½, ¼ … that decreases the objective enough; undefined when none does, which means that
 * rounding is reached.
 *
 * @param promised - the decrease that the linear part of the model promises for a whole step; negative
 */
export function backtrack(
  problem: LogisticProblem,
  state: LogisticState,
  move: { direction: Float64Array; promised: number },
): LogisticState | undefined {
  const { direction, promised } = move
  const dz = margins(problem.design, direction, problem.outputs)
  let step = 1
  for (let k = 0; k < maxHalvings; k++, step /= 2) {
    const next = along(problem, state, { direction, dz, step })
    if (next.objective <= state.objective + decreaseShare * step * promised + grain(state.objective))
      return next
  }
  return undefined
}
