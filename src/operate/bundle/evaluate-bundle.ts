// A bundle against rows whose target is known.
import { DataError } from '../../base/index.js'
import { conform, type Table } from '../../data/index.js'
import { actualOf, affordableResamples } from '../../evaluate/validation/index.js'
import { type Label, labelsOf, type Target } from '../../learn/contracts/index.js'
import {
  type Actual,
  bootstrapIntervals,
  findMetric,
  type Metric,
  metricsFor,
  type Predicted,
} from '../../metrics/index.js'
import { classCodes, numberOf } from './class-codes.js'
import type { LoadedModel } from './loaded-model.js'

/** Scores of a bundle on rows with a known target. */
export interface BundleEvaluation {
  /** Rows judged: those with a target that the model knows. */
  readonly rows: number
  readonly leftOut: number
  /** The metric that decided in training. */
  readonly metric: string
  readonly scores: Readonly<Record<string, number>>
  /** 95 % bootstrap intervals. */
  readonly intervals: Readonly<Record<string, readonly [number, number]>>
  /** What training reported, by metric. */
  readonly trained: Readonly<Record<string, number>>
}

/** Behind the door of this name: doors.ts. */
export async function evaluateBundle(model: LoadedModel, source: Table): Promise<BundleEvaluation> {
  const { manifest } = model
  const { rows, leftOut, actual, predicted } = await judgeRows(model, source)
  const deciding = findMetric(manifest.metric, manifest.task)
  const metrics: Metric[] = [
    deciding,
    ...metricsFor(manifest.task).filter((metric) => metric.name !== deciding.name),
  ]
  const defined = metrics.filter((metric) => Number.isFinite(metric.score(actual, predicted)))
  const strata = actual.kind === 'classes' ? { strata: actual.codes } : {}
  const intervals = await bootstrapIntervals(
    defined.map((metric) => metric.prepare(actual, predicted)),
    rows.length,
    {
      seed: 0,
      resamples: affordableResamples(defined, { rows: rows.length, classes: manifest.classes.length }, 1000),
      ...strata,
    },
  )
  return {
    rows: rows.length,
    leftOut,
    metric: manifest.metric,
    scores: Object.fromEntries(defined.map((metric, i) => [metric.name, intervals[i]!.score])),
    intervals: Object.fromEntries(
      defined.map((metric, i) => [metric.name, [intervals[i]!.low, intervals[i]!.high] as const]),
    ),
    trained: manifest.scores,
  }
}

/** What a bundle says of rows, beside what is true of them: what metrics and paired tests take. */
export interface JudgedRows {
  /** Which rows have a target that the model knows. */
  readonly rows: readonly number[]
  readonly leftOut: number
  readonly actual: Actual
  readonly predicted: Predicted
}

/** Behind the door of this name: doors.ts. */
export async function judgeRows(model: LoadedModel, source: Table): Promise<JudgedRows> {
  const { manifest } = model
  const labels = labelsOf(source.col(manifest.target))
  const { rows, target } = knownTargets(labels, model)
  const x = conform(source.take(rows), manifest.signature.inputs)
  const predicted = await predictedBy(model, x)
  return { rows, leftOut: labels.length - rows.length, actual: actualOf(target), predicted }
}

function knownTargets(
  labels: readonly (Label | null)[],
  { manifest }: LoadedModel,
): { rows: number[]; target: Target } {
  const codes: number[] = []
  const rows: number[] = []
  const codeOf = classCodes(manifest.classes)
  labels.forEach((label, row) => {
    const found = manifest.task === 'regression' ? numberOf(label) : codeOf(label)
    if (found === undefined) return
    rows.push(row)
    codes.push(found)
  })
  if (rows.length === 0) {
    throw new DataError(
      `No row has a value of '${manifest.target}' that the model knows${manifest.classes.length > 0 ? ` (${manifest.classes.slice(0, 5).join(', ')})` : ''}.`,
      { column: manifest.target },
    )
  }
  const target: Target =
    manifest.task === 'regression'
      ? { type: 'values', values: Float64Array.from(codes) }
      : { type: 'classes', classes: manifest.classes, codes: Int32Array.from(codes) }
  return { rows, target }
}

async function predictedBy(model: LoadedModel, x: Table): Promise<Predicted> {
  if (model.predicts === 'values') return { kind: 'values', values: await model.predict(x) }
  const { labels, probabilities } = await model.predictBoth(x)
  const codeOf = new Map(model.classes.map((label, code) => [label, code]))
  const codes = Int32Array.from(labels, (label) => codeOf.get(label)!)
  return { kind: 'classes', codes, probabilities: probabilities.data as Float64Array }
}
