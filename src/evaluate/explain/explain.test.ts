import { expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import { fromRows } from '../../data/index.js'
import { linearRegression } from '../../learn/linear/index.js'
import { valueTarget } from '../../learn/contracts/index.js'
import { findMetric } from '../../metrics/index.js'
import { growingParts, scoreSlices, shuffledColumns } from './index.js'

const random = rng(5)
const rows = Array.from({ length: 200 }, (_, i) => ({
  strong: random.normal(),
  weak: random.normal(),
  none: random.normal(),
  group: i % 2 === 0 ? 'even' : 'odd',
}))
const values = rows.map(
  ({ strong, weak, group }) => 3 * strong + 0.3 * weak + (group === 'odd' ? random.normal() : 0),
)
const x = fromRows(rows.map(({ strong, weak, none }) => ({ strong, weak, none })))
const target = valueTarget(values)
const metric = findMetric('rmse', 'regression')

it('ranks columns by what the model loses without them', async () => {
  const model = await linearRegression().fit(x, values)
  const found = await shuffledColumns(model.core, { x, target }, { metric, rng: rng(0) })
  expect(found.map(({ column }) => column)).toEqual(['strong', 'weak', 'none'])
  expect(found[0]!.mean).toBeGreaterThan(1)
  // A column without effect loses nothing but its small fitted slope.
  expect(Math.abs(found[2]!.mean)).toBeLessThan(0.05)
  const again = await shuffledColumns(model.core, { x, target }, { metric, rng: rng(0) })
  expect(again).toEqual(found)
})

it('finds the slice where errors are large', async () => {
  const table = fromRows(rows)
  const model = await linearRegression().fit(x, values)
  const scores = await model.predict(x)
  const { examined, worst } = await scoreSlices(
    { x: table, target, scores, columns: ['group', 'none'] },
    { metric },
  )
  expect(examined).toBeGreaterThan(2)
  expect(worst[0]).toMatchObject({ column: 'group', value: 'odd', rows: 100 })
  expect(worst[0]!.low).toBeLessThanOrEqual(worst[0]!.score)
})

it('draws a learning curve that falls on the rows left out', async () => {
  const all = Int32Array.from({ length: 200 }, (_, i) => i)
  const fold = { train: all.slice(0, 150), test: all.slice(150) }
  const points = await growingParts(
    linearRegression(),
    { x, target },
    { fold, metric, rng: rng(0), shares: [0.05, 1] },
  )
  expect(points.map((point) => point.rows)).toEqual([8, 150])
  expect(points[1]!.validation).toBeLessThan(points[0]!.validation)
})
