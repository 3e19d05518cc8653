// Cross-validation: every row is predicted by a model that has not seen it.
import { now, type Rng, type WorkOptions } from '../../base/index.js'
import type { Fold, Table } from '../../data/index.js'
import type { Metric } from '../../metrics/index.js'
import { type CoreEstimator, type CoreModel, takeTarget, type Target } from '../../learn/contracts/index.js'
import { actualOf, classCount, predictedOf } from './judged.js'

/** What is to be learned from. */
export interface LearningData {
  readonly x: Table
  readonly target: Target
  readonly sampleWeight?: Float64Array | undefined
}

export interface OutOfFoldOptions extends WorkOptions {
  readonly folds: readonly Fold[]
  readonly metric: Metric
  readonly rng: Rng
  readonly threads?: number | undefined
}

/** What cross-validation of one estimator gives. */
export interface OutOfFold {
  /** Rows × k probabilities or values; NaN for rows that no fold tests. */
  readonly scores: Float64Array
  readonly models: readonly CoreModel[]
  /** The metric on each fold. */
  readonly foldScores: readonly number[]
  /** The metric on each fold's own training rows. */
  readonly trainScores: readonly number[]
  /** Mean seconds of one fit. */
  readonly fitSeconds: number
  /** The median over folds: the first of them pays for code that is not warm yet. */
  readonly predictSecondsPer1000: number
}

/** The given rows of data and target. */
export function takeData(data: LearningData, rows: Int32Array): LearningData {
  const { sampleWeight } = data
  return {
    x: data.x.take(rows),
    target: takeTarget(data.target, rows),
    sampleWeight:
      sampleWeight === undefined ? undefined : Float64Array.from(rows, (row) => sampleWeight[row]!),
  }
}

/**
 * Fits the estimator once per fold and predicts the rows left out. The part left out also serves early stopping, for
 * estimators that stop early: their out-of-fold scores flatter them a little, the final test part does not.
 */
export async function outOfFold(
  estimator: CoreEstimator,
  data: LearningData,
  options: OutOfFoldOptions,
): Promise<OutOfFold> {
  const { folds, metric, rng, ...rest } = options
  const k = classCount(data.target)
  const width = Math.max(1, k)
  const scores = new Float64Array(data.x.rowCount * width).fill(Number.NaN)
  const models: CoreModel[] = []
  const foldScores: number[] = []
  const trainScores: number[] = []
  const predictSeconds: number[] = []
  let fitSeconds = 0
  for (const [i, fold] of folds.entries()) {
    options.signal?.throwIfAborted()
    const train = takeData(data, fold.train)
    const test = takeData(data, fold.test)
    options.onEvent?.({ type: 'fold-start', fold: i })
    const start = now()
    const model = await estimator.fitCore({ ...train, ...rest, validation: test, rng: rng.split('fold', i) })
    const fitted = now()
    const foldScore = await model.score(test.x)
    predictSeconds.push((now() - fitted) / Math.max(1, fold.test.length))
    fitSeconds += (fitted - start) / 1000
    fold.test.forEach((row, at) => scores.set(foldScore.subarray(at * width, (at + 1) * width), row * width))
    models.push(model)
    const score = metric.score(actualOf(test.target), predictedOf(foldScore, k), test.sampleWeight)
    foldScores.push(score)
    trainScores.push(await trainScore(model, train, metric))
    options.onEvent?.({ type: 'fold-end', fold: i, score })
    options.onEvent?.({ type: 'progress-update', done: (i + 1) / folds.length })
  }
  return {
    scores,
    models,
    foldScores,
    trainScores,
    fitSeconds: fitSeconds / folds.length,
    // Milliseconds a row are seconds a thousand rows.
    predictSecondsPer1000: predictSeconds.toSorted((a, b) => a - b)[folds.length >> 1]!,
  }
}

/** The metric on the rows learned from: on the first 5,000 of a fold, enough to see over-fitting. */
async function trainScore(model: CoreModel, train: LearningData, metric: Metric): Promise<number> {
  const rows = Int32Array.from({ length: Math.min(5000, train.x.rowCount) }, (_, row) => row)
  const part = takeData(train, rows)
  const predicted = predictedOf(await model.score(part.x), classCount(train.target))
  return metric.score(actualOf(part.target), predicted, part.sampleWeight)
}
