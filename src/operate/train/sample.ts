// Three rows with their predictions: to try the model with, and to see what its answers look like.
import { decideCode } from '../../learn/contracts/index.js'
import type { FinishedJob } from './train.js'

export interface Sample {
  readonly inputs: readonly Record<string, unknown>[]
  readonly predictions: readonly Record<string, unknown>[]
}

/** The first rows of the test part. */
export async function sampleOf({ data, model, decision, settings }: FinishedJob): Promise<Sample> {
  const x = data.test.x.select(model.inputs.map(({ name }) => name)).slice(0, 3)
  const scores = await model.score(x)
  const k = Math.max(1, model.classes.length)
  return {
    inputs: x.toRows(),
    predictions: Array.from({ length: x.rowCount }, (_, row) => {
      if (model.predicts === 'values') return { [settings.target]: scores[row]! }
      const code = decideCode({ scores, row, k, threshold: decision.threshold })
      const probabilities = model.classes.map((label, c) => [String(label), scores[row * k + c]!] as const)
      return { [settings.target]: model.classes[code]!, probabilities: Object.fromEntries(probabilities) }
    }),
  }
}
