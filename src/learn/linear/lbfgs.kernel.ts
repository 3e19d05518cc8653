// Limited-memory BFGS for problems whose Hessian is too large to build.
import { checkpoint } from '../../base/index.js'
import { margins } from './design-products.kernel.js'
import { along, grain } from './line-search.kernel.js'
import {
  evaluate,
  gradient,
  type LogisticProblem,
  type LogisticState,
  violation,
} from './logistic-problem.kernel.js'
import type { Minimization, MinimizeOptions } from './minimization.kernel.js'

// More pairs than the usual 10 pay here: a pair costs 4·p, a gradient n·p.
const memory = 20

interface Pair {
  readonly step: Float64Array
  readonly change: Float64Array
  readonly product: number
}

/** Minimizes the smooth problem (Liu & Nocedal, Math. Programming 45, 1989). Costs 2·n·p per output and step. */
export async function lbfgs(
  problem: LogisticProblem,
  start: Float64Array,
  options: MinimizeOptions,
): Promise<Minimization> {
  let state = evaluate(problem, start)
  let g = gradient(problem, state)
  const pairs: Pair[] = []
  for (let iterations = 0; ; iterations++) {
    await checkpoint(options.signal)
    const reached = violation(problem, state.beta, g)
    if (reached <= options.tolerance) return { state, iterations, converged: true }
    if (iterations === options.maxIterations) return { state, iterations, converged: false }
    const next = search(problem, state, descent(pairs, g))
    if (!next) return { state, iterations, converged: reached <= Math.sqrt(options.tolerance) }
    const nextGradient = gradient(problem, next)
    remember(pairs, difference(next.beta, state.beta), difference(nextGradient, g))
    state = next
    g = nextGradient
  }
}

function remember(pairs: Pair[], step: Float64Array, change: Float64Array): void {
  const product = inner(step, change)
  // Curvature must be positive beyond rounding, or the implied matrix would not be.
  if (product <= Number.EPSILON * inner(change, change)) return
  pairs.push({ step, change, product })
  if (pairs.length > memory) pairs.shift()
}

/** The two-loop recursion: minus the inverse Hessian's estimate times the gradient. */
function descent(pairs: readonly Pair[], g: Float64Array): Float64Array {
  const direction = g.map((value) => -value)
  const shares: number[] = []
  for (const pair of pairs.toReversed()) {
    const share = inner(pair.step, direction) / pair.product
    shares.push(share)
    add(direction, -share, pair.change)
  }
  const last = pairs.at(-1)
  if (last) {
    const size = last.product / inner(last.change, last.change)
    for (let j = 0; j < direction.length; j++) direction[j]! *= size
  }
  for (const pair of pairs) {
    add(direction, shares.pop()! - inner(pair.change, direction) / pair.product, pair.step)
  }
  return direction
}

// Weak Wolfe conditions with the customary constants (Nocedal & Wright, section 3.1).
const decreaseShare = 1e-4
const slopeShare = 0.9
const maxTrials = 50

/** Bisection for the weak Wolfe conditions; margins move along a line, so a trial costs no product with the matrix. */
function search(
  problem: LogisticProblem,
  state: LogisticState,
  direction: Float64Array,
): LogisticState | undefined {
  const dz = margins(problem.design, direction, problem.outputs)
  const initial = slope(problem, state, { direction, dz })
  const ceiling = state.smooth + grain(state.smooth)
  let low = 0
  let high = Infinity
  let step = 1
  for (let trial = 0; trial < maxTrials; trial++) {
    const next = along(problem, state, { direction, dz, step })
    if (next.smooth > ceiling + decreaseShare * step * initial) high = step
    else if (slope(problem, next, { direction, dz }) < slopeShare * initial) low = step
    else return next
    step = high === Infinity ? 2 * low : (low + high) / 2
  }
  return undefined
}

function slope(
  problem: LogisticProblem,
  state: LogisticState,
  ray: { direction: Float64Array; dz: Float64Array },
): number {
  let sum = inner(state.residuals, ray.dz)
  for (let j = 0; j < ray.direction.length; j++) sum += problem.l2[j]! * state.beta[j]! * ray.direction[j]!
  return sum
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, j) => value - b[j]!)
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!
  return sum
}

function add(target: Float64Array, factor: number, source: Float64Array): void {
  for (let j = 0; j < target.length; j++) target[j]! += factor * source[j]!
}
