// How much a request may bring. Everything that is read at once holds up all other requests meanwhile, so that what is dear to read has
// a lower limit than bytes that are taken as they are.
import { LimitError } from '../../../base/index.js'

export interface RequestLimits {
  /** Bytes of JSON and of CSV that is no stream. */
  readonly json: number
  /** Bytes of a body whose tensors are bytes behind its JSON. */
  readonly body: number
  /** Rows of one prediction request. */
  readonly rows: number
}

/**
 * 8 MiB: JSON of a usual shape takes 50 ms, the worst that json-shape.ts lets pass half a second (measured), all in the one thread that
 * answers everybody. Another thread would not help: what it has read must be read again here. Platforms have such limits too: 6.5 MB
 * TorchServe, 6 MB batches of SageMaker, 10 MB Vertex AI.
 */
const defaultJson = 8 * 2 ** 20
/** 64 MiB: 8 million float64 numbers, which are not copied; what is larger should come in parts. */
const defaultBody = 64 * 2 ** 20
/** A small model predicts so many in a second; a file of them is for `modelwright predict`. */
const defaultRows = 100_000

declare module 'fastify' {
  interface FastifyInstance {
    readonly limits: RequestLimits
  }
}

/** @param given - as the options of the server; a body that may not be large may not be large JSON either */
export function requestLimits(given: {
  readonly jsonLimit?: number | undefined
  readonly bodyLimit?: number | undefined
  readonly maxRows?: number | undefined
}): RequestLimits {
  const {
    jsonLimit = defaultJson,
    bodyLimit = Math.max(jsonLimit, defaultBody),
    maxRows = defaultRows,
  } = given
  return { json: Math.min(jsonLimit, bodyLimit), body: bodyLimit, rows: maxRows }
}

/** @throws {@link LimitError} */
export function refuseManyRows(rows: number, most: number): void {
  if (rows <= most) return
  throw new LimitError(
    `The request has ${rows} rows, expected at most ${most}. Send smaller parts, or have the limit raised (--max-rows).`,
    { limit: most, received: rows, option: 'max-rows' },
  )
}

/** A cell of JSON has a byte, and another that parts it from the next. */
const bytesOfCell = 2

/**
 * Rows for a model, which cost as many cells as it has columns, also where most are left out: no more than JSON could hold that leaves
 * nothing out.
 *
 * @throws {@link LimitError}
 */
export function refuseManyCells(rows: number, columns: number, { rows: most, json }: RequestLimits): void {
  refuseManyRows(rows, most)
  const cells = Math.floor(json / bytesOfCell)
  // However wide the model is, a row may be asked.
  if (rows <= 1 || rows * columns <= cells) return
  throw new LimitError(
    `The request has ${rows} rows for a model of ${columns} columns, expected at most ${cells} cells. Send smaller parts, or have the limit of JSON raised (option 'jsonLimit', --max-json).`,
    { limit: cells, received: rows * columns, option: 'jsonLimit' },
  )
}

/** @throws {@link LimitError} */
export const tooLarge = (limit: number, option: 'jsonLimit' | 'bodyLimit'): LimitError =>
  new LimitError(
    option === 'jsonLimit'
      ? `The body is larger than this server takes as JSON or CSV: ${limit} bytes. Send smaller parts, rows as a stream (NDJSON, CSV) or tensors as bytes (Open Inference), or have the limit raised (option 'jsonLimit', --max-json).`
      : `The body is larger than this server takes: ${limit} bytes. Send smaller parts, or have the limit raised (option 'bodyLimit', --max-body).`,
    { option, limit },
  )
