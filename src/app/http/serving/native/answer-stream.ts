// Rows that come one after another and are answered one after another, in bounded memory: what arrives together is predicted together,
// and nothing more is read before its answers are taken. A row that cannot be answered has its error in its place.
import type { InferenceService, RequestOptions, RowPredictions } from '../../../../operate/serve/index.js'
import type { Row } from '../../../../data/index.js'
import type { ModelPath } from '../addressee.js'
import { httpErrorOf, type HttpError } from '../../statuses.js'

/** A row as it was read, or why it could not be. */
export type StreamedRow = { readonly row: Row } | { readonly error: unknown }

/** How answers are written. */
export interface AnswerWriter {
  answer(answer: RowPredictions, row: number): string
  error(error: HttpError, line: number): string
}

export interface StreamTask {
  /** What predicts, in the name of who asked: a stream goes on outside of its request. */
  readonly predictRows: InferenceService['predictRows']
  readonly to: ModelPath
  readonly options: RequestOptions
  readonly writer: AnswerWriter
}

/** Rows that are predicted at once: as many as make a full batch of several models, and few enough to answer soon. */
export const rowsAtOnce = 256

/**
 * The answers as text, piece by piece, one line for each row.
 *
 * @throws what is no fault of a row, such as a model that is not there, as long as nothing has been answered
 */
export async function* answerStream(
  rows: AsyncIterable<readonly StreamedRow[]>,
  task: StreamTask,
): AsyncGenerator<string> {
  let line = 1
  try {
    for await (const piece of rows) {
      for (let start = 0; start < piece.length; start += rowsAtOnce) {
        const part = piece.slice(start, start + rowsAtOnce)
        yield await answersOf(part, line, task)
        line += part.length
      }
    }
  } catch (error) {
    // Of a body that cannot be read to its end.
    if (line === 1) throw error
    yield task.writer.error(httpErrorOf(error), line)
  }
}

async function answersOf(part: readonly StreamedRow[], line: number, task: StreamTask): Promise<string> {
  const texts: string[] = Array.from({ length: part.length })
  const good: { readonly at: number; readonly row: Row }[] = []
  for (let at = 0; at < part.length; at++) {
    const entry = part[at]!
    if ('row' in entry) good.push({ at, row: entry.row })
    else texts[at] = task.writer.error(httpErrorOf(entry.error), line + at)
  }
  await answerInto(texts, good, { line, task })
  return texts.join('')
}

interface Place {
  readonly line: number
  readonly task: StreamTask
}

/** Predicts rows together; when they are refused, each half for itself, until the row is found that is at fault. */
async function answerInto(
  texts: string[],
  rows: readonly { readonly at: number; readonly row: Row }[],
  place: Place,
): Promise<void> {
  if (rows.length === 0) return
  const { predictRows, to, options, writer } = place.task
  try {
    const answer = await predictRows(
      to,
      rows.map(({ row }) => row),
      options,
    )
    for (let i = 0; i < rows.length; i++) texts[rows[i]!.at] = writer.answer(answer, i)
  } catch (error) {
    const said = httpErrorOf(error)
    if (said.status !== 400 && place.line === 1) throw error
    if (rows.length === 1 || said.status !== 400) {
      for (const { at } of rows) texts[at] = writer.error(said, place.line + at)
      return
    }
    const middle = rows.length >> 1
    await answerInto(texts, rows.slice(0, middle), place)
    await answerInto(texts, rows.slice(middle), place)
  }
}
