// Lines of streamed answers: NDJSON, or CSV with the columns that `modelwright predict` writes.
import type { RowPredictions, VersionDescription } from '../../../../operate/serve/index.js'
import { csvRecord } from '../body/csv.js'
import type { AnswerWriter } from './answer-stream.js'
import { rowText } from './predict-answer.js'

export const ndjsonWriter: AnswerWriter = {
  answer: (answer, row) => `{"version":${JSON.stringify(answer.served.version)},${rowText(answer, row)}}\n`,
  error: ({ code, message }, line) => `${JSON.stringify({ error: { code, message, line } })}\n`,
}

/** The first line and how those below it are written. */
export interface CsvAnswers {
  readonly header: string
  readonly writer: AnswerWriter
}

/** Columns: the prediction, a probability for each class, the interval where there is one, and the error of a row without an answer. */
export function csvAnswers({ classes, task }: VersionDescription): CsvAnswers {
  const isRegression = task === 'regression'
  const answered = isRegression
    ? ['prediction', 'prediction_low', 'prediction_high']
    : ['prediction', ...classes.map((label) => `probability_${String(label)}`)]
  const blank = answered.map(() => null)
  return {
    header: csvRecord([...answered, 'error']),
    writer: {
      answer: (answer, row) => csvRecord([...valuesOf(answer, row, isRegression), null]),
      error: ({ message }) => csvRecord([...blank, message]),
    },
  }
}

function valuesOf(
  answer: RowPredictions,
  row: number,
  isRegression: boolean,
): Parameters<typeof csvRecord>[0] {
  const prediction = finite(answer.predictions[row]!)
  if (!isRegression) return [prediction, ...(answer.probabilities?.[row] ?? []).map(finite)]
  const interval = answer.intervals?.[row]
  return [prediction, interval && finite(interval.low), interval && finite(interval.high)]
}

const finite = <Value>(value: Value): Value | null =>
  typeof value === 'number' && !Number.isFinite(value) ? null : value
