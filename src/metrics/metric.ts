// A metric as data, and how one is made from what it reads.
import { rowWeights } from './checks.js'
import { codeRows, numberRows, probabilityRows } from './metric-rows.js'
import { weightedMean } from './probability-loss.js'
import type { Actual, Predicted, PreparedScore, Task } from './problem.js'

/** A figure by which models are judged. */
export interface Metric<Name extends string = string> {
  readonly name: Name
  /** For people. */
  readonly label: string
  readonly tasks: readonly Task[]
  /** What a model must answer: chosen classes, probabilities of all classes, or numbers. */
  readonly needs: 'labels' | 'probabilities' | 'values'
  readonly greaterIsBetter: boolean
  /**
   * The score of a prediction. NaN where the metric has no meaning on these rows (a fold without the positive class),
   * so that a fold can be left out of a mean; bad input still throws.
   *
   * @throws {@link ShapeError} if the lengths differ; {@link DataError} if there are no rows, or a number is not finite
   */
  readonly score: (actual: Actual, predicted: Predicted, sampleWeight?: Float64Array) => number
  /** Does all work that does not depend on row weights: `prepare(a, p)(weights)` equals `score(a, p, weights)`. */
  readonly prepare: (actual: Actual, predicted: Predicted) => PreparedScore
  /** Where the metric is a mean over rows: what each row adds to it, length n. For paired tests. */
  readonly perRow?: (actual: Actual, predicted: Predicted) => Float64Array
}

/** What a metric says of itself. */
type Head<Name extends string> = Pick<Metric<Name>, 'name' | 'label' | 'tasks' | 'greaterIsBetter'>

type Reader<Rows> = (who: string, actual: Actual, predicted: Predicted) => Rows

function metricsOn<Rows>(needs: Metric['needs'], read: Reader<Rows>) {
  const scored = <Name extends string>(
    head: Head<Name>,
    prepareRows: (rows: Rows) => PreparedScore,
  ): Metric<Name> => {
    const prepare: Metric['prepare'] = (actual, predicted) => prepareRows(read(head.name, actual, predicted))
    return {
      ...head,
      needs,
      prepare,
      score: (actual, predicted, sampleWeight) => {
        const prepared = prepare(actual, predicted)
        const n = actual.kind === 'classes' ? actual.codes.length : actual.values.length
        return prepared(rowWeights(head.name, n, sampleWeight))
      },
    }
  }
  return {
    /** A metric from a function that prepares it. */
    scored,
    /** A metric that is the weighted mean of one figure per row. */
    mean: <Name extends string>(head: Head<Name>, figures: (rows: Rows) => Float64Array): Metric<Name> => ({
      ...scored(head, (rows) => {
        const values = figures(rows)
        return (weights) => weightedMean(values, weights)
      }),
      perRow: (actual, predicted) => figures(read(head.name, actual, predicted)),
    }),
  }
}

/** Makes metrics of chosen classes. */
export const onLabels = metricsOn('labels', codeRows)
/** Makes metrics of probabilities. */
export const onProbabilities = metricsOn('probabilities', probabilityRows)
/** Makes metrics of numbers. */
export const onValues = metricsOn('values', numberRows)
