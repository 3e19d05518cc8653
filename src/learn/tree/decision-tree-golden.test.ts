import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fromRows, type Table } from '../../data/index.js'
import { decisionTreeClassifier, decisionTreeRegressor } from './index.js'
import { decodeState } from '../contracts/index.js'
import type { TreeState } from './tree-state.js'

interface GoldenNode {
  readonly feature: number
  readonly threshold: number
  readonly rows: number
  readonly weight: number
  readonly impurity: number
  readonly value: number[]
}

interface Golden {
  readonly x: number[][]
  readonly targets: Record<'values' | 'binary' | 'multi', number[]>
  readonly weights: number[]
  readonly fresh: number[][]
  readonly cases: {
    readonly target: 'values' | 'binary' | 'multi'
    readonly options: object
    readonly weighted: boolean
    readonly nodes: GoldenNode[]
    readonly importances: number[]
    readonly predicted: number[] | number[][]
  }[]
}

const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/tree.json', import.meta.url), 'utf8'),
) as Golden

const tableOf = (rows: number[][]): Table =>
  fromRows(rows.map(([a, b, c, d]) => ({ a: a!, b: b!, c: c!, d: d! })))

/** Weights lie on a grid of 2⁻⁴⁴ here (52 bits for a sum of 240), values on finer ones; scikit-learn rounds less. */
const tolerance = 1e-10

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThan(tolerance))
}

const x = tableOf(golden.x)
const fresh = tableOf(golden.fresh)

describe('decision trees equal scikit-learn', () => {
  golden.cases.forEach(({ target, options, weighted, nodes, importances, predicted }, number) => {
    it(`${number} ${target} ${JSON.stringify(options)}${weighted ? ' weighted' : ''}`, async () => {
      const learner = target === 'values' ? decisionTreeRegressor(options) : decisionTreeClassifier(options)
      const model = await learner.fit(x, golden.targets[target], {
        sampleWeight: weighted ? golden.weights : undefined,
      })
      const { fitted: tree } = decodeState(model.toJSON().state) as { fitted: TreeState }
      expect(Array.from(tree.feature)).toEqual(nodes.map((node) => node.feature))
      expect(Array.from(tree.rows)).toEqual(nodes.map((node) => node.rows))
      expect(Array.from(tree.threshold)).toEqual(nodes.map((node) => Math.fround(node.threshold)))
      expectClose(
        tree.weight,
        nodes.map((node) => node.weight),
      )
      expectClose(
        tree.impurity,
        nodes.map((node) => node.impurity),
      )
      expectClose(
        tree.value,
        nodes.flatMap((node) => node.value),
      )
      expectClose(Object.values(model.learned['featureImportances'] as Record<string, number>), importances)
      expectClose(await model.core.score(fresh), predicted.flat())
    })
  })
})
