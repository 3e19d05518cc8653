// Answers of TensorFlow Serving: predictions of bundles as the named outputs `prediction` and `probabilities`.
import type { RowPredictions } from '../../../../operate/serve/index.js'
import { numberText } from '../tensors/write-json.js'
import type { PredictShape } from './predict-request.js'

/** Numbers that JSON has not are words here, as the protocol says. */
const text = (value: string | number | boolean): string =>
  typeof value === 'number' ? numberText(value, 'token') : JSON.stringify(value)

const list = (values: readonly (string | number | boolean)[]): string => `[${values.map(text).join(',')}]`

/** In rows or columns, as was asked; with one output its name is left out. */
export function predictText(
  { predictions, probabilities }: RowPredictions,
  format: PredictShape['format'],
): string {
  if (probabilities === undefined)
    return `{"${format === 'row' ? 'predictions' : 'outputs'}":${list(predictions)}}`
  if (format === 'row') {
    const rows = predictions.map(
      (prediction, row) => `{"prediction":${text(prediction)},"probabilities":${list(probabilities[row]!)}}`,
    )
    return `{"predictions":[${rows.join(',')}]}`
  }
  return `{"outputs":{"prediction":${list(predictions)},"probabilities":[${probabilities.map(list).join(',')}]}}`
}

/** Label and score of each class, for each example. */
export function classifyText({ probabilities = [], classes }: RowPredictions): string {
  const labels = classes.map((label) => JSON.stringify(String(label)))
  const results = probabilities.map(
    (shares) => `[${labels.map((label, code) => `[${label},${text(shares[code]!)}]`).join(',')}]`,
  )
  return `{"results":[${results.join(',')}]}`
}

export const regressText = ({ predictions }: RowPredictions): string => `{"results":${list(predictions)}}`
