import { describe, expect, it } from 'vitest'
import { DataError, InvalidOptionError, rng, SchemaMismatchError } from '../../base/index.js'
import { fromRows } from '../../data/index.js'
import { linearRegression, logisticRegression } from '../../learn/linear/index.js'
import { findMetric } from '../../metrics/index.js'
import { learningCurve, permutationImportance } from './index.js'

const random = rng(8)

interface Flat {
  size: number
  floor: number
  rent: number
  dear: 'no' | 'yes'
}
const flats: Flat[] = Array.from({ length: 150 }, () => {
  const size = random.normal()
  const rent = 3 * size + 0.1 * random.normal()
  return { size, floor: random.normal(), rent, dear: rent > 0 ? 'yes' : 'no' }
})
const numbers = flats.map(({ size, floor, rent }) => ({ size, floor, rent }))
const labels = flats.map(({ size, floor, dear }) => ({ size, floor, dear }))

describe('permutationImportance', () => {
  it('takes a model, rows with the name of the target, and a metric by name', async () => {
    const model = await linearRegression().fit(numbers, { target: 'rent' })
    const found = await permutationImportance(model, numbers, 'rent', { metric: 'mae', repeats: 3, seed: 4 })
    expect(found.map(({ column, repeats }) => [column, repeats])).toEqual([
      ['size', 3],
      ['floor', 3],
    ])
    const again = await permutationImportance(
      model,
      fromRows(numbers),
      numbers.map(({ rent }) => rent),
      {
        metric: findMetric('mae', 'regression'),
        repeats: 3,
        seed: 4,
      },
    )
    expect(again).toEqual(found)
  })

  it('codes labels as the model does, also where a class is absent', async () => {
    const model = await logisticRegression().fit(labels, { target: 'dear' })
    const dear = labels.filter((row) => row.dear === 'yes')
    const found = await permutationImportance(model, labels, 'dear', { metric: 'accuracy' })
    expect(found[0]).toMatchObject({ column: 'size' })
    expect(found[0]!.mean).toBeGreaterThan(0.1)
    // Shuffled among rows of one class, nothing is lost.
    const alone = await permutationImportance(model, dear, 'dear', { metric: 'accuracy' })
    expect(alone.map(({ mean }) => mean)).toEqual([0, expect.closeTo(0, 1)])
    const other = dear.map((row) => ({ ...row, dear: 'perhaps' }))
    await expect(permutationImportance(model, other, 'dear')).rejects.toThrow(DataError)
    await expect(permutationImportance(model, other, 'dear')).rejects.toThrow(/is 'perhaps' at row 0/)
  })

  it('says what is wrong with what it is given', async () => {
    const model = await linearRegression().fit(numbers, { target: 'rent' })
    const given = (options: object) => permutationImportance(model, numbers, 'rent', options)
    await expect(given({ metrik: 'mae' })).rejects.toThrow(/no option 'metrik'. Did you mean 'metric'/)
    await expect(given({ metric: 'acuracy' })).rejects.toThrow(InvalidOptionError)
    await expect(given({ repeats: 0 })).rejects.toThrow(InvalidOptionError)
    const fewer = numbers.map(({ floor, rent }) => ({ floor, rent }))
    await expect(permutationImportance(model, fewer, 'rent')).rejects.toThrow(SchemaMismatchError)
  })
})

describe('learningCurve', () => {
  it('takes an estimator, rows and a metric by name', async () => {
    const points = await learningCurve(linearRegression(), numbers, 'rent', {
      metric: 'rmse',
      shares: [0.2, 1],
    })
    expect(points.map(({ rows }) => rows)).toEqual([24, 120])
    expect(points[1]!.validation).toBeLessThan(0.2)
    const classes = await learningCurve(logisticRegression(), labels, 'dear', { test: 0.5, seed: 2 })
    expect(classes.at(-1)!.rows).toBe(75)
  })

  it('says what is wrong with what it is given', async () => {
    const given = (options: object) => learningCurve(linearRegression(), numbers, 'rent', options)
    await expect(given({ share: [1] })).rejects.toThrow(/no option 'share'. Did you mean 'shares'/)
    await expect(given({ shares: [2] })).rejects.toThrow(InvalidOptionError)
    await expect(given({ threads: -1 })).rejects.toThrow(InvalidOptionError)
  })
})
