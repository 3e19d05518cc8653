import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../base/index.js'
import { gradientBoostingRegressor } from '../boost/index.js'
import { logisticRegression, ridge } from '../linear/index.js'
import { modelFromJSON } from '../load-model.js'
import { standardScaler } from '../preprocess/index.js'

const rows = Array.from({ length: 12 }, (_, i) => ({ a: i, y: 2 * i }))

describe('threads of fit', () => {
  it.each([-3, 0, 1.5, Number.NaN, Infinity])('%s is refused', async (threads) => {
    for (const estimator of [gradientBoostingRegressor(), ridge()]) {
      const fitting = estimator.fit(rows, { target: 'y', threads })
      await expect(fitting).rejects.toThrow(InvalidOptionError)
      await expect(fitting).rejects.toThrow(/option 'threads' must be a whole number of at least 1/)
    }
  })
})

describe('options of fit', () => {
  const given = (options: object) => ridge().fit(rows, { target: 'y', ...options })

  it('are known names, and the nearest is suggested', async () => {
    await expect(given({ sampleWeigth: [1] })).rejects.toThrow(
      "fit: there is no option 'sampleWeigth'. Did you mean 'sampleWeight'?",
    )
    const beside = ridge().fit(
      [{ a: 1 }, { a: 2 }],
      [1, 2],
      Object.assign({ threads: 1 }, { sampleWeigth: [1, 1] }),
    )
    await expect(beside).rejects.toThrow(InvalidOptionError)
    const ofTransformer = standardScaler().fit(rows, undefined, Object.assign({ seed: 1 }, { sed: 2 }))
    await expect(ofTransformer).rejects.toThrow("Did you mean 'seed'?")
  })

  it.each([
    [{ seed: Number.NaN }],
    [{ seed: 1.9 }],
    [{ seed: 'chance' }],
    [{ onEvent: 5 }],
    [{ signal: 5 }],
    [{ sampleWeight: 3 }],
    [{ validation: [] }],
  ])('%o is refused', async (options) => {
    await expect(given(options)).rejects.toThrow(InvalidOptionError)
  })

  it('undefined means default', async () => {
    const none = { seed: undefined, sampleWeight: undefined, signal: undefined, onEvent: undefined }
    expect((await given(none)).seed).toBe(0)
  })

  it('says what is missing where neither labels nor a target come', async () => {
    const fit = ridge().fit as (...given: unknown[]) => Promise<unknown>
    for (const y of [undefined, {}, { targt: 'y' }])
      await expect(fit(rows, y)).rejects.toThrow(/expected one label per row, or { target: … }/)
  })
})

describe('the seed', () => {
  it('of chance is drawn, told, and kept in JSON; it gives the same model again', async () => {
    const estimator = gradientBoostingRegressor({ nEstimators: 5, subsample: 0.5, minSamplesLeaf: 1 })
    const model = await estimator.fit(rows, { target: 'y', seed: 'random' })
    expect(Number.isInteger(model.seed)).toBe(true)
    const again = await estimator.fit(rows, { target: 'y', seed: model.seed })
    expect(JSON.stringify(again)).toBe(JSON.stringify(model))
    const read = await modelFromJSON(JSON.parse(JSON.stringify(model)))
    expect(read.seed).toBe(model.seed)
    const other = await estimator.fit(rows, { target: 'y', seed: 'random' })
    expect(other.seed).not.toBe(model.seed)
  })

  it('stays with a model of another threshold', async () => {
    const model = await logisticRegression().fit([{ a: 1 }, { a: 2 }], ['n', 'y'], { seed: 5 })
    expect(model.withThreshold(0.3).seed).toBe(5)
  })
})
