// Answers of the own API as text. Written by hand: this is the hot path, and numbers that JSON has not become null.
import type { Label } from '../../../../learn/contracts/index.js'
import type { RowPredictions } from '../../../../operate/serve/index.js'
import { numberText } from '../tensors/write-json.js'

/** A label or a number. */
export const valueText = (value: Label | number): string =>
  typeof value === 'number' ? numberText(value) : JSON.stringify(value)

/** The fields of one row, in the singular. */
export function rowText(answer: RowPredictions, row: number): string {
  const { probabilities, classes, intervals, warnings, explanations } = answer
  let text = `"prediction":${valueText(answer.predictions[row]!)}`
  if (probabilities !== undefined) text += `,"probabilities":${sharesText(probabilities[row]!, classes)}`
  if (intervals !== undefined) text += `,"interval":${intervalText(intervals[row]!)}`
  text += `,"warnings":${JSON.stringify(warnings[row] ?? [])}`
  if (explanations !== undefined) text += `,"contributions":${JSON.stringify(explanations[row])}`
  return text
}

/** The answer to a single row. */
export const singleText = (answer: RowPredictions, requestId: string): string =>
  `{${headText(answer, requestId)},${rowText(answer, 0)}}`

/** The answer to rows, each field a list. */
export function rowsText(answer: RowPredictions, requestId: string): string {
  const { predictions, probabilities, classes, intervals, warnings, explanations } = answer
  let text = `{${headText(answer, requestId)},"predictions":${listText(predictions, valueText)}`
  if (probabilities !== undefined) {
    text += `,"probabilities":${listText(probabilities, (shares) => sharesText(shares, classes))}`
  }
  if (intervals !== undefined) text += `,"intervals":${listText(intervals, intervalText)}`
  text += `,"warnings":${JSON.stringify(warnings)}`
  if (explanations !== undefined) text += `,"contributions":${JSON.stringify(explanations)}`
  return `${text}}`
}

function headText({ served }: RowPredictions, requestId: string): string {
  return `"model":${JSON.stringify(served.model)},"version":${JSON.stringify(served.version)},"requestId":${JSON.stringify(requestId)}`
}

function listText<Value>(values: readonly Value[], write: (value: Value) => string): string {
  let text = '['
  for (let i = 0; i < values.length; i++) text += (i === 0 ? '' : ',') + write(values[i]!)
  return `${text}]`
}

/** Shares by class, as an object. */
export function sharesText(shares: readonly number[], classes: readonly Label[]): string {
  let text = '{'
  for (let i = 0; i < classes.length; i++) {
    text += `${i === 0 ? '' : ','}${JSON.stringify(String(classes[i]!))}:${numberText(shares[i]!)}`
  }
  return `${text}}`
}

const intervalText = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  `{"low":${numberText(low)},"high":${numberText(high)}}`
