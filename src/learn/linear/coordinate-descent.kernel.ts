// Coordinate descent for a quadratic with absolute penalties: the inner loop of lasso and of L1 logistic regression.

/** ½ γᵀHγ − bᵀγ + Σ l1ⱼ|γⱼ| + ½ Σ l2ⱼγⱼ², reached one coordinate at a time. */
export interface Coordinates {
  readonly size: number
  /** Hⱼⱼ. */
  readonly curvature: Float64Array
  readonly l1: Float64Array
  readonly l2: Float64Array
  /** bⱼ − (Hγ)ⱼ now. */
  slope(j: number): number
  /** Takes note that γⱼ has grown by `change`. */
  move(j: number, change: number): void
}

/** The new value of coordinate j with all others held: soft thresholding. */
function best(problem: Coordinates, j: number, value: number): number {
  const h = problem.curvature[j]!
  const l1 = problem.l1[j]!
  const pull = problem.slope(j) + h * value
  const divisor = h + problem.l2[j]!
  if (divisor <= 0 || Math.abs(pull) <= l1) return 0
  return (pull > 0 ? pull - l1 : pull + l1) / divisor
}

/** Visits the given coordinates in order; returns the largest change, measured by its effect on the slope. */
export function sweep(problem: Coordinates, gamma: Float64Array, visit: ArrayLike<number>): number {
  let largest = 0
  for (let k = 0; k < visit.length; k++) {
    const j = visit[k]!
    const change = best(problem, j, gamma[j]!) - gamma[j]!
    if (change === 0) continue
    gamma[j]! += change
    problem.move(j, change)
    largest = Math.max(largest, Math.abs(change) * (problem.curvature[j]! + problem.l2[j]!))
  }
  return largest
}

/** Rounds over the non-zero coordinates alone between two rounds over all. */
export interface ActiveRounds {
  /** Ends when no coordinate's slope changes by more. */
  readonly tolerance: number
  readonly maxRounds: number
}

/**
 * One round over all coordinates, then rounds over the active ones until they rest (Friedman, Hastie & Tibshirani,
 * J. Stat. Software 33:1, 2010).
 *
 * @returns rounds taken, and the largest change of the round over all
 */
export function descend(
  problem: Coordinates,
  gamma: Float64Array,
  limits: ActiveRounds,
): { rounds: number; change: number } {
  const all = Int32Array.from({ length: problem.size }, (_, j) => j)
  const change = sweep(problem, gamma, all)
  let rounds = 1
  if (change <= limits.tolerance) return { rounds, change }
  const active = all.filter((j) => gamma[j] !== 0)
  while (rounds < limits.maxRounds) {
    rounds++
    if (sweep(problem, gamma, active) <= limits.tolerance) break
  }
  return { rounds, change }
}

/** A quadratic given by its matrix; a move costs one row. */
export function gramCoordinates(
  h: { data: Float64Array; rows: number },
  b: Float64Array,
  penalties: { l1: Float64Array; l2: Float64Array; gamma: Float64Array },
): Coordinates & { readonly slopes: Float64Array } {
  const n = h.rows
  const slopes = b.slice()
  const move = (j: number, change: number): void => {
    const row = j * n
    for (let i = 0; i < n; i++) slopes[i]! -= change * h.data[row + i]!
  }
  penalties.gamma.forEach((value, j) => {
    if (value !== 0) move(j, value)
  })
  return {
    size: n,
    curvature: Float64Array.from({ length: n }, (_, j) => h.data[j * n + j]!),
    l1: penalties.l1,
    l2: penalties.l2,
    slopes,
    slope: (j) => slopes[j]!,
    move,
  }
}
