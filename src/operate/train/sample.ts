// Three rows with their predictions: to try the model with, and to see what its answers look like. And rows of training that
// others are compared with where a prediction is explained.
import { rng } from '../../base/index.js'
import { decideCode } from '../../learn/contracts/index.js'
import type { FinishedJob } from './train.js'

export interface Sample {
  readonly inputs: readonly Record<string, unknown>[]
  readonly predictions: readonly Record<string, unknown>[]
  /** Rows that were learned from. */
  readonly background: readonly Record<string, unknown>[]
}

/**
 * The average prediction is that of these rows: its error is a sixth of the spread of predictions. More rows cost as much more time
 * for each explanation.
 */
const backgroundRows = 32

/** The first rows of the test part; for the background, rows of the training part by chance. */
export async function sampleOf({ data, model, decision, settings }: FinishedJob): Promise<Sample> {
  const x = data.test.x.select(model.inputs.map(({ name }) => name)).slice(0, 3)
  const scores = await model.score(x)
  const learned = data.train.x.select(model.inputs.map(({ name }) => name))
  const drawn = rng(settings.seed).split('background').permutation(learned.rowCount)
  const k = Math.max(1, model.classes.length)
  return {
    inputs: x.toRows(),
    background: learned.take(drawn.subarray(0, backgroundRows).toSorted()).toRows(),
    predictions: Array.from({ length: x.rowCount }, (_, row) => {
      if (model.predicts === 'values') return { [settings.target]: scores[row]! }
      const code = decideCode({ scores, row, k, threshold: decision.threshold })
      const probabilities = model.classes.map((label, c) => [String(label), scores[row * k + c]!] as const)
      return { [settings.target]: model.classes[code]!, probabilities: Object.fromEntries(probabilities) }
    }),
  }
}
