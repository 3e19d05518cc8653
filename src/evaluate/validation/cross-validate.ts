// Cross-validation as users call it: any estimator, rows or tables, one metric.
import {
  checkOptions,
  flag,
  type OptionChecks,
  rng,
  seedOption,
  threadsOption,
  type WorkOptions,
  workSpecs,
} from '../../base/index.js'
import { kFold, type Fold } from '../../data/index.js'
import {
  type CoreEstimator,
  type Features,
  sampleWeightOption,
  type TargetInput,
} from '../../learn/contracts/index.js'
import type { Metric } from '../../metrics/index.js'
import { taskOf } from './judged.js'
import { metricFor, metricOption, rowsOption } from './judging-options.js'
import { learningData } from './learning-data.js'
import { type LearningData, outOfFold } from './out-of-fold.js'

/** Options of {@link crossValidate}. */
export interface CrossValidateOptions extends WorkOptions {
  /** A metric or its name. @default roc-auc, log-loss or rmse by task */
  readonly metric?: string | Metric | undefined
  /** How many folds, or the folds themselves. @default 5 */
  readonly folds?: number | readonly Fold[] | undefined
  /** Each fold gets each class in proportion. @default true for classes */
  readonly stratify?: boolean | undefined
  /** A column of x, or a number per row: rows of one group stay together. */
  readonly group?: string | ArrayLike<number> | undefined
  /** A column of x, or a time per row: models learn from earlier rows and predict later ones. */
  readonly time?: string | ArrayLike<number> | undefined
  readonly sampleWeight?: ArrayLike<number> | undefined
  /** @default 0 */
  readonly seed?: number | undefined
  readonly threads?: number | undefined
}

const checks: OptionChecks<CrossValidateOptions> = {
  metric: metricOption,
  folds: {
    expected: 'a whole number of at least 2, or a list of folds',
    accepts: (value) => Array.isArray(value) || (Number.isInteger(value) && (value as number) >= 2),
  },
  stratify: flag({ default: true }),
  group: rowsOption,
  time: rowsOption,
  sampleWeight: sampleWeightOption,
  seed: seedOption,
  threads: threadsOption,
  ...workSpecs,
}

/** What {@link crossValidate} finds. */
export interface CrossValidation {
  readonly metric: string
  /** The metric on each fold. */
  readonly scores: readonly number[]
  readonly mean: number
  /** Standard deviation between folds. */
  readonly sd: number
  /** Out-of-fold probabilities rows × k, or values; NaN for rows that no fold tests. */
  readonly predictions: Float64Array
  /** Mean seconds of one fit. */
  readonly fitSeconds: number
}

/**
 * Fits an estimator on k − 1 folds and scores it on the one left out, for each fold in turn.
 *
 * Rows with equal features never lie on both sides. Cost: k fits.
 *
 * @param y - one label per row, or the name of the target column of x
 * @throws {@link InvalidOptionError} for an unknown metric or an impossible split
 * @example
 * ```ts
 * const rows = Array.from({ length: 40 }, (_, i) => ({ age: i, adult: i >= 18 ? 'yes' : 'no' }))
 * const { mean } = await crossValidate(logisticRegression(), rows, 'adult', { metric: 'accuracy' })
 * mean > 0.9 // => true
 * ```
 */
export async function crossValidate(
  estimator: CoreEstimator,
  features: Features,
  y: TargetInput | string,
  options: CrossValidateOptions = {},
): Promise<CrossValidation> {
  checkOptions<CrossValidateOptions>('crossValidate', options, checks)
  const data = learningData(estimator, features, { y, sampleWeight: options.sampleWeight })
  const metric = metricFor(options.metric, taskOf(data.target))
  const { seed = 0, threads, signal, onEvent } = options
  const result = await outOfFold(estimator, data, {
    folds: foldsOf(data, options),
    metric,
    rng: rng(seed).split('cross-validate'),
    threads,
    signal,
    onEvent,
  })
  const defined = result.foldScores.filter((score) => !Number.isNaN(score))
  const mean = defined.reduce((sum, score) => sum + score, 0) / defined.length
  const squares = defined.reduce((sum, score) => sum + (score - mean) ** 2, 0)
  return {
    metric: metric.name,
    scores: result.foldScores,
    mean,
    sd: defined.length > 1 ? Math.sqrt(squares / (defined.length - 1)) : 0,
    predictions: result.scores,
    fitSeconds: result.fitSeconds,
  }
}

function foldsOf(data: LearningData, options: CrossValidateOptions): readonly Fold[] {
  const { folds = 5, seed = 0, group, time, stratify = true } = options
  if (typeof folds !== 'number') return folds
  const strata =
    data.target.type === 'classes' && stratify && time === undefined ? data.target.codes : undefined
  return kFold({ rows: data.x, folds, seed, group, time, stratify: strata }).folds
}
