// A bundle as callers see it: rows in, answers in the target's own terms out.
import { type RowExplainer, rowExplainer } from './explain-rows.js'
import type { BundleFacts } from './model-files.js'
import { rowAnswerer } from './row-answers.js'
import { type GivenRows, type ReadRows, rowsReader } from './row-columns.js'
import { rowWarner } from './row-warnings.js'
import type { RowPredictions } from './service.js'
import type { Tensors } from './tensor-rows.js'

export interface BundleFace {
  /** @throws {@link SchemaMismatchError} for rows that do not fit */
  read(rows: GivenRows): ReadRows
  answer(
    read: ReadRows,
    outputs: Tensors,
    about: Pick<RowPredictions, 'served' | 'explanations'>,
  ): RowPredictions
  readonly explainer: RowExplainer
  /** Two rows to warm up with, if the bundle has some. */
  trial(): Tensors | undefined
}

export function bundleFace(facts: BundleFacts, explainRows: number): BundleFace {
  const { manifest, trial } = facts
  const read = rowsReader(manifest.signature.inputs)
  const answer = rowAnswerer(manifest)
  const warn = rowWarner(manifest.baseline)
  return {
    read,
    answer: (rows, outputs, { served, explanations }) =>
      answer(rows.rows, outputs, { served, explanations, warnings: warn(rows) }),
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
