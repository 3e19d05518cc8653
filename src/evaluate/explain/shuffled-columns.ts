// How much a score suffers when a column is shuffled: what the model relies on, whatever it is made of.
import { checkpoint, type Rng, type WorkOptions } from '../../base/index.js'
import { takeRows } from '../../data/index.js'
import type { CoreModel } from '../../learn/contracts/index.js'
import type { Metric } from '../../metrics/index.js'
import { actualOf, classCount, type LearningData, predictedOf, takeData } from '../validation/index.js'

export interface ShuffleOptions extends WorkOptions {
  readonly metric: Metric
  readonly rng: Rng
  /** Shuffles of each column. @default 5 */
  readonly repeats?: number
  /** At most so many rows, drawn at random. @default 2000 */
  readonly maxRows?: number
  /** For two classes. @default 0.5 */
  readonly threshold?: number
}

/** The loss of score for one column; greater is more important. */
export interface Importance {
  readonly column: string
  /** Mean loss of score over the shuffles. */
  readonly mean: number
  /** Standard deviation over the shuffles. */
  readonly sd: number
  /** How often it was shuffled. */
  readonly repeats: number
}

/** What `permutationImportance` says, on data whose target is coded already. */
export async function shuffledColumns(
  model: CoreModel,
  data: LearningData,
  options: ShuffleOptions,
): Promise<Importance[]> {
  const { metric, rng, repeats = 5, maxRows = 2000, threshold = 0.5 } = options
  const sample = sampled(data, maxRows, rng)
  const k = classCount(data.target)
  const actual = actualOf(sample.target)
  const score = async (x: LearningData['x']): Promise<number> =>
    metric.score(actual, predictedOf(await model.score(x), k, threshold), sample.sampleWeight)
  const whole = await score(sample.x)
  const result: Importance[] = []
  for (const [i, { name }] of model.inputs.entries()) {
    const losses: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      await checkpoint(options.signal)
      const order = rng.split(name, repeat).permutation(sample.x.rowCount)
      const shuffled = await score(sample.x.with(name, takeRows(sample.x.col(name), order)))
      losses.push(metric.greaterIsBetter ? whole - shuffled : shuffled - whole)
    }
    result.push({ column: name, ...meanAndSd(losses), repeats })
    options.onEvent?.({ type: 'progress-update', done: (i + 1) / model.inputs.length })
  }
  return result.sort((a, b) => b.mean - a.mean)
}

function sampled(data: LearningData, maxRows: number, rng: Rng): LearningData {
  if (data.x.rowCount <= maxRows) return data
  return takeData(data, rng.split('rows').permutation(data.x.rowCount).slice(0, maxRows).sort())
}

function meanAndSd(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 }
}
