// Score against the number of training rows: would more data help?
import type { Rng, WorkOptions } from '../../base/index.js'
import type { CoreEstimator } from '../../learn/contracts/index.js'
import type { Metric } from '../../metrics/index.js'
import { actualOf, classCount, type LearningData, predictedOf, takeData } from '../validation/index.js'
import type { Fold } from '../../data/index.js'

export interface GrowingPartsOptions extends WorkOptions {
  readonly fold: Fold
  readonly metric: Metric
  readonly rng: Rng
  /** Shares of the training rows, rising. @default 0.1, 0.3, 1 */
  readonly shares?: readonly number[]
  readonly threads?: number | undefined
}

/** One point of the curve. */
export interface LearningPoint {
  readonly rows: number
  readonly train: number
  readonly validation: number
}

/** Of fewer rows a model says nothing about the end of the curve, and columns are often constant. */
const fewestRows = 5

/** Fits on growing shares of one fold's training rows and scores each model on its own rows and on the rows left out. */
export async function growingParts(
  estimator: CoreEstimator,
  data: LearningData,
  options: GrowingPartsOptions,
): Promise<LearningPoint[]> {
  const { fold, metric, rng, shares = [0.1, 0.3, 1], ...rest } = options
  const order = rng.split('learning-curve').permutation(fold.train.length)
  const test = takeData(data, fold.test)
  const k = classCount(data.target)
  const points: LearningPoint[] = []
  for (const [i, share] of shares.entries()) {
    const rows = Math.round(share * fold.train.length)
    if (rows < fewestRows) continue
    const part = takeData(data, Int32Array.from(order.subarray(0, rows), (at) => fold.train[at]!).sort())
    if (!everyClassIn(part)) continue
    const model = await estimator.fitCore({ ...part, ...rest, validation: test, rng: rng.split('fit', i) })
    const scoreOn = async (of: LearningData): Promise<number> =>
      metric.score(actualOf(of.target), predictedOf(await model.score(of.x), k), of.sampleWeight)
    points.push({ rows, train: await scoreOn(part), validation: await scoreOn(test) })
    options.onEvent?.({ type: 'progress-update', done: (i + 1) / shares.length })
  }
  return points
}

/** A share so small that a class is gone teaches nothing about the others. */
function everyClassIn({ target }: LearningData): boolean {
  return target.type === 'values' || new Set(target.codes).size === target.classes.length
}
