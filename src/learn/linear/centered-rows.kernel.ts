// Rows of the centered design, written out for solvers that need the numbers themselves.
import type { CenteredProblem } from './normal-equations.kernel.js'

/** Rows `from` up to `to` of √W·(Z − means)·diag(unit), row-major with `stride` numbers a row. */
export function centeredRows(
  problem: CenteredProblem,
  range: { from: number; to: number; stride: number; unit: Float64Array },
): Float64Array {
  const { design, means } = problem
  const { columns, shift, scale } = design
  const { from, to, stride, unit } = range
  const out = new Float64Array((to - from) * stride)
  for (let i = from; i < to; i++) {
    const root = design.weights ? Math.sqrt(design.weights[i]!) : 1
    const at = (i - from) * stride
    for (let j = 0, k = i * columns; j < columns; j++, k++) {
      const z = (design.dense.data[k]! - shift[j]!) * scale[j]!
      // A column without information has scale 0; infinity times 0 cannot occur since x is finite.
      out[at + j] = root * (z - means[j]!) * unit[j]!
    }
  }
  return out
}
