import { describe, expect, it } from 'vitest'
import { FormatError, InternalError, InvalidOptionError, ModelwrightError } from '../base/index.js'
import { dummyClassifier } from './baseline/index.js'
import { gradientBoostingClassifier } from './boost/index.js'
import { autoPrepare, onColumns, pipeline, votingClassifier } from './compose/index.js'
import { imputer, standardScaler } from './preprocess/index.js'
import { decisionTreeClassifier } from './tree/index.js'
import { logisticRegression } from './linear/index.js'
import type { ClassifierModel } from './contracts/index.js'
import { modelFromJSON } from './load-model.js'

const rows = [{ a: 0 }, { a: 1 }, { a: 2 }, { a: 3 }]

describe('modelFromJSON', () => {
  it('keeps the threshold that was chosen', async () => {
    const model = await logisticRegression().fit(rows, ['no', 'no', 'yes', 'yes'])
    const cautious = model.withThreshold(0.9)
    const again = (await modelFromJSON(JSON.parse(JSON.stringify(cautious)))) as ClassifierModel
    expect(again.threshold).toBe(0.9)
    expect(again.predictRow({ a: 2 })).toBe('no')
    expect(model.predictRow({ a: 2 })).toBe('yes')
  })

  it('reads documents without a threshold, as all were before, at one half', async () => {
    const model = await logisticRegression().fit(rows, ['no', 'no', 'yes', 'yes'])
    const document = model.toJSON()
    expect(document.threshold).toBeUndefined()
    expect(((await modelFromJSON(document)) as ClassifierModel).threshold).toBe(0.5)
  })
})

/** All paths to a value of a document, parents first. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

/** The document with the value at a path changed; undefined takes it out. */
function changed(document: unknown, path: readonly string[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(document)) as Record<string, unknown>
  let at = copy
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>
  if (value === undefined) delete at[path.at(-1)!]
  else at[path.at(-1)!] = value
  return JSON.parse(JSON.stringify(copy))
}

describe('a damaged document', () => {
  const numbers = Array.from({ length: 24 }, (_, i) => ({ a: i, b: i % 5, side: i > 11 ? 'right' : 'left' }))
  const routed = onColumns({ all: { columns: 'number', use: [imputer(), standardScaler()] } })
  const estimators = {
    logistic: logisticRegression(),
    tree: decisionTreeClassifier(),
    boosting: gradientBoostingClassifier({ nEstimators: 3, minSamplesLeaf: 1 }),
    constant: dummyClassifier(),
    pipeline: pipeline(routed, logisticRegression()),
    prepared: pipeline(autoPrepare(), logisticRegression()),
    voting: votingClassifier([dummyClassifier(), logisticRegression()]),
  }

  it.each(Object.entries(estimators))('of %s is told, wherever the damage is', async (_, estimator) => {
    const model = await estimator.fit(numbers, { target: 'side' })
    const document: unknown = JSON.parse(JSON.stringify(model))
    for (const path of pathsOf(document)) {
      if (path.length === 0 || path[0] === 'seed') continue
      for (const value of [undefined, 'junk', 7, null]) {
        // Many a change leaves a document that can be read; what must not be is an error that blames the code.
        const where = `${path.join('.')} = ${String(value)}`
        let read: Awaited<ReturnType<typeof modelFromJSON>> | undefined
        try {
          read = await modelFromJSON(changed(document, path, value))
        } catch (error) {
          expect(FormatError.is(error), `${where}: ${String(error)}`).toBe(true)
        }
        try {
          read?.predictRow({ a: 1, b: 2, junk: 3 })
        } catch (error) {
          const told = ModelwrightError.is(error) && !InternalError.is(error)
          expect(told, `${where}: ${String(error)}`).toBe(true)
        }
      }
    }
  })

  it('names what is wrong', async () => {
    const model = await logisticRegression().fit(numbers, { target: 'side' })
    const document = model.toJSON()
    const read = (name: string, value: unknown) => modelFromJSON(changed(document, ['state', name], value))
    await expect(read('fitted', undefined)).rejects.toThrow(
      /'logistic-regression' is damaged: nothing that was fitted/,
    )
    await expect(read('fitted', 'junk')).rejects.toThrow(/is damaged/)
    await expect(read('inputs', 'junk')).rejects.toThrow(/its inputs are no columns/)
    await expect(read('classes', 'junk')).rejects.toThrow(/its classes are no labels/)
  })
})

describe('withThreshold', () => {
  it.each([-0.1, 1.1, NaN])('refuses %s', async (threshold) => {
    const model = await logisticRegression().fit(rows, ['no', 'no', 'yes', 'yes'])
    expect(() => model.withThreshold(threshold)).toThrow(InvalidOptionError)
  })

  it('refuses a model of three classes', async () => {
    const model = await logisticRegression().fit(rows, ['a', 'b', 'c', 'c'])
    expect(() => model.withThreshold(0.3)).toThrow('for 3 classes')
  })
})
