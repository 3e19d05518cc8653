// What `fit` hands down: data, weights, randomness, and the means to report and to stop.
import type { Rng, WorkOptions } from '../../base/index.js'
import type { Matrix, MatrixType, Table } from '../../data/index.js'
import type { Label, Target } from './target.js'

/** What a learner wants of its inputs, so that preparation can suit it. */
export interface LearnerTraits {
  readonly predicts: 'classes' | 'values'
  /** Float width of the matrix that it learns from. */
  readonly matrix: MatrixType
  /** NaN may stay. */
  readonly missing: boolean
  /**
   * `linear` wants one-hot levels and scaled numbers; `tree` wants order and no scaling; `network` wants numbers complete and
   * text as it is; `none` looks at no column.
   */
  readonly prefers: 'linear' | 'tree' | 'network' | 'none'
  /** Text columns come as codes: from 1, with 0 for rare and unknown texts. @default text is refused */
  readonly text?: 'codes' | undefined
}

/** A part set aside to stop early or to choose; never learned from. */
export interface ValidationPart {
  readonly x: Table
  readonly target: Target
  readonly sampleWeight?: Float64Array | undefined
}

/** Everything a transformer or an estimator may use while fitting. */
export interface FitData extends WorkOptions {
  readonly x: Table
  /** Absent for transformers that are fitted without a target. */
  readonly target?: Target | undefined
  readonly sampleWeight?: Float64Array | undefined
  readonly validation?: ValidationPart | undefined
  readonly rng: Rng
  /** Threads that kernels may use; results do not depend on it. */
  readonly threads?: number | undefined
  /** The learner that follows in the pipeline. */
  readonly learner?: LearnerTraits | undefined
}

/** {@link FitData} as a learner sees it: numbers only. */
export interface LearnerData extends WorkOptions {
  readonly x: Matrix
  /** How many codes each column of x has; 0 for numbers. Where traits ask for text as codes. */
  readonly levels?: readonly number[] | undefined
  /** Values, or class codes. */
  readonly y: Float64Array
  /** 0 for regression. */
  readonly nClasses: number
  /** Class labels by code; empty for regression. */
  readonly classes: readonly Label[]
  readonly sampleWeight?: Float64Array | undefined
  readonly validation?:
    | { readonly x: Matrix; readonly y: Float64Array; readonly sampleWeight?: Float64Array | undefined }
    | undefined
  readonly rng: Rng
  readonly threads?: number | undefined
}
