// All metrics as data. The order is that of reports: the ones that decide come first.
import {
  averageRatio,
  balancedAccuracyOf,
  cellsOf,
  countCells,
  type Counts,
  kappaOf,
  type Margins,
  marginsOf,
  matthewsOf,
  type RatioAverage,
} from './confusion.js'
import { onLabels, onProbabilities, onValues } from './metric.js'
import type { CodeRows, ProbabilityRows } from './metric-rows.js'
import { descendingOrder } from './order.js'
import { brierRows, logLossRows, weightedMean } from './probability-loss.js'
import type { PreparedScore } from './problem.js'
import { averagePrecisionOf, rankRows, rocAucOf } from './ranking.js'
import { codesEqual, columnOf, prepareRocAucOvr } from './roc.js'
import {
  absoluteErrors,
  percentageErrors,
  prepareExplainedVariance,
  prepareR2,
  squaredErrors,
  weightedMedian,
} from './value-errors.js'

const BINARY = { tasks: ['binary'], greaterIsBetter: true } as const
const CLASSES = { tasks: ['binary', 'multiclass'], greaterIsBetter: true } as const
const MULTICLASS = { tasks: ['multiclass'], greaterIsBetter: true } as const
const ERROR = { tasks: ['regression'], greaterIsBetter: false } as const
const FIT = { tasks: ['regression'], greaterIsBetter: true } as const

/** Code of the positive class in a binary problem. */
const POSITIVE = 1

const counted =
  (read: (margins: Margins, counts: Counts) => number) =>
  ({ codes, predicted, nClasses }: CodeRows): PreparedScore => {
    const cells = cellsOf(codes, predicted, nClasses)
    return (weights) => {
      const counts = countCells(cells, nClasses, weights)
      return read(marginsOf(counts, nClasses), counts)
    }
  }

const ratio = (beta: number, average: RatioAverage) =>
  counted((margins) => averageRatio(margins, average, { beta, zeroDivision: 0 }))

const rankPositive = ({ codes, nClasses, probabilities }: ProbabilityRows) =>
  rankRows(columnOf(probabilities, nClasses, POSITIVE), codesEqual(codes, POSITIVE))

function prepareRocAuc(rows: ProbabilityRows): PreparedScore {
  if (rows.nClasses > 2) return prepareRocAucOvr(rows.codes, rows.probabilities, 'macro')
  const ranking = rankPositive(rows)
  return (weights) => rocAucOf(ranking, weights)
}

const hits = ({ codes, predicted }: CodeRows): Float64Array =>
  Float64Array.from(codes, (code, i) => (code === predicted[i] ? 1 : 0))

/** Every metric, in the order of reports. */
export const METRICS = [
  onProbabilities.scored({ name: 'roc-auc', label: 'ROC-AUC', ...CLASSES }, prepareRocAuc),
  onProbabilities.scored({ name: 'roc-auc-weighted', label: 'ROC-AUC (weighted)', ...MULTICLASS }, (rows) =>
    prepareRocAucOvr(rows.codes, rows.probabilities, 'weighted'),
  ),
  onProbabilities.scored({ name: 'pr-auc', label: 'PR-AUC (average precision)', ...BINARY }, (rows) => {
    const ranking = rankPositive(rows)
    return (weights) => averagePrecisionOf(ranking, weights)
  }),
  onProbabilities.mean({ name: 'log-loss', label: 'Log loss', ...CLASSES, greaterIsBetter: false }, (rows) =>
    logLossRows(rows.codes, rows.probabilities),
  ),
  onProbabilities.mean({ name: 'brier', label: 'Brier score', ...CLASSES, greaterIsBetter: false }, (rows) =>
    brierRows(rows.codes, rows.probabilities),
  ),
  onLabels.mean({ name: 'accuracy', label: 'Accuracy', ...CLASSES }, hits),
  onLabels.scored(
    { name: 'balanced-accuracy', label: 'Balanced accuracy', ...CLASSES },
    counted(balancedAccuracyOf),
  ),
  onLabels.scored({ name: 'f1', label: 'F1', ...BINARY }, ratio(1, POSITIVE)),
  onLabels.scored({ name: 'precision', label: 'Precision', ...BINARY }, ratio(0, POSITIVE)),
  onLabels.scored({ name: 'recall', label: 'Recall', ...BINARY }, ratio(Infinity, POSITIVE)),
  onLabels.scored({ name: 'f1-macro', label: 'F1 (macro)', ...CLASSES }, ratio(1, 'macro')),
  onLabels.scored({ name: 'f1-weighted', label: 'F1 (weighted)', ...CLASSES }, ratio(1, 'weighted')),
  onLabels.scored({ name: 'f1-micro', label: 'F1 (micro)', ...MULTICLASS }, ratio(1, 'micro')),
  onLabels.scored({ name: 'precision-macro', label: 'Precision (macro)', ...MULTICLASS }, ratio(0, 'macro')),
  onLabels.scored({ name: 'recall-macro', label: 'Recall (macro)', ...MULTICLASS }, ratio(Infinity, 'macro')),
  onLabels.scored({ name: 'mcc', label: 'Matthews correlation', ...CLASSES }, counted(matthewsOf)),
  onLabels.scored(
    { name: 'kappa', label: "Cohen's kappa", ...CLASSES },
    counted((margins, counts) => kappaOf(counts, margins, 'none')),
  ),
  onValues.scored({ name: 'rmse', label: 'Root mean squared error', ...ERROR }, (rows) => {
    const errors = squaredErrors(rows.actual, rows.predicted)
    return (weights) => Math.sqrt(weightedMean(errors, weights))
  }),
  onValues.mean({ name: 'mae', label: 'Mean absolute error', ...ERROR }, (rows) =>
    absoluteErrors(rows.actual, rows.predicted),
  ),
  onValues.scored({ name: 'r2', label: 'R²', ...FIT }, (rows) => prepareR2(rows.actual, rows.predicted)),
  onValues.scored({ name: 'median-ae', label: 'Median absolute error', ...ERROR }, (rows) => {
    const values = absoluteErrors(rows.actual, rows.predicted)
    const order = descendingOrder(values)
    return (weights) => weightedMedian({ values, order }, weights)
  }),
  onValues.mean({ name: 'mape', label: 'Mean absolute percentage error', ...ERROR }, (rows) =>
    percentageErrors(rows.actual, rows.predicted),
  ),
  onValues.mean({ name: 'mse', label: 'Mean squared error', ...ERROR }, (rows) =>
    squaredErrors(rows.actual, rows.predicted),
  ),
  onValues.scored({ name: 'explained-variance', label: 'Explained variance', ...FIT }, (rows) =>
    prepareExplainedVariance(rows.actual, rows.predicted),
  ),
] as const

/** The name of a metric, as in `--metric`. */
export type MetricName = (typeof METRICS)[number]['name']
