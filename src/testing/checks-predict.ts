// Promises about predictions: one row or many, TypeScript or ONNX, any order of columns.
import { DataError, SchemaMismatchError } from '../base/index.js'
import { fromRows, type Row, type Table } from '../data/index.js'
import { openSession } from '../engine/onnx/index.js'
import { graphFeeds, outputNames } from '../learn/contracts/index.js'
import { type Check, type ContractOptions, errorOf, expectClose, expectThat } from './check.js'
import { check, type FittedSubject, fitOn, isClassifier, sampleFor, scoresOf } from './subject.js'

/** Rows that were not seen in training, with an unknown category and a missing value in each mixed column. */
function unseen(options: ContractOptions): Table {
  const { x } = sampleFor(options, 60, 9)
  if (options.mixed !== true) return x
  const { codes } = x.col('city') as Extract<ReturnType<Table['col']>, { type: 'string' }>
  const strange = { ...x.col('city'), codes: codes.map((code, i) => (i === 0 ? 4 : i === 1 ? -1 : code)) }
  const dictionary = ['Oslo', 'Bern', 'Rome', 'Riga', 'Atlantis']
  return x.with('city', {
    ...strange,
    dictionary,
    at: (row: number) => dictionary[strange.codes[row]!] ?? null,
  } as ReturnType<Table['col']>)
}

async function onnxScores(
  model: FittedSubject,
  x: Table,
): Promise<{ scores: ArrayLike<number>; labels: unknown[] }> {
  await using session = await openSession(model.toOnnx())
  const outputs = await session.run(graphFeeds(x, model.inputs))
  const names = outputNames(model.core)
  const scores = outputs[isClassifier(model) ? names.probabilities : names.prediction]!
  return {
    scores: scores.data as Float64Array,
    labels: Array.from(outputs[names.prediction]!.data as string[]),
  }
}

export const predictChecks: readonly Check[] = [
  check('the ONNX file gives what TypeScript gives, in a batch and row by row', async (make, options) => {
    const model = await fitOn(make(), { sample: sampleFor(options), options })
    if (model.portable === 'none') return
    const x = unseen(options)
    const { onnxTolerance = 1e-5 } = options
    const batch = await onnxScores(model, x)
    expectClose(batch.scores, await scoresOf(model, x), onnxTolerance, 'ONNX batch')
    if (isClassifier(model)) {
      const labels = await model.predict(x)
      expectThat(
        labels.every((label, i) => label === batch.labels[i]),
        'labels differ between ONNX and TypeScript',
      )
    }
    const k = batch.scores.length / x.rowCount
    for (const row of [0, 1, 2]) {
      const single = await onnxScores(model, x.slice(row, row + 1))
      expectClose(
        single.scores,
        Array.from(batch.scores).slice(row * k, (row + 1) * k),
        1e-6,
        `ONNX row ${row}`,
      )
    }
  }),
  check('predictRow gives what predict gives', async (make, options) => {
    const model = await fitOn(make(), { sample: sampleFor(options), options })
    const x = unseen(options)
    const batch = await model.predict(x)
    const rows = x.toRows()
    rows.forEach((row, i) => {
      const single = model.predictRow(row as Row)
      if (typeof single === 'number') expectClose([single], [batch[i] as number], 1e-12, `row ${i}`)
      else expectThat(single === batch[i], `row ${i}: ${String(single)}, expected ${String(batch[i])}`)
    })
  }),
  check('columns are found by name: order and extra columns do not matter', async (make, options) => {
    const sample = sampleFor(options)
    const model = await fitOn(make(), { sample, options })
    const shuffled = sample.x.select(sample.x.names.toReversed()).with('extra', sample.x.col('signal'))
    expectClose(
      await scoresOf(model, shuffled.select(shuffled.names)),
      await scoresOf(model, sample.x),
      0,
      'predictions from reordered columns',
    )
  }),
  check('a nested value is an error where it is read, and nothing where not', async (make, options) => {
    if (options.baseline === true) return
    const sample = sampleFor(options)
    const model = await fitOn(make(), { sample, options })
    const row = sample.x.toRows()[0]!
    const nested = { ...row, signal: { value: 1 } } as unknown as Row
    for (const work of [() => model.predict([nested]), () => model.predictRow(nested)]) {
      const error = await errorOf(work)
      expectThat(
        DataError.is(error) && error.details['column'] === 'signal',
        `expected a DataError, received ${String(error)}`,
      )
    }
    const besides = { ...row, notes: [{ text: 'x' }] } as unknown as Row
    const [batch] = await model.predict([besides])
    expectThat(batch === (await model.predict([row]))[0], 'a nested column that is not read changes predict')
    model.predictRow(besides)
  }),
  check('a missing column is named in the error', async (make, options) => {
    if (options.baseline === true) return
    const sample = sampleFor(options)
    const model = await fitOn(make(), { sample, options })
    const error = await errorOf(() => model.predict(sample.x.drop('signal')))
    expectThat(SchemaMismatchError.is(error), `expected a SchemaMismatchError, received ${String(error)}`)
    expectThat(JSON.stringify(error.details['missing']) === '["signal"]', 'details do not name the column')
  }),
  check('no rows in, no rows out', async (make, options) => {
    const sample = sampleFor(options)
    const model = await fitOn(make(), { sample, options })
    for (const none of [sample.x.slice(0, 0), sample.x.slice(0, 0).toRows(), fromRows([])])
      expectThat((await model.predict(none)).length === 0, 'expected no predictions')
    if (!isClassifier(model)) return
    const { rows, columns } = await model.predictProba([])
    expectThat(
      rows === 0 && columns === model.classes.length,
      'expected a matrix of no rows, with a column per class',
    )
  }),
]
