// The three products that every linear learner is made of: Z·β, Zᵀ·v and ZᵀWZ.
import { checkpoint } from '../../base/index.js'
import { gram, type Matrix, matrix } from '../../engine/linalg/index.js'
import type { Design } from './design.kernel.js'
import type { SparseRows } from './sparse-rows.kernel.js'

/**
 * Margins Z·B for several outputs at once.
 *
 * @param beta - outputs × width, row-major
 * @returns rows × outputs, row-major
 */
export function margins(design: Design, beta: Float64Array, outputs = 1): Float64Array {
  const out = new Float64Array(design.rows * outputs)
  if (design.sparse) sparseMargins(design, beta, { outputs, out })
  else denseMargins(design, beta, { outputs, out })
  return out
}

interface Margins {
  readonly outputs: number
  readonly out: Float64Array
}

function sparseMargins(design: Design, beta: Float64Array, target: Margins): void {
  const { starts, columns, values } = design.sparse!
  const { outputs, out } = target
  for (let i = 0; i < design.rows; i++) {
    const from = starts[i]!
    const to = starts[i + 1]!
    for (let c = 0; c < outputs; c++) {
      const base = c * design.width
      let sum = 0
      for (let k = from; k < to; k++) sum += values[k]! * beta[base + columns[k]!]!
      out[i * outputs + c] = sum
    }
  }
}

function denseMargins(design: Design, beta: Float64Array, target: Margins): void {
  const { columns, width, shift } = design
  const { outputs, out } = target
  const { data } = design.dense
  const stretched = beta.map((value, k) => value * (k % width < columns ? design.scale[k % width]! : 1))
  for (let i = 0; i < design.rows; i++) {
    for (let c = 0; c < outputs; c++) {
      const base = c * width
      let sum = design.intercept ? stretched[base + columns]! : 0
      for (let j = 0, k = i * columns; j < columns; j++, k++)
        sum += (data[k]! - shift[j]!) * stretched[base + j]!
      out[i * outputs + c] = sum
    }
  }
}

/**
 * Zᵀ·V for several outputs at once.
 *
 * @param v - rows × outputs, row-major
 * @returns outputs × width, row-major
 */
export function transposedProduct(design: Design, v: Float64Array, outputs = 1): Float64Array {
  const out = new Float64Array(outputs * design.width)
  if (design.sparse) sparseTransposed(design, v, { outputs, out })
  else denseTransposed(design, v, { outputs, out })
  return out
}

function sparseTransposed(design: Design, v: Float64Array, target: Margins): void {
  const { starts, columns, values } = design.sparse!
  const { outputs, out } = target
  for (let i = 0; i < design.rows; i++) {
    const to = starts[i + 1]!
    for (let c = 0; c < outputs; c++) {
      const factor = v[i * outputs + c]!
      const base = c * design.width
      if (factor !== 0) for (let k = starts[i]!; k < to; k++) out[base + columns[k]!]! += factor * values[k]!
    }
  }
}

function denseTransposed(design: Design, v: Float64Array, target: Margins): void {
  const { columns, width, shift, scale } = design
  const { outputs, out } = target
  const { data } = design.dense
  for (let i = 0; i < design.rows; i++) {
    for (let c = 0; c < outputs; c++) {
      const factor = v[i * outputs + c]!
      if (factor === 0) continue
      const base = c * width
      for (let j = 0, k = i * columns; j < columns; j++, k++)
        out[base + j]! += factor * (data[k]! - shift[j]!)
      if (design.intercept) out[base + columns]! += factor
    }
  }
  for (let k = 0; k < out.length; k++) if (k % width < columns) out[k] = out[k]! * scale[k % width]!
}

// 65,536 rows of 100 columns take about a third of a second: abort stays well within a second.
const rowsBetweenCheckpoints = 65_536

/** Zᵀ·diag(w)·Z, width × width; weights may have either sign. */
export async function weightedGram(
  design: Design,
  weights: Float64Array | undefined,
  signal?: AbortSignal,
): Promise<Matrix> {
  const total = matrix(design.width, design.width)
  for (let from = 0; from < design.rows; from += rowsBetweenCheckpoints) {
    await checkpoint(signal)
    const to = Math.min(design.rows, from + rowsBetweenCheckpoints)
    if (design.sparse) addSparseGram(design.sparse, weights, { from, to, total })
    else addDenseGram(design, weights, { from, to, total })
  }
  if (design.sparse) mirror(total)
  return total
}

interface GramPart {
  readonly from: number
  readonly to: number
  readonly total: Matrix
}

function addDenseGram(design: Design, weights: Float64Array | undefined, part: GramPart): void {
  const { shift, scale, intercept } = design
  const { from, to, total } = part
  const sums = gram(design.dense, { weights, shift, scale, withOnes: intercept, from, to }).data
  for (let k = 0; k < sums.length; k++) total.data[k]! += sums[k]!
}

/** Adds to the upper triangle; entries of a row come in the order of their columns. */
function addSparseGram(rows: SparseRows, weights: Float64Array | undefined, part: GramPart): void {
  const { starts, columns, values } = rows
  const { data, columns: width } = part.total
  for (let i = part.from; i < part.to; i++) {
    const weight = weights ? weights[i]! : 1
    if (weight === 0) continue
    const end = starts[i + 1]!
    for (let a = starts[i]!; a < end; a++) {
      const factor = weight * values[a]!
      const base = columns[a]! * width
      for (let b = a; b < end; b++) data[base + columns[b]!]! += factor * values[b]!
    }
  }
}

function mirror(total: Matrix): void {
  const { data, columns: n } = total
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) data[i * n + j] = data[j * n + i]!
}
