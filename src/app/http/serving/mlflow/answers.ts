// Answers as lists of predictions: one text of JSON for each row, whatever protocol wraps them.
import type { Row } from '../../../../data/index.js'
import type {
  Addressee,
  InferenceService,
  RequestOptions,
  VersionDescription,
} from '../../../../operate/serve/index.js'
import { refuseRoundedText } from '../rows/exact-text.js'
import { valueText } from '../native/predict-answer.js'
import { type NestedTask, predictColumns } from '../tensors/predict-nested.js'
import { numberText } from '../tensors/write-json.js'
import type { PredictMethod } from './scoring-request.js'

export interface RowsTask {
  readonly to: Addressee
  readonly options: RequestOptions
  readonly description: VersionDescription
  readonly rows: readonly Row[]
  readonly method: PredictMethod
}

/** A label, a number or the probabilities of all classes for each row. */
export async function predictedTexts(service: InferenceService, task: RowsTask): Promise<readonly string[]> {
  const { to, rows, options, method, description } = task
  refuseRoundedText(rows, description)
  const { predictions, probabilities } = await service.predictRows(to, rows, options)
  if (method === 'predict' || probabilities === undefined) return predictions.map(valueText)
  return probabilities.map((shares) => `[${shares.map((share) => numberText(share)).join(',')}]`)
}

/** Outputs of a plain graph: the only one alone, several by name. */
export async function graphText(service: InferenceService, task: NestedTask): Promise<string> {
  const { outputs } = await predictColumns(service, task)
  const names = Object.keys(outputs)
  if (names.length === 1) return outputs[names[0]!]!
  return `{${names.map((name) => `${JSON.stringify(name)}:${outputs[name]!}`).join(',')}}`
}
