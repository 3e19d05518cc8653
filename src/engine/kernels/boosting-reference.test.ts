import { describe, expect, it } from 'vitest'
import { boostingData, boostingParams } from '../../../test/support/boosting-data.js'
import { type ReferenceTree, referenceBoosting } from '../../../test/support/boosting-reference.js'
import { rng } from '../../base/index.js'
import { type TreeEnsemble, trainBoosting } from './index.js'

// Gradients are float32: sums of a few thousand of them agree with float64 to about six digits.
const FLOAT32 = 1e-5

/** Compares node by node; returns the number of splits. */
function compareTree(ensemble: TreeEnsemble, node: number, expected: ReferenceTree): number {
  expect(ensemble.feature[node]).toBe(expected.feature)
  if (expected.children === undefined) {
    expect(ensemble.value[node]).toBeCloseTo(expected.value, 5)
    return 0
  }
  expect(ensemble.threshold[node]).toBe(expected.threshold)
  expect(Math.abs(ensemble.gain[node]! / expected.gain - 1)).toBeLessThan(FLOAT32)
  const [left, right] = expected.children
  return (
    1 +
    compareTree(ensemble, ensemble.left[node]!, left) +
    compareTree(ensemble, ensemble.right[node]!, right)
  )
}

describe('trees equal those of a plain float64 implementation', () => {
  for (const objective of ['squared-error', 'logistic'] as const) {
    for (const missing of [0, 0.2]) {
      it(`${objective}, ${missing * 100} % missing`, async () => {
        const classes = objective === 'logistic' ? 2 : 0
        const data = boostingData({ rows: 600, columns: 4, missing, classes })
        const params = boostingParams({ objective, nEstimators: 5, maxLeaves: 8 })
        const ensemble = await trainBoosting(data, params)
        const reference = referenceBoosting(data, params)
        reference.trees.forEach((tree, t) => {
          expect(compareTree(ensemble, ensemble.treeOffset[t]!, tree)).toBe(7)
        })
        reference.trainLoss.forEach((loss, t) => {
          expect(Math.abs(ensemble.history.train[t]! / loss - 1)).toBeLessThan(FLOAT32)
        })
      })
    }
  }

  it('with weights, a minimum gain and a minimum weight', async () => {
    const data = boostingData({ rows: 500, columns: 3 })
    const sampleWeight = Float64Array.from({ length: 500 }, (_, i) => (i % 7) / 2)
    const params = boostingParams({ nEstimators: 4, gamma: 0.5, minChildWeight: 20, maxLeaves: 31 })
    const ensemble = await trainBoosting({ ...data, sampleWeight }, params)
    referenceBoosting({ ...data, sampleWeight }, params).trees.forEach((tree, t) => {
      compareTree(ensemble, ensemble.treeOffset[t]!, tree)
    })
  })
})

describe('histograms of small integers lose nothing that can be measured', () => {
  // 20,000 rows is where they start. Splits of nearly equal gain may differ, so whole trees are not compared.
  const rows = 20_000

  it('on logistic loss: the first splits are the same, the loss is the same within 0.2 %', async () => {
    const data = boostingData({ rows, columns: 4, classes: 2, missing: 0.1 })
    const params = boostingParams({ objective: 'logistic', nEstimators: 4, maxLeaves: 5 })
    const ensemble = await trainBoosting(data, params)
    const reference = referenceBoosting(data, params)
    expect(ensemble.feature[0]).toBe(reference.trees[0]!.feature)
    expect(ensemble.threshold[0]).toBe(reference.trees[0]!.threshold)
    const [ours, theirs] = [ensemble.history.train.at(-1)!, reference.trainLoss.at(-1)!]
    // A split whose gain is within the rounding noise (below 0.1 % of a gradient's variance) costs less than this.
    expect(Math.abs(ours / theirs - 1)).toBeLessThan(0.002)
  })

  for (const [name, power] of [
    ['moderate', 3],
    ['extreme', 9],
  ] as const) {
    it(`on a target with ${name} tails: squared error within 1 % of float64`, async () => {
      const plain = boostingData({ rows, columns: 4 })
      const random = rng(3)
      // Noise to an odd power: the third still fits small integers, beside the largest of the ninth most would vanish.
      const y = plain.y.map((v) => 10 * v + random.normal() ** power)
      const params = boostingParams({ nEstimators: 4, maxLeaves: 5 })
      const ensemble = await trainBoosting({ ...plain, y }, params)
      const reference = referenceBoosting({ ...plain, y }, params)
      const [ours, theirs] = [ensemble.history.train.at(-1)!, reference.trainLoss.at(-1)!]
      // Outliers decide these splits; a few of equal gain may fall otherwise.
      expect(Math.abs(ours / theirs - 1)).toBeLessThan(0.01)
    })
  }
})
