// Accelerated proximal gradient steps for problems with absolute penalties whose Hessian is too large to build.
import { checkpoint } from '../../base/index.js'
import {
  evaluate,
  gradient,
  type LogisticProblem,
  type LogisticState,
  violation,
} from './logistic-problem.kernel.js'
import type { Minimization, MinimizeOptions } from './minimization.kernel.js'

/**
 * FISTA (Beck & Teboulle, SIAM J. Imaging Sci. 2:1, 2009) with backtracking and a restart whenever momentum points
 * uphill (O'Donoghue & Candès, Found. Comput. Math. 15, 2015). Costs 3·n·p per output and step.
 */
export async function fista(
  problem: LogisticProblem,
  start: Float64Array,
  options: MinimizeOptions,
): Promise<Minimization> {
  let state = evaluate(problem, start)
  let ahead = state
  let momentum = 1
  let step = 1
  for (let iterations = 0; ; iterations++) {
    await checkpoint(options.signal)
    const g = gradient(problem, ahead)
    // Right after a restart `ahead` is the state itself, so this is its own optimality.
    if (violation(problem, ahead.beta, g) <= options.tolerance)
      return { state: ahead, iterations, converged: true }
    if (iterations === options.maxIterations) return { state, iterations, converged: false }
    const taken = proximalStep(problem, { from: ahead, g }, step)
    // Trying a longer step now and then follows the curvature as it changes.
    step = taken.step * 1.1
    const uphill = pointsUphill({ ahead, state, next: taken.next })
    const following = uphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2
    const push = uphill ? 0 : (momentum - 1) / following
    ahead = push === 0 ? taken.next : evaluate(problem, extrapolate(taken.next.beta, state.beta, push))
    momentum = following
    state = taken.next
  }
}

function pointsUphill(at: { ahead: LogisticState; state: LogisticState; next: LogisticState }): boolean {
  let sum = 0
  for (let j = 0; j < at.next.beta.length; j++) {
    sum += (at.ahead.beta[j]! - at.next.beta[j]!) * (at.next.beta[j]! - at.state.beta[j]!)
  }
  return sum > 0
}

function extrapolate(now: Float64Array, before: Float64Array, push: number): Float64Array {
  return now.map((value, j) => value + push * (value - before[j]!))
}

// Below this step the quadratic bound fails by rounding, not by curvature.
const leastStep = 1e-12

function proximalStep(
  problem: LogisticProblem,
  at: { from: LogisticState; g: Float64Array },
  firstStep: number,
): { next: LogisticState; step: number } {
  const { from, g } = at
  for (let step = firstStep; ; step /= 2) {
    const beta = from.beta.map((value, j) => soft(value - step * g[j]!, step * problem.l1[j]!))
    const next = evaluate(problem, beta)
    let bound = from.smooth
    for (let j = 0; j < beta.length; j++) {
      const move = beta[j]! - from.beta[j]!
      bound += g[j]! * move + (move * move) / (2 * step)
    }
    // The sums carry rounding of about 1e-15 of their size.
    if (next.smooth <= bound + 1e-15 * Math.abs(bound) || step < leastStep) return { next, step }
  }
}

function soft(value: number, threshold: number): number {
  if (Math.abs(value) <= threshold) return 0
  return value > 0 ? value - threshold : value + threshold
}
