// Promises about reading: what a value meant in training it means later, in rows, tables, single rows and the graph.
import { DataError, ModelwrightError, UsageError } from '../base/index.js'
import {
  asNumbers,
  clean,
  conform,
  fromRows,
  numberColumn,
  type Row,
  type StringColumn,
  type Table,
} from '../data/index.js'
import { openSession } from '../engine/onnx/index.js'
import { type Features, graphFeeds, outputNames } from '../learn/contracts/index.js'
import { type Check, errorOf, expectClose, expectThat } from './check.js'
import { check, type FittedSubject, fitOn, isClassifier, sampleFor } from './subject.js'

/** Probabilities or values through the public door, row-major. */
async function answersTo(model: FittedSubject, x: Features): Promise<ArrayLike<number>> {
  return isClassifier(model) ? (await model.predictProba(x)).data : model.predict(x)
}

function answersToEach(model: FittedSubject, rows: readonly Row[]): number[] {
  return rows.flatMap((row) =>
    isClassifier(model)
      ? model.predictProbaRow(row).map(({ probability }) => probability)
      : [model.predictRow(row)],
  )
}

/** What a bundle does: values in the types of the model's inputs, then the graph. */
async function answersOfGraph(model: FittedSubject, rows: readonly Row[]): Promise<ArrayLike<number>> {
  await using session = await openSession(model.toOnnx())
  const { prediction, probabilities } = outputNames(model.core)
  const outputs = await session.run(graphFeeds(conform(fromRows(rows), model.inputs), model.inputs))
  return outputs[isClassifier(model) ? probabilities : prediction]!.data as Float64Array
}

/** All ways to ask for the same rows give the same answers. */
async function expectOneAnswer(
  model: FittedSubject,
  rows: readonly Row[],
  { expected, what, tolerance }: { expected: ArrayLike<number>; what: string; tolerance: number },
): Promise<void> {
  // Another type in one column must not change how the others are read.
  const retyped = rows.map((row) => ({ ...row, signal: String(row['signal']) }))
  expectClose(await answersTo(model, rows), expected, 0, `${what}, rows`)
  expectClose(await answersTo(model, retyped), expected, 0, `${what}, rows with numbers as text`)
  expectClose(answersToEach(model, rows), expected, 1e-12, `${what}, single rows`)
  if (model.portable === 'none') return
  expectClose(await answersOfGraph(model, rows), expected, tolerance, `${what}, the graph`)
}

/** What the work gives, or the code of its error. */
async function outcomeOf(work: () => unknown): Promise<string> {
  try {
    return JSON.stringify(await work())
  } catch (error) {
    if (ModelwrightError.is(error)) return error.code
    throw error
  }
}

function withNoise(x: Table, value: number): Table {
  const values = Float64Array.from(asNumbers(x.col('noise'))!)
  values[3] = value
  return x.with('noise', numberColumn(values))
}

const noData: readonly unknown[] = [undefined, null, 'file.csv', 7, Promise.resolve([])]

export const readChecks: readonly Check[] = [
  check('what is no data is an error that says what was expected', async (make, options) => {
    const sample = sampleFor(options)
    const model = await fitOn(make(), { sample, options })
    const fit = make().fit as (x: unknown, y: unknown) => Promise<unknown>
    const predict = model.predict as (x: unknown) => Promise<unknown>
    const predictRow = model.predictRow as (row: unknown) => unknown
    const works: (() => unknown)[] = [
      ...noData.flatMap((x) => [() => fit(x, [1, 2]), () => fit(x, { target: 'y' }), () => predict(x)]),
      ...noData.map((y) => () => fit(sample.x, y)),
      ...noData.slice(0, 4).map((row) => () => predictRow(row)),
      () => predict(sample.x.row(0)),
    ]
    // A promise that rejects, not a call that throws: callers may have put their catch on it.
    predict(null).catch(() => undefined)
    for (const [i, work] of works.entries()) {
      const error = await errorOf(work)
      expectThat(
        UsageError.is(error) && /expected .*received .*\. /.test(error.message),
        `call ${i}: received ${String(error)}`,
      )
    }
  }),
  check('an infinite number is refused by fit, and missing in predictions', async (make, options) => {
    const sample = sampleFor(options)
    const infinite = withNoise(sample.x, Infinity)
    const error = await errorOf(() => fitOn(make(), { sample: { ...sample, x: infinite }, options }))
    expectThat(DataError.is(error), `expected a DataError, received ${String(error)}`)
    expectThat(/'noise' is infinite at row 3/.test(error.message), `the error says: ${error.message}`)
    const model = await fitOn(make(), { sample, options })
    const [expected, actual] = [withNoise(sample.x, Number.NaN), infinite].map((x) => x.slice(3, 4))
    const [row, infiniteRow] = [expected, actual].map((x) => x!.toRows()[0] as Row)
    const answers = [
      () => answersTo(model, actual!),
      () => answersTo(model, [infiniteRow!]),
      () => answersTo(model, [{ ...infiniteRow, noise: '-inf' }]),
    ]
    const batch = await outcomeOf(() => answersTo(model, expected!))
    for (const work of answers)
      expectThat((await outcomeOf(work)) === batch, 'predict does not take infinite for missing')
    const single = await outcomeOf(() => answersToEach(model, [row!]))
    expectThat(
      (await outcomeOf(() => answersToEach(model, [infiniteRow!]))) === single,
      'predictRow does not take infinite for missing',
    )
  }),
  check('padded text and NA mean later what they meant in training', async (make, options) => {
    if (options.mixed !== true) return
    const { onnxTolerance: tolerance = 1e-5 } = options
    const sample = sampleFor(options)
    const rows = sample.x.toRows() as Row[]
    const grade = sample.x.col('grade') as StringColumn
    for (const [what, x] of [
      ['text as given', sample.x],
      ['text of a file', sample.x.with('grade', clean(grade))],
    ] as const) {
      const model = await fitOn(make(), { sample: { ...sample, x }, options })
      await expectOneAnswer(model, rows, { expected: await model.core.score(x), what, tolerance })
    }
  }),
]
