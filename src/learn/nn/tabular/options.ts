// Options of the networks for tables. Names are scikit-learn's where it has them.
import {
  custom,
  defineOptions,
  integer,
  nullable,
  oneOf,
  type OptionSpec,
  real,
} from '../../../base/index.js'
import { classWeightOption, type ClassWeight } from '../../contracts/index.js'
import type { NumericEmbeddings } from './numeric-embeddings.js'

/** Options of {@link mlpRegressor}. */
export interface MlpOptions {
  /** Units of each hidden layer. @default [128, 128] */
  readonly hiddenLayerSizes: readonly number[]
  /** Networks that share all but a scale of each input and the last layer; their mean answers. @default 8 */
  readonly members: number
  /**
   * Numbers as vectors of 16: learned curves of straight pieces between quantiles, learned sums of waves, or not at all. More than
   * 100 number columns stay as they are.
   * @default 'piecewise-linear'
   */
  readonly numericEmbeddings: NumericEmbeddings
  /** Share of hidden numbers that a step leaves out. @default 0.1 */
  readonly dropout: number
  /** @default 0.002 */
  readonly learningRate: number
  /** Decoupled, as in AdamW. @default 0.0003 */
  readonly weightDecay: number
  /** Rows of a step; null: 64 up to 2,500 rows, 128 up to 10,000, 256 up to 50,000, then 512. @default null */
  readonly batchSize: number | null
  /** Passes over the rows at most. @default 100 */
  readonly maxEpochs: number
  /** Passes without a better loss on the validation part before training ends. @default 10 */
  readonly patience: number
  /**
   * Share of the rows set aside to stop by where `fit` is given no validation part; up to 5,000 rows, training is then
   * repeated on all of them for as many passes. @default 0.15
   */
  readonly validationFraction: number
}

/** Options of {@link mlpClassifier}. */
export interface MlpClassifierOptions extends MlpOptions {
  /** @default null: all 1 */
  readonly classWeight: ClassWeight
  /** This share of each target is spread over all classes. @default 0 */
  readonly labelSmoothing: number
}

// Twice as many members or units cost twice as much and gained nothing (vehicle: log loss .413 and .421 by .410).
const hidden: OptionSpec<readonly number[]> = custom<readonly number[]>({
  default: [128, 128],
  expected: 'a list of whole numbers from 1',
  accepts: (value) =>
    Array.isArray(value) && value.every((units) => Number.isInteger(units) && Number(units) >= 1),
})

const shared = {
  hiddenLayerSizes: hidden,
  members: integer({ min: 1, max: 256, default: 8 }),
  numericEmbeddings: oneOf(['none', 'piecewise-linear', 'periodic'], { default: 'piecewise-linear' }),
  dropout: real({ min: 0, max: 0.9, default: 0.1 }),
  learningRate: real({ min: 0, exclusive: true, default: 2e-3 }),
  weightDecay: real({ min: 0, default: 3e-4 }),
  batchSize: nullable(integer({ min: 1, default: 256 })),
  maxEpochs: integer({ min: 1, default: 100 }),
  patience: integer({ min: 1, default: 10 }),
  validationFraction: real({ min: 0, max: 0.9, default: 0.15 }),
}

export const regressorOptions = defineOptions<MlpOptions>(shared)

export const classifierOptions = defineOptions<MlpClassifierOptions>({
  ...shared,
  classWeight: classWeightOption,
  labelSmoothing: real({ min: 0, max: 1, default: 0 }),
})
