// What metrics read from truth and prediction, checked: chosen classes, probabilities, or numbers.
import { DataError, quote, UsageError } from '../base/index.js'
import { checkLength, checkProbabilities, checkRows, finiteNumbers } from './checks.js'
import type { Actual, ClassActual, ClassPredicted, Predicted } from './problem.js'

/** Chosen classes of both sides. */
export interface CodeRows {
  readonly codes: Int32Array
  readonly predicted: Int32Array
  readonly nClasses: number
}

export function codeRows(who: string, actual: Actual, predicted: Predicted): CodeRows {
  const { codes, nClasses } = classActual(who, actual)
  const chosen = classPredicted(who, predicted).codes
  checkLength(who, 'predicted.codes', chosen.length, codes.length)
  checkCodes(who, chosen, nClasses)
  return { codes, predicted: chosen, nClasses }
}

/** True classes and the probabilities given to all classes. */
export interface ProbabilityRows {
  readonly codes: Int32Array
  readonly nClasses: number
  /** n × nClasses, row by row. */
  readonly probabilities: Float64Array
}

export function probabilityRows(who: string, actual: Actual, predicted: Predicted): ProbabilityRows {
  const { codes, nClasses } = classActual(who, actual)
  const { probabilities } = classPredicted(who, predicted)
  if (probabilities === undefined) {
    throw new DataError(
      `${who}: needs probabilities of ${nClasses} classes for ${codes.length} rows — received none. Use a model that gives them, or judge by 'accuracy'.`,
      { column: 'predicted.probabilities', count: 0 },
    )
  }
  checkLength(who, 'predicted.probabilities', probabilities.length, codes.length * nClasses)
  checkProbabilities(who, probabilities)
  return { codes, nClasses, probabilities }
}

/** True and predicted numbers. */
export interface NumberRows {
  readonly actual: Float64Array
  readonly predicted: Float64Array
}

export function numberRows(who: string, actual: Actual, predicted: Predicted): NumberRows {
  if (actual.kind !== 'values') throw wrongKind(who, { side: 'actual', kind: 'values' }, actual)
  if (predicted.kind !== 'values') throw wrongKind(who, { side: 'predicted', kind: 'values' }, predicted)
  checkLength(who, 'predicted.values', predicted.values.length, actual.values.length)
  checkRows(who, actual.values.length)
  return {
    actual: finiteNumbers(who, 'actual.values', actual.values),
    predicted: finiteNumbers(who, 'predicted.values', predicted.values),
  }
}

function classActual(who: string, actual: Actual): ClassActual {
  if (actual.kind !== 'classes') throw wrongKind(who, { side: 'actual', kind: 'classes' }, actual)
  checkRows(who, actual.codes.length)
  checkCodes(who, actual.codes, actual.nClasses)
  return actual
}

function classPredicted(who: string, predicted: Predicted): ClassPredicted {
  if (predicted.kind !== 'classes') throw wrongKind(who, { side: 'predicted', kind: 'classes' }, predicted)
  return predicted
}

function checkCodes(who: string, codes: Int32Array, nClasses: number): void {
  const row = codes.findIndex((code) => code < 0 || code >= nClasses)
  if (row === -1) return
  throw new DataError(
    `${who}: class codes must lie between 0 and ${nClasses - 1} — received ${codes[row]} at row ${row}. Leave rows with a missing or unknown class out.`,
    { firstRow: row },
  )
}

/** Metrics are found for a task, but users may call them with what they like. */
function wrongKind(
  who: string,
  expected: { readonly side: string; readonly kind: 'classes' | 'values' },
  received: { readonly kind: unknown },
): UsageError {
  const { side, kind } = expected
  const form =
    kind === 'classes' ? `{ kind: 'classes', codes, … } with codes of classes` : `{ kind: 'values', values }`
  return new UsageError(
    `${who}: ${side} must be ${form}; received kind ${quote(received.kind)}. Take a metric of the task, or the other form.`,
    { argument: side, expected: kind, received: received.kind },
  )
}
