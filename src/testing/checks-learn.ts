// Promises about learning: a pattern is found, weights count, bad data gets a sentence, and work can be stopped.
import { DataError, ModelwrightError } from '../base/index.js'
import { numberColumn, table, type Table } from '../data/index.js'
import type { Features, FitOptions, TargetInput } from '../learn/contracts/index.js'
import { type Check, type ContractOptions, errorOf, expectClose, expectThat } from './check.js'
import type { Sample } from './sample-data.js'
import { check, type FittedSubject, fitOn, sampleFor, scoresOf } from './subject.js'

function takeSample(sample: Sample, rows: readonly number[]): Sample {
  return {
    x: sample.x.take(rows),
    labels: rows.map((row) => sample.labels[row]!),
    values: Float64Array.from(rows, (row) => sample.values[row]!),
  }
}

/** The mean over rows of squared error (values) or of one minus the probability of the true class. */
async function lossOf(model: FittedSubject, sample: Sample): Promise<number> {
  const scores = await scoresOf(model, sample.x)
  const k = scores.length / sample.x.rowCount
  let sum = 0
  for (let row = 0; row < sample.x.rowCount; row++) {
    const classes = model.core.classes
    sum +=
      classes.length === 0
        ? (scores[row]! - sample.values[row]!) ** 2
        : 1 - scores[row * k + classes.indexOf(sample.labels[row]!)]!
  }
  return sum / sample.x.rowCount
}

/** Fits, and accepts only a model or an error made on purpose. */
async function answersOrExplains(work: () => Promise<FittedSubject>, x: Table, what: string): Promise<void> {
  try {
    const scores = await scoresOf(await work(), x)
    expectThat(scores.every(Number.isFinite), `${what}: predictions are not finite`)
  } catch (error) {
    expectThat(ModelwrightError.is(error) && error.code !== 'internal', `${what}: ${String(error)}`)
  }
}

const badData: Readonly<Record<string, (options: ContractOptions) => Sample>> = {
  'no rows': (options) => takeSample(sampleFor(options), []),
  'one row': (options) => takeSample(sampleFor(options), [0]),
  'two rows': (options) => takeSample(sampleFor(options), [0, 1]),
  'one column': (options) => {
    const sample = sampleFor(options)
    return { ...sample, x: sample.x.select(['signal']) }
  },
  'a constant column': (options) => replace(sampleFor(options), () => 7),
  'an infinite value': (options) => replace(sampleFor(options), (row) => (row === 3 ? Infinity : row)),
  'a column of huge numbers': (options) => replace(sampleFor(options), (row) => 1e15 + row * 1e9),
  'missing values': (options) => replace(sampleFor(options), (row) => (row % 7 === 0 ? Number.NaN : row)),
  'a column that is all missing': (options) => replace(sampleFor(options), () => Number.NaN),
  text: (options) => {
    const sample = sampleFor(options)
    return {
      ...sample,
      x: table({
        words: sampleFor({ ...options, mixed: true }).x.col('city'),
        signal: sample.x.col('signal'),
      }),
    }
  },
}

function replace(sample: Sample, value: (row: number) => number): Sample {
  const values = Float64Array.from({ length: sample.x.rowCount }, (_, row) => value(row))
  return { ...sample, x: sample.x.with('noise', numberColumn(values)) }
}

export const learnChecks: readonly Check[] = [
  check('it finds a plain pattern on rows that it has not seen', async (make, options) => {
    if (options.baseline === true) return
    const model = await fitOn(make(), { sample: sampleFor(options, 300), options })
    const fresh = sampleFor(options, 200, 2)
    const spread = fresh.values.reduce((sum, value) => sum + value * value, 0) / fresh.x.rowCount
    const chance = options.task === 'regression' ? spread : options.task === 'binary' ? 1 / 2 : 2 / 3
    const loss = await lossOf(model, fresh)
    // Half of what knowing nothing costs: any learner reaches that on a linear pattern with little noise.
    expectThat(loss < chance / 2, `the loss on fresh rows is ${loss}, expected less than ${chance / 2}`)
  }),
  check('a row of weight 2 counts like two rows', async (make, options) => {
    const sample = sampleFor(options, 60)
    const weights = Float64Array.from({ length: 60 }, (_, row) => 1 + (row % 2))
    const repeated = takeSample(
      sample,
      Array.from(weights, (weight, row) => (weight === 2 ? [row, row] : [row])).flat(),
    )
    const weighted = await fitOn(make(), { sample, options, fit: { sampleWeight: weights } })
    const doubled = await fitOn(make(), { sample: repeated, options })
    // Solvers stop at a tolerance of their own, so the two need not agree to the last bit.
    expectClose(
      await scoresOf(weighted, sample.x),
      await scoresOf(doubled, sample.x),
      1e-3,
      'weights against repeats',
    )
  }),
  check('the order of rows does not matter', async (make, options) => {
    const sample = sampleFor(options)
    const reversed = takeSample(
      sample,
      Array.from({ length: 120 }, (_, row) => 119 - row),
    )
    const [forward, backward] = [
      await fitOn(make(), { sample, options }),
      await fitOn(make(), { sample: reversed, options }),
    ]
    const { rowOrderTolerance = 1e-6 } = options
    expectClose(
      await scoresOf(backward, sample.x),
      await scoresOf(forward, sample.x),
      rowOrderTolerance,
      'reversed rows',
    )
  }),
  ...Object.entries(badData).map(([what, make]) =>
    check(`${what}: an answer, or an error that explains`, async (subject, options) => {
      const sample = make(options)
      await answersOrExplains(() => fitOn(subject(), { sample, options }), sample.x, what)
    }),
  ),
  check('rows that are not there are an error that says so', async (make) => {
    const fit = make().fit as (x: Features, y: TargetInput | { readonly target: string }) => Promise<unknown>
    for (const y of [[], { target: 'y' }]) {
      const error = await errorOf(() => fit([], y))
      expectThat(
        DataError.is(error) && error.message.includes('no rows to learn from'),
        `received ${String(error)}`,
      )
    }
  }),
  check('x and y of different lengths are an error', async (make, options) => {
    const sample = sampleFor(options)
    const error = await errorOf(() =>
      fitOn(make(), { sample: { ...sample, x: sample.x.slice(0, 7) }, options }),
    )
    expectThat(ModelwrightError.is(error) && error.code === 'shape', `received ${String(error)}`)
  }),
  check('an aborted fit rejects with the signal’s reason', async (make, options) => {
    const reason = new Error('enough')
    const sample = sampleFor(options)
    const before: FitOptions = { signal: AbortSignal.abort(reason) }
    expectThat(
      (await errorOf(() => fitOn(make(), { sample, options, fit: before }))) === reason,
      'aborted before',
    )
    const controller = new AbortController()
    const work = fitOn(make(), { sample, options, fit: { signal: controller.signal } })
    controller.abort(reason)
    await work.then(undefined, (error: unknown) =>
      expectThat(error === reason, `aborted during: ${String(error)}`),
    )
  }),
]
