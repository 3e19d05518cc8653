// Rows to learn from and rows to stop by, as the network takes them.
import type { Matrix } from '../../../data/index.js'
import { array, type NDArray } from '../../../engine/graph/index.js'
import type { LearnerData } from '../../contracts/index.js'
import { arrange, type TabularInputs } from './inputs.js'
import type { TargetScale } from './target-scale.js'

/** Rows of a network: inputs, targets and weights. */
export type Part = Readonly<Record<'x' | 'y' | 'weight', NDArray>>

/** What rows are read with. */
export interface Reading {
  readonly inputs: TabularInputs
  readonly target: TargetScale
  readonly classes: boolean
}

/** Some rows of a matrix as a part. */
export function partOf(
  { x, y, sampleWeight }: Pick<LearnerData, 'x' | 'y' | 'sampleWeight'>,
  which: Int32Array,
  { inputs, target, classes }: Reading,
): Part {
  const columns = inputs.order.length
  return {
    x: array(arrange(takeRows(x, which), inputs), { shape: [which.length, columns] }),
    y: classes
      ? array(Int32Array.from(which, (row) => y[row]!))
      : array(Float32Array.from(which, (row) => (y[row]! - target.center) / target.scale)),
    weight: array(Float32Array.from(which, (row) => sampleWeight?.[row] ?? 1)),
  }
}

export const allRows = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i)

/** Rows to learn from and rows to stop by, drawn at random; none to stop by where a validation part is given. */
export function divide(
  data: LearnerData,
  share: number,
): { readonly train: Int32Array; readonly held: Int32Array } {
  const { rows } = data.x
  const count = data.validation === undefined ? Math.round(rows * share) : 0
  if (count === 0 || count === rows) return { train: allRows(rows), held: new Int32Array(0) }
  const order = data.rng.split('mlp-validation').permutation(rows)
  return { train: order.slice(count).sort(), held: order.slice(0, count).sort() }
}

function takeRows({ data, columns, names }: Matrix, rows: Int32Array): Matrix {
  const part = new Float64Array(rows.length * columns)
  rows.forEach((row, i) => part.set(data.subarray(row * columns, (row + 1) * columns), i * columns))
  return { data: part, rows: rows.length, columns, names }
}
