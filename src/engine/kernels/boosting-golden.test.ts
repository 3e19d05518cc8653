import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { boostingParams } from '../../../test/support/boosting-data.js'
import { type BoostingInput, type BoostingObjective, predictEnsemble, trainBoosting } from './index.js'

interface GoldenCase {
  readonly objective: BoostingObjective
  readonly classes: number
  readonly columns: number
  readonly x: readonly number[]
  readonly y: readonly number[]
  /** Out-of-fold loss of each row. */
  readonly xgboost: readonly number[]
  readonly sklearn: readonly number[]
}

interface Golden {
  readonly folds: number
  readonly rounds: number
  readonly leaves: number
  readonly learningRate: number
  readonly cases: Readonly<Record<string, GoldenCase>>
}

const path = new URL('../../../test/golden/boosting.json', import.meta.url)
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden

function pick({ columns, x, y }: GoldenCase, rows: readonly number[]): BoostingInput {
  return {
    x: Float32Array.from(rows.flatMap((i) => x.slice(i * columns, (i + 1) * columns))),
    rows: rows.length,
    columns,
    y: Float64Array.from(rows, (i) => y[i]!),
  }
}

/** The loss of one row from its raw scores. */
function rowLoss(objective: BoostingObjective, scores: Float64Array, y: number): number {
  if (objective === 'squared-error') return (scores[0]! - y) ** 2
  if (objective === 'logistic') return Math.log1p(Math.exp(y === 1 ? -scores[0]! : scores[0]!))
  return Math.log(scores.reduce((sum, s) => sum + Math.exp(s - scores[y]!), 0))
}

async function outOfFold(data: GoldenCase): Promise<number[]> {
  const rows = data.y.length
  const fold = Array.from({ length: rows }, (_, i) => ((i * 7919) % rows) % golden.folds)
  const losses = Array.from({ length: rows }, () => 0)
  for (let k = 0; k < golden.folds; k++) {
    const all = fold.map((_, i) => i)
    const held = all.filter((i) => fold[i] === k)
    const params = boostingParams({
      objective: data.objective,
      nClasses: data.classes,
      nEstimators: golden.rounds,
      maxLeaves: golden.leaves,
      learningRate: golden.learningRate,
    })
    const e = await trainBoosting(
      pick(
        data,
        all.filter((i) => fold[i] !== k),
      ),
      params,
    )
    const scores = await predictEnsemble(e, pick(data, held).x, held.length)
    held.forEach((row, i) => {
      const own = scores.subarray(i * e.outputs, (i + 1) * e.outputs)
      losses[row] = rowLoss(data.objective, own, data.y[row]!)
    })
  }
  return losses
}

describe('out-of-fold loss is that of XGBoost and scikit-learn within noise', () => {
  for (const [name, data] of Object.entries(golden.cases)) {
    it(name, async () => {
      const ours = await outOfFold(data)
      for (const peer of ['xgboost', 'sklearn'] as const) {
        const differences = ours.map((loss, i) => loss - data[peer][i]!)
        const mean = differences.reduce((a, b) => a + b, 0) / differences.length
        const variance = differences.reduce((a, b) => a + (b - mean) ** 2, 0) / differences.length
        // Two standard errors of the paired difference: worse than that is not chance.
        expect(mean).toBeLessThan(2 * Math.sqrt(variance / differences.length))
      }
    })
  }
})
