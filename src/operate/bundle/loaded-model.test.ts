// A loaded bundle against the model that it was written of: the same answers to the same rows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SchemaMismatchError } from '../../base/index.js'
import { readTable, streamTables, type Table } from '../../data/index.js'
import { autoPrepare, pipeline } from '../../learn/compose/index.js'
import { type ClassifierModel, outputNames, type RegressorModel } from '../../learn/contracts/index.js'
import { logisticRegression, ridge } from '../../learn/linear/index.js'
import type { LoadedClassifier, LoadedRegressor } from './loaded-model.js'
import { loadModel, predictTables, writeBundle } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-loaded-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** The model through its bundle. */
async function throughBundle(
  model: RegressorModel | ClassifierModel,
  name: string,
): Promise<LoadedRegressor> {
  const isClassifier = 'classes' in model
  const path = join(folder, name)
  await writeBundle(path, {
    manifest: {
      format: 'modelwright-bundle',
      version: 1,
      createdBy: 'modelwright 0.0.0',
      createdAt: '2026-01-01T00:00:00.000Z',
      task: isClassifier ? 'binary' : 'regression',
      target: 'y',
      metric: 'rmse',
      model: 'linear',
      seed: 0,
      signature: { inputs: model.inputs, outputs: outputNames(model.core) },
      classes: isClassifier ? model.classes : [],
      threshold: 0.5,
      scores: {},
      predictionIntervals: [{ level: 0.9, halfWidth: 1 }],
      data: { rows: 0, columns: 0, leftOut: [], hash: '' },
      recipe: {},
      environment: {},
    },
    onnx: model.toOnnx(),
    report: '',
    sample: {},
    onnxVersion: '1.12.0',
  })
  return (await loadModel(path)) as LoadedRegressor
}

// Costs by country and padded grade, as a query returns them; NA is Namibia.
const countries = ['NA', 'NO', 'CH']
const grades = ['A    ', 'B    ']
const rows = Array.from({ length: 60 }, (_, i) => {
  const [country, grade, size] = [i % 3, (i >> 1) % 2, ((i * 7) % 40) / 4]
  return {
    size,
    country: countries[country]!,
    grade: grades[grade]!,
    y: 5 * size + 100 * country + 1000 * grade,
  }
})
const questions = rows.slice(0, 12).map(({ size, country, grade }) => ({ size, country, grade }))
const asCsv = (header: string, lines: readonly object[]): string =>
  [header, ...lines.map((line) => Object.values(line).join(','))].join('\n')
const fitted = () => pipeline(autoPrepare(), ridge({ alpha: 0.01 })).fit(rows, { target: 'y' })

const near = (values: ArrayLike<number>, expected: ArrayLike<number>): void => {
  expect(values.length).toBe(expected.length)
  Array.from(values, (value, i) => expect(value).toBeCloseTo(expected[i]!, 6))
}

async function predictedFrom(loaded: LoadedRegressor, source: AsyncGenerator<Table>): Promise<number[]> {
  const values: number[] = []
  for await (const part of predictTables(loaded, source))
    values.push(...part.toRows().map(({ prediction }) => prediction as number))
  return values
}

describe('text that came as values', () => {
  it('is read as given by every door: rows, single rows, bundle, and files', async () => {
    const model = await fitted()
    await using loaded = await throughBundle(model, 'verbatim')
    const expected = rows.slice(0, questions.length).map(({ y }) => y)
    const batch = await model.predict(questions)
    // Every column counts: a model that took NA for missing, or cut the padding, would be off by a hundred.
    batch.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(3))
    near(
      questions.map((row) => model.predictRow(row)),
      batch,
    )
    near(await loaded.predict(questions), batch)
    near(await loaded.predict(questions.map((row) => ({ ...row, size: String(row.size) }))), batch)
    near(await Promise.all(questions.map((row) => loaded.predictRow(row))), batch)
    const { inputs } = loaded.manifest.signature
    const path = file('questions.csv', asCsv('size,country,grade', questions))
    near(await loaded.predict(await readTable(path, { fields: inputs })), batch)
    near(await predictedFrom(loaded, streamTables(path, { fields: inputs })), batch)
    const sql = 'select size + 0 as size, country, grade from source'
    near(await predictedFrom(loaded, streamTables(path, { sql, fields: inputs })), batch)
  })

  it('is cleaned as text of files where the model was fitted on a file', async () => {
    const table = await readTable(file('training.csv', asCsv('size,country,grade,y', rows)))
    const model = await pipeline(autoPrepare(), ridge()).fit(table, { target: 'y' })
    await using loaded = await throughBundle(model, 'cleaned')
    const batch = await model.predict(table)
    for (const given of [rows, rows.map((row) => ({ ...row, size: String(row.size) }))]) {
      near(await model.predict(given), batch)
      near(await loaded.predict(given), batch)
    }
    near(
      rows.map((row) => model.predictRow(row)),
      batch,
    )
    expect(model.inputs.every((field) => field.verbatim === undefined)).toBe(true)
  })
})

// The sentences of docs/guide/train-and-serve.md and of loadModel.
describe('values that cannot be read, and absent columns', () => {
  it('are refused in a single row; in a batch a cell is missing, a whole column refused', async () => {
    // As a server holds it, which knows nothing of the types of its rows.
    const model: RegressorModel = await fitted()
    await using loaded = await throughBundle(model, 'unreadable')
    const [row, other] = questions
    const unreadable = { ...row!, size: 'abc' }
    const { size: _, ...absent } = row!
    const missing = await loaded.predictRow({ ...row!, size: null })
    for (const asked of [model, loaded]) {
      const one = async (given: object): Promise<number> => asked.predictRow(given)
      await expect(one(unreadable)).rejects.toThrow(SchemaMismatchError)
      await expect(one(absent)).rejects.toThrow(SchemaMismatchError)
      await expect(asked.predict([absent])).rejects.toThrow(SchemaMismatchError)
      await expect(asked.predict([unreadable, unreadable])).rejects.toThrow(SchemaMismatchError)
      for (const cell of [unreadable, absent, { ...row!, size: null }])
        near([(await asked.predict([cell, other!]))[0]!], [missing])
      near([await one({ ...row!, size: String(row!.size), unknown: [] })], [await one(row!)])
    }
  })
})

describe('no rows', () => {
  it('get no predictions', async () => {
    await using regressor = await throughBundle(await fitted(), 'none')
    expect(await regressor.predict([])).toEqual(new Float64Array(0))
    const { low, high } = await regressor.predictInterval([])
    expect([low.length, high.length]).toEqual([0, 0])
    const labelled = rows.map(({ y, ...row }) => ({ ...row, large: y > 700 }))
    const model = await pipeline(autoPrepare(), logisticRegression()).fit(labelled, { target: 'large' })
    await using classifier = (await throughBundle(model, 'no-classes')) as unknown as LoadedClassifier
    expect(await classifier.predict([])).toEqual([])
    expect(await classifier.predictProba([])).toMatchObject({ rows: 0, columns: 2, names: ['false', 'true'] })
    expect(await classifier.predict(labelled.slice(0, 2))).toEqual([false, false])
  })
})
