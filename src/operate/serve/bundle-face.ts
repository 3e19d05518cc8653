// A bundle as callers see it: rows in, answers in the target's own terms out.
import type { Label } from '../../learn/contracts/index.js'
import { answeredLabels, answeredNumbers, intervalHalfWidth } from '../bundle/index.js'
import { type RowExplainer, rowExplainer } from './explain-rows.js'
import type { BundleFacts } from './model-files.js'
import { type GivenRows, type ReadRows, rowsReader } from './row-columns.js'
import { rowWarner } from './row-warnings.js'
import type { RowPredictions } from './service.js'
import type { Tensors } from './tensor-rows.js'

/** What a bundle's graph gave, said in words. */
export type RowAnswers = Omit<RowPredictions, 'served' | 'explanations'>

export interface BundleFace {
  /** @throws {@link SchemaMismatchError} for rows that do not fit */
  read(rows: GivenRows): ReadRows
  answer(read: ReadRows, outputs: Tensors): RowAnswers
  readonly explainer: RowExplainer
  /** Two rows to warm up with, if the bundle has some. */
  trial(): Tensors | undefined
}

export function bundleFace(facts: BundleFacts, explainRows: number): BundleFace {
  const { manifest, trial } = facts
  const { prediction, probabilities } = manifest.signature.outputs
  const { classes } = manifest
  const read = rowsReader(manifest.signature.inputs)
  const warn = rowWarner(manifest.baseline)
  const halfWidth =
    manifest.task === 'regression' ? intervalHalfWidth(manifest.predictionIntervals, 0.9) : undefined
  function regression(values: readonly number[]): Omit<RowAnswers, 'warnings'> {
    return {
      predictions: values,
      probabilities: undefined,
      classes,
      intervals:
        halfWidth === undefined
          ? undefined
          : values.map((value) => ({ low: value - halfWidth, high: value + halfWidth })),
    }
  }
  function classification(
    labels: readonly Label[],
    shares: (row: number) => number[],
  ): Omit<RowAnswers, 'warnings'> {
    return {
      predictions: labels,
      probabilities: labels.map((_, row) => shares(row)),
      classes,
      intervals: undefined,
    }
  }
  function answers(rows: number, outputs: Tensors): Omit<RowAnswers, 'warnings'> {
    if (manifest.task === 'regression')
      return regression(rows === 0 ? [] : Array.from(answeredNumbers(outputs, prediction)))
    if (rows === 0) return classification([], () => [])
    const all = answeredNumbers(outputs, probabilities)
    const k = classes.length
    return classification(answeredLabels(outputs, prediction, classes), (row) =>
      Array.from(all.subarray(row * k, (row + 1) * k)),
    )
  }
  return {
    read,
    answer: (rows, outputs) => ({ ...answers(rows.rows, outputs), warnings: warn(rows) }),
    explainer: rowExplainer(facts, explainRows),
    trial() {
      if (trial.length === 0) return undefined
      try {
        return read([trial[0]!, trial[1] ?? trial[0]!]).inputs
      } catch {
        // Rows to try that do not fit say nothing about the model.
        return undefined
      }
    },
  }
}
