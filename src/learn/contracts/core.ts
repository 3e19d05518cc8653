// The two roles under every public face: what prepares columns and what predicts from them. Composition happens here.
import type { Field, Table } from '../../data/index.js'
import type { GraphBuilder, Value } from '../../engine/onnx/index.js'
import type { ModelDocument } from './document.js'
import type { FitData, LearnerTraits } from './fit-data.js'
import type { SymbolicTable } from './symbolic-table.js'
import type { Label } from './target.js'

/** How closely the ONNX graph repeats the TypeScript. */
export type Portability = 'exact' | 'approximate' | 'none'

/** One column of one row: numbers (booleans 0 and 1, timestamps in ms) with NaN for missing; text, or null for missing. */
export type RowValue = number | string | null

/** A row in the order of inputs to a row in the order of outputs. */
export type RowFunction = (row: readonly RowValue[]) => RowValue[]

/** A fitted preparation of columns: tables in, tables out, in memory and in a graph. */
export interface Transform {
  readonly kind: string
  readonly portable: Portability
  /** The columns that it reads; others pass by unseen. */
  readonly inputs: readonly Field[]
  /** The names of the columns that it gives. */
  readonly outputs: readonly string[]
  /** Transforms a table (asynchronous by convention: long tables may go to other threads). */
  transform(x: Table): Promise<Table>
  /** The same at once. */
  apply(x: Table): Table
  /** The same for one row, compiled for serving: no table is made. Undefined where there is no such path. */
  rowFunction(): RowFunction | undefined
  toGraph(x: SymbolicTable): SymbolicTable
  toJSON(): ModelDocument
}

/** What fitting a transformer gives: the transform, and the training table as the learner should see it. */
export interface FittedTransform {
  readonly transform: Transform
  /** Differs from `transform.apply(x)` only where encodings are out-of-fold. */
  readonly training: Table
}

/** A frozen description of a preparation. */
export interface Transformer {
  readonly role: 'transformer'
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  fitCore(data: FitData): Promise<FittedTransform>
}

/** What people may read of a fitted model, by name; families say more in types of their own. */
export type Learned = Readonly<Record<string, unknown>>

/** A fitted predictor on tables: probabilities for classes, numbers for values. */
export interface CoreModel {
  readonly kind: string
  readonly predicts: 'classes' | 'values'
  readonly portable: Portability
  /** Classes by code; empty for values. */
  readonly classes: readonly Label[]
  /** The columns that it reads. */
  readonly inputs: readonly Field[]
  /** Row-major rows × k probabilities, or one value per row. */
  score(x: Table): Promise<Float64Array>
  /** The same at once, without a runtime; for single rows. */
  scoreNow(x: Table): Float64Array
  /** The same for one row in the order of `inputs`, compiled for serving. Undefined where there is no such path. */
  rowFunction(): ((row: readonly RowValue[]) => Float64Array) | undefined
  /** Probabilities [N, k] or values [N, 1], float64. */
  toGraph(x: SymbolicTable, graph: GraphBuilder): Value
  toJSON(): ModelDocument
  /** What the learner itself lets people read (coefficients, trees), by kind. */
  readonly learned: Learned
}

/** A frozen description of a way to learn. */
export interface CoreEstimator {
  readonly role: 'estimator'
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  readonly traits: LearnerTraits
  fitCore(data: FitData): Promise<CoreModel>
}
