// Would more data help: a learning curve as users ask for it.
import {
  custom,
  defineOptions,
  type GivenOptions,
  real,
  rng,
  seedOption,
  threadsOption,
  type WorkOptions,
  workSpecs,
} from '../../base/index.js'
import { trainTestSplit } from '../../data/index.js'
import {
  type CoreEstimator,
  type Features,
  sampleWeightOption,
  type TargetInput,
} from '../../learn/contracts/index.js'
import type { Metric } from '../../metrics/index.js'
import {
  type LearningData,
  learningData,
  metricFor,
  metricOption,
  rowsOption,
  taskOf,
} from '../validation/index.js'
import { growingParts, type LearningPoint } from './growing-parts.js'

/** Options of {@link learningCurve}. */
export interface LearningCurveOptions extends WorkOptions {
  /** A metric or its name. @default roc-auc, log-loss or rmse by task */
  readonly metric: string | Metric | undefined
  /** Share of the rows to judge on. @default 0.2 */
  readonly test: number
  /** Shares of the other rows to learn from, rising. @default 0.1, 0.3, 1 */
  readonly shares: readonly number[]
  /** A column of x, or a number per row: rows of one group stay on one side. */
  readonly group: string | ArrayLike<number> | undefined
  /** A column of x, or a time per row: models learn from earlier rows and are judged on later ones. */
  readonly time: string | ArrayLike<number> | undefined
  /** A weight for each row, at least 0. @default all equal */
  readonly sampleWeight: ArrayLike<number> | undefined
  /** @default 0 */
  readonly seed: number
  /** Threads for kernels; results do not depend on it. @default the number of cores */
  readonly threads: number | undefined
}

const isShare = (value: unknown): boolean => typeof value === 'number' && value > 0 && value <= 1

const declared = defineOptions<LearningCurveOptions>({
  metric: metricOption,
  test: real({ min: 0, max: 1, exclusive: true, default: 0.2 }),
  shares: custom<readonly number[]>({
    default: [0.1, 0.3, 1],
    expected: 'a list of numbers above 0, up to 1',
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isShare),
  }),
  group: rowsOption,
  time: rowsOption,
  sampleWeight: sampleWeightOption,
  seed: seedOption,
  threads: threadsOption,
  ...workSpecs,
})

/**
 * Sets rows aside, fits on growing shares of the others, and scores each model on its own rows and on those set aside.
 *
 * Where the scores on rows set aside still get better at the end, more data would help. Shares of fewer than five
 * rows, or so small that a class is gone, are left out. Cost: one fit a share.
 *
 * @param y - one label per row, or the name of the target column of x
 * @throws {@link InvalidOptionError} for an unknown metric or option, or an impossible split
 * @example
 * ```ts
 * const rows = Array.from({ length: 100 }, (_, i) => ({ size: i, rent: 400 + 9 * i + (i % 7) }))
 * const points = await learningCurve(linearRegression(), rows, 'rent', { shares: [0.5, 1] })
 * points.map((point) => point.rows) // => [40, 80]
 * ```
 */
export async function learningCurve(
  estimator: CoreEstimator,
  x: Features,
  y: TargetInput | string,
  options: GivenOptions<LearningCurveOptions> = {},
): Promise<LearningPoint[]> {
  const parsed = declared.parse('learningCurve', options)
  const { metric, seed, shares, threads, signal, onEvent, sampleWeight } = parsed
  const data = learningData(estimator, x, { y, sampleWeight })
  return growingParts(estimator, data, {
    fold: trainTestSplit(splitOf(data, parsed)),
    metric: metricFor(metric, taskOf(data.target)),
    rng: rng(seed).split('learning-curve'),
    shares,
    threads,
    signal,
    onEvent,
  })
}

function splitOf({ x, target }: LearningData, options: Readonly<LearningCurveOptions>) {
  const { test, group, time, seed } = options
  const stratify = target.type === 'classes' && time === undefined ? target.codes : undefined
  return { rows: x, test, group, time, seed, stratify }
}
