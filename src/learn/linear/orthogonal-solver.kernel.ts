// Least squares by orthogonal factors: slower, and right where the Gram matrix has lost its digits.
import { checkpoint } from '../../base/index.js'
import {
  applyQTransposed,
  householder,
  solveTrapezoid,
  solveUpperTransposed,
  streamedQr,
  upperFactor,
} from '../../engine/linalg/index.js'
import { centeredRows } from './centered-rows.kernel.js'
import { type CenteredProblem, stretchOf, times } from './normal-equations.kernel.js'

// A few megabytes at a time for 100 columns.
const rowsAtOnce = 4096

/**
 * A solver from the pivoted QR of √W·(Z − means) with the penalty's rows below; the shortest solution in the user's
 * units when the rank is short. Right sides are the normal equations' (so that a refinement step can call again).
 */
export async function orthogonalSolver(
  problem: CenteredProblem,
  signal?: AbortSignal,
): Promise<(rightSide: Float64Array) => Float64Array> {
  const { design } = problem
  const p = design.columns
  const unit = unitLengths(problem)
  const reduced = await triangleOf(problem, unit, signal)
  const factors = householder(reduced, { rankTolerance: Math.max(design.rows, p) * Number.EPSILON })
  const r = upperFactor(factors)
  const kept = { data: r.data.slice(0, factors.rank * p), rows: factors.rank, columns: p }
  const { permutation } = factors
  const direct = new Float64Array(reduced.rows)
  direct.set(reduced.right)
  applyQTransposed(factors, direct)
  const order = { permutation, stretch: stretchOf(design, unit) }
  return (b) => {
    const c = b === problem.rightSide ? direct : fromNormal(b)
    const original = solveTrapezoid(kept, c, order)
    return original.map((w, j) => (design.scale[j] === 0 || unit[j] === 0 ? 0 : w / design.scale[j]!))
  }
  function fromNormal(b: Float64Array): Float64Array {
    const right = times(b, unit)
    const c = Float64Array.from(permutation.subarray(0, kept.rows), (j) => right[j]!)
    solveUpperTransposed(kept, c)
    return c
  }
}

/** One over the length of each column, penalty included. */
function unitLengths(problem: CenteredProblem): Float64Array {
  const { design, alpha } = problem
  const p = design.columns
  const ones = new Float64Array(p).fill(1)
  const squares = design.scale.map((scale) => alpha * scale * scale)
  for (let from = 0; from < design.rows; from += rowsAtOnce) {
    const to = Math.min(design.rows, from + rowsAtOnce)
    const rows = centeredRows(problem, { from, to, stride: p, unit: ones })
    for (let k = 0; k < rows.length; k++) squares[k % p]! += rows[k]! * rows[k]!
  }
  return squares.map((square) => (square > 0 ? 1 / Math.sqrt(square) : 0))
}

/** The triangle R of the rows and the right side Qᵀ·√W·target that belongs to it. */
async function triangleOf(problem: CenteredProblem, unit: Float64Array, signal?: AbortSignal) {
  const { design, target, alpha } = problem
  const p = design.columns
  const stream = streamedQr(p + 1)
  for (let from = 0; from < design.rows; from += rowsAtOnce) {
    await checkpoint(signal)
    const to = Math.min(design.rows, from + rowsAtOnce)
    const rows = centeredRows(problem, { from, to, stride: p + 1, unit })
    for (let i = from; i < to; i++) {
      const root = design.weights ? Math.sqrt(design.weights[i]!) : 1
      rows[(i - from) * (p + 1) + p] = root * target[i]!
    }
    stream.add(rows)
  }
  if (alpha > 0) stream.add(penaltyRows(problem, unit))
  const r = stream.factor()
  const data = new Float64Array(r.rows * p)
  for (let i = 0; i < r.rows; i++) data.set(r.data.subarray(i * (p + 1), i * (p + 1) + p), i * p)
  return {
    data,
    rows: r.rows,
    columns: p,
    right: Float64Array.from({ length: r.rows }, (_, i) => r.data[i * (p + 1) + p]!),
  }
}

function penaltyRows(problem: CenteredProblem, unit: Float64Array): Float64Array {
  const p = problem.design.columns
  const rows = new Float64Array(p * (p + 1))
  const root = Math.sqrt(problem.alpha)
  for (let j = 0; j < p; j++) rows[j * (p + 1) + j] = root * problem.design.scale[j]! * unit[j]!
  return rows
}
