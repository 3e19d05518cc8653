// The route of predictions: one row, rows, columns or tensors in JSON; rows that stream as NDJSON or CSV.
import { AsyncResource } from 'node:async_hooks'
import type { OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { quote, UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import type { InferenceService, RequestOptions, VersionDescription } from '../../../../operate/serve/index.js'
import { described, type ModelPath } from '../addressee.js'
import { parseJson } from '../body/json.js'
import { sendJson } from '../protocol-scope.js'
import { isRounded, refuseRoundedText } from '../rows/exact-text.js'
import { rowsWanted } from '../rows/rows.js'
import { predictColumns, readingFor } from '../tensors/predict-nested.js'
import { answerStream, type StreamTask } from './answer-stream.js'
import { rowsText, singleText } from './predict-answer.js'
import { type PredictBody, predictBody } from './predict-body.js'
import { csvRows, ndjsonRows } from './read-stream.js'
import { csvAnswers, ndjsonWriter } from './stream-writers.js'

export interface PredictQuery {
  readonly explain?: string
  readonly timeout?: string
}

type PredictRequest = FastifyRequest<{ Params: ModelPath; Querystring: PredictQuery }>

/** Answers a body of JSON. */
export async function predict(
  service: InferenceService,
  request: PredictRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const to = request.params
  const options = requestOptions(request)
  const body = predictBody(parseJson(request.body as Buffer))
  if (body.kind === 'tensors') return predictTensors(service, { to, options, body, request, reply })
  const rows =
    body.kind === 'row' ? singleRow(service, to, body.rows) : await manyRows(service, body, request)
  const answer = await service.predictRows(to, rows, options)
  const requestId = options.requestId ?? ''
  return sendJson(reply, body.kind === 'row' ? singleText(answer, requestId) : rowsText(answer, requestId))
}

/** A description of the model is made only where the row has a number that needs it. */
function singleRow(service: InferenceService, to: ModelPath, rows: readonly [Row]): readonly [Row] {
  for (const name in rows[0]) {
    if (!isRounded(rows[0][name])) continue
    refuseRoundedText(rows, service.resolve(to))
    break
  }
  return rows
}

async function manyRows(
  service: InferenceService,
  body: Extract<PredictBody, { readonly kind: 'rows' }>,
  request: PredictRequest,
): Promise<readonly Row[]> {
  const description = await described(service, request.params)
  const rows = body.rows(rowsWanted(description, request))
  refuseRoundedText(rows, description)
  return rows
}

interface TensorTask {
  readonly to: ModelPath
  readonly options: RequestOptions
  readonly body: Extract<PredictBody, { readonly kind: 'tensors' }>
  readonly request: PredictRequest
  readonly reply: FastifyReply
}

async function predictTensors(service: InferenceService, task: TensorTask): Promise<FastifyReply> {
  const { to, options, request, reply } = task
  const description = await described(service, to)
  const reading = readingFor(description)
  // The same text, so that it has inputs again.
  const { inputs } = reading.exactIntegers
    ? (parseJson(request.body as Buffer, reading) as TensorTask['body'])
    : task.body
  const { served, outputs } = await predictColumns(service, {
    to,
    options,
    description,
    inputs,
  })
  const fields = Object.entries(outputs).map(([name, text]) => `${JSON.stringify(name)}:${text}`)
  const head = `"model":${JSON.stringify(served.model)},"version":${JSON.stringify(served.version)},"requestId":${JSON.stringify(options.requestId)}`
  return sendJson(reply, `{${head},"outputs":{${fields.join(',')}}}`)
}

/** Options of a request, from its query. @throws {@link UsageError} */
export function requestOptions({ query, id }: PredictRequest): RequestOptions {
  return { requestId: String(id), explain: explainOf(query.explain), timeout: timeoutOf(query.timeout) }
}

function explainOf(given: string | undefined): boolean | undefined {
  if (given === undefined || given === 'false') return undefined
  if (given === 'true' || given === '') return true
  throw new UsageError(`'explain' must be true or false; received ${quote(given)}.`, { argument: 'explain' })
}

function timeoutOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const timeout = Number(given)
  if (given !== '' && Number.isFinite(timeout) && timeout > 0) return timeout
  throw new UsageError(`'timeout' must be a number of milliseconds above 0; received ${quote(given)}.`, {
    argument: 'timeout',
  })
}

/** Answers a body that streams, as a stream. */
export async function predictStream(
  service: InferenceService,
  request: PredictRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const description = await described(service, request.params)
  const columns = columnsOf(description)
  const body = request.body as Readable
  const isCsv = isCsvType(request.headers['content-type'])
  const rows = isCsv ? csvRows(body, columns) : ndjsonRows(body, columns)
  const asCsv = wantsCsv(request.headers.accept, isCsv)
  const { header, writer } = asCsv ? csvAnswers(description) : { header: '', writer: ndjsonWriter }
  const predictRows = AsyncResource.bind(service.predictRows)
  const task: StreamTask = { predictRows, to: request.params, options: requestOptions(request), writer }
  const answers = answerStream(rows, task)
  // Until here a refusal has a status of its own; later errors stand in their line.
  const first = await answers.next()
  const type = asCsv ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8'
  const heads = { ...reply.getHeaders(), 'content-type': type }
  // A stream takes as long as its client does: the time that answers have in general is not for it.
  reply.hijack()
  reply.raw.writeHead(200, heads as OutgoingHttpHeaders)
  // When it fails, the client has gone.
  await pipeline(Readable.from(textOf(header, first, answers)), reply.raw).catch(() => undefined)
  return reply
}

async function* textOf(
  header: string,
  first: IteratorResult<string, unknown>,
  rest: AsyncGenerator<string>,
): AsyncGenerator<Buffer> {
  if (header !== '') yield Buffer.from(header)
  if (first.done === true) return
  yield Buffer.from(first.value)
  for await (const text of rest) yield Buffer.from(text)
}

const isCsvType = (type: string | undefined): boolean => /^text\/csv\b/i.test(type ?? '')

function wantsCsv(accept: string | undefined, isCsv: boolean): boolean {
  if (accept === undefined) return isCsv
  if (/text\/csv/i.test(accept)) return true
  return /json/i.test(accept) ? false : isCsv
}

function columnsOf({ model, columns }: VersionDescription): readonly string[] {
  if (columns !== undefined) return columns.map(({ name }) => name)
  throw new UsageError(
    `The model ${quote(model)} is a plain graph, which has no columns to stream rows of. Send tensors: {"inputs": {"name": [[…]]}}.`,
    { argument: 'model' },
  )
}
