// Champion and challenger on the same rows: a difference with its interval, on the whole and on parts.
import type { Table } from '../../data/index.js'
import { groupsOf } from '../../evaluate/explain/index.js'
import { affordableResamples } from '../../evaluate/validation/index.js'
import { type Actual, type Metric, pairedBootstrap, type Predicted } from '../../metrics/index.js'
import { type JudgedRows, judgeRows, type LoadedModel } from '../bundle/index.js'
import type { SliceRule } from './gate.js'

/** A difference turned so that more is better, whatever the metric. */
export interface Gain {
  readonly challenger: number
  readonly champion: number
  /** How much better the challenger is, in units of the metric; negative is worse. */
  readonly gain: number
  readonly low: number
  readonly high: number
}

export interface SliceGain extends Gain {
  readonly column: string
  readonly value: string
  readonly rows: number
}

/** Both models with what they said of the rows. */
export interface Rivals {
  readonly table: Table
  readonly challenger: JudgedRows
  readonly champion: JudgedRows
}

/** Has both predict the same rows. Their targets and classes must be the same. @throws as `evaluateBundle` */
export async function judgeRivals(
  table: Table,
  challenger: LoadedModel,
  champion: LoadedModel,
): Promise<Rivals> {
  return {
    table,
    challenger: await judgeRows(challenger, table),
    champion: await judgeRows(champion, table),
  }
}

/** Draws of rows for intervals: the ends of a 99 % interval then rest on ten draws each. */
const mostResamples = 2000

/** The gain on all rows. @throws {@link DataError} where the metric has no meaning on them */
export async function gainOf(metric: Metric, rivals: Rivals, level: number): Promise<Gain> {
  const all = rivals.challenger.rows.map((_, i) => i)
  return gainOn(metric, rivals, { rows: all, level })
}

/** Gains on the parts of a rule, the worst first; parts on which the metric has no meaning are left out. */
export async function sliceGains(
  metric: Metric,
  rivals: Rivals,
  { rule, level }: { readonly rule: SliceRule; readonly level: number },
): Promise<SliceGain[]> {
  // Thirty is where a mean begins to be roughly normal.
  const minRows = rule.minRows ?? 30
  const judged = rivals.table.take(rivals.challenger.rows)
  const parts = rule.columns.flatMap((column) =>
    [...groupsOf(judged.col(column))]
      .filter(([, rows]) => rows.length >= minRows && hasMeaning(metric, rivals, rows))
      .map(([value, rows]) => ({ column, value, rows })),
  )
  // Many looks find something by chance: the intervals of all parts together hold at the level (Bonferroni).
  const strict = 1 - (1 - level) / Math.max(1, parts.length)
  const found: SliceGain[] = []
  for (const { column, value, rows } of parts)
    found.push({
      column,
      value,
      rows: rows.length,
      ...(await gainOn(metric, rivals, { rows, level: strict })),
    })
  return found.toSorted((a, b) => a.gain - b.gain)
}

const hasMeaning = (metric: Metric, rivals: Rivals, rows: readonly number[]): boolean =>
  [rivals.challenger, rivals.champion].every(({ actual, predicted }) =>
    Number.isFinite(metric.score(takeActual(actual, rows), takePredicted(predicted, rows, actual))),
  )

async function gainOn(
  metric: Metric,
  { challenger, champion }: Rivals,
  { rows, level }: { readonly rows: readonly number[]; readonly level: number },
): Promise<Gain> {
  const prepared = [challenger, champion].map(({ actual, predicted }) =>
    metric.prepare(takeActual(actual, rows), takePredicted(predicted, rows, actual)),
  )
  const actual = takeActual(challenger.actual, rows)
  const classes = actual.kind === 'classes' ? actual.nClasses : 0
  const compared = await pairedBootstrap(prepared[0]!, prepared[1]!, {
    n: rows.length,
    level,
    seed: 0,
    resamples: affordableResamples([metric, metric], { rows: rows.length, classes }, mostResamples),
    ...(actual.kind === 'classes' && { strata: actual.codes }),
  })
  const once = new Float64Array(rows.length).fill(1)
  const sign = metric.greaterIsBetter ? 1 : -1
  const [low, high] = metric.greaterIsBetter ? [compared.low, compared.high] : [-compared.high, -compared.low]
  return {
    challenger: prepared[0]!(once),
    champion: prepared[1]!(once),
    // Not −0, which would be written so.
    gain: sign * compared.difference + 0,
    low: low + 0,
    high: high + 0,
  }
}

const takeActual = (actual: Actual, rows: readonly number[]): Actual =>
  actual.kind === 'classes'
    ? { ...actual, codes: Int32Array.from(rows, (row) => actual.codes[row]!) }
    : { kind: 'values', values: Float64Array.from(rows, (row) => actual.values[row]!) }

function takePredicted(predicted: Predicted, rows: readonly number[], actual: Actual): Predicted {
  if (predicted.kind === 'values')
    return { kind: 'values', values: Float64Array.from(rows, (row) => predicted.values[row]!) }
  const { codes, probabilities } = predicted
  const k = actual.kind === 'classes' ? actual.nClasses : 1
  const taken =
    probabilities &&
    Float64Array.from(
      { length: rows.length * k },
      (_, at) => probabilities[rows[Math.floor(at / k)]! * k + (at % k)]!,
    )
  return { kind: 'classes', codes: Int32Array.from(rows, (row) => codes[row]!), probabilities: taken }
}
