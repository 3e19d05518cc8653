// A request of `/invocations`: MLflow's bodies, SageMaker's types, and Open Inference where a body is one. So one image serves under all
// of them. @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
import { setImmediate } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import type { Addressee, InferenceService, VersionDescription } from '../../../../operate/serve/index.js'
import { refuseCostlyJson } from '../../json-shape.js'
import { httpErrorOf } from '../../statuses.js'
import { described } from '../addressee.js'
import { isObject, jsonOf, type JsonReading, parseJson, parseText } from '../body/json.js'
import { headerLengthGiven } from '../body/read-body.js'
import { graphText, predictedTexts } from '../mlflow/answers.js'
import { rowsOfCsv } from '../mlflow/csv-rows.js'
import {
  methodOf,
  type PredictMethod,
  rowsOfScoring,
  type ScoringRequest,
  scoringRequest,
  tensorsOfScoring,
} from '../mlflow/scoring-request.js'
import { infer, openInferenceError } from '../open-inference/face.js'
import { rowsOfInstances } from '../rows/instances.js'
import { listOfRows, type RowsWanted, rowsWanted } from '../rows/rows.js'
import { readingFor } from '../tensors/predict-nested.js'
import { sendJson } from '../protocol-scope.js'
import { answerFormatOf, type BodyType, bodyTypeOf } from './body-type.js'
import { contentTypes, predictionsText } from './write-predictions.js'

/** What SageMaker passes through in both directions without reading it. */
const attributesName = 'x-amzn-sagemaker-custom-attributes'

/** Answers a request for a model. */
export async function invoke(
  service: InferenceService,
  to: Addressee,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const attributes = request.headers[attributesName]
  if (typeof attributes === 'string') void reply.header('X-Amzn-SageMaker-Custom-Attributes', attributes)
  if (isBinary(request)) return inferHere(service, to, request, reply)
  const type = bodyTypeOf(request.headers['content-type'])
  if ('refused' in type) return reply.status(415).type('text/plain; charset=utf-8').send(type.refused)
  const description = await described(service, to)
  const json = type.format === 'json' ? parseJson(request.body as Buffer, readingFor(description)) : undefined
  if (isOpenInference(json)) {
    // It is read again, with all numbers to the digit; others have their turn between.
    await setImmediate()
    return inferHere(service, to, request, reply)
  }
  return invokeRows(service, { to, type, json, description, request, reply })
}

const isBinary = ({ headers }: FastifyRequest): boolean =>
  headerLengthGiven(headers) !== undefined ||
  (headers['content-type'] ?? '').startsWith('application/vnd.sagemaker-triton')

/** Whether `inputs` are tensors with a name, a shape and a type. */
export function isOpenInference(body: unknown): boolean {
  if (!isObject(body) || !Array.isArray(body['inputs']) || body['inputs'].length === 0) return false
  return body['inputs'].every(
    (input) => isObject(input) && 'name' in input && 'shape' in input && 'datatype' in input,
  )
}

/** Errors too in the words of Open Inference. */
async function inferHere(
  service: InferenceService,
  to: Addressee,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  try {
    return await infer(service, { to, request, reply })
  } catch (error) {
    const said = httpErrorOf(error)
    if (said.status >= 500 && said.code === 'internal') throw error
    if (said.retryAfter !== undefined) void reply.header('Retry-After', String(said.retryAfter))
    return sendJson(reply.status(said.status), JSON.stringify(openInferenceError(said)))
  }
}

interface Invocation {
  readonly to: Addressee
  readonly type: BodyType
  readonly json: unknown
  readonly description: VersionDescription
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

async function invokeRows(service: InferenceService, invocation: Invocation): Promise<FastifyReply> {
  const { to, description, request, reply } = invocation
  const format = answerFormatOf(request.headers.accept)
  if (typeof format !== 'string')
    return reply.status(406).type('text/plain; charset=utf-8').send(format.refused)
  const options = { requestId: String(request.id) }
  const wanted = rowsWanted(description, request)
  if (description.kind === 'onnx') {
    const inputs = tensorsOfScoring(graphRequest(invocation, wanted), description, wanted)
    return sendJson(
      reply,
      `{"predictions":${await graphText(service, { to, options, description, inputs })}}`,
    )
  }
  const { rows, method } = rowsAsked(invocation, wanted)
  const texts = await predictedTexts(service, { to, options, description, rows, method })
  return reply.header('content-type', contentTypes[format]).send(predictionsText(texts, format))
}

interface AskedRows {
  readonly rows: readonly Row[]
  readonly method: PredictMethod
}

function rowsAsked({ type, json, description, request }: Invocation, wanted: RowsWanted): AskedRows {
  const body = request.body as Buffer
  switch (type.format) {
    case 'json': {
      const asked = scoringRequest(json)
      return { rows: rowsOfScoring(asked, wanted), method: methodOf(asked.params, description) }
    }
    case 'csv':
      return { rows: rowsOfCsv(parseText(body), wanted, type.header), method: 'predict' }
    case 'jsonlines':
      return { rows: rowsOfInstances(jsonLines(body, wanted), wanted, 'line'), method: 'predict' }
  }
}

/** A graph takes what has tensors in it. */
function graphRequest({ type, json, description, request }: Invocation, wanted: RowsWanted): ScoringRequest {
  switch (type.format) {
    case 'json':
      return scoringRequest(json)
    case 'jsonlines':
      return {
        shape: 'instances',
        value: jsonLines(request.body as Buffer, wanted, readingFor(description)),
        params: {},
      }
    case 'csv':
      throw new UsageError(
        'The model is a plain graph, which has no columns for CSV. Send JSON: {"inputs": {"name": [[…]]}}.',
        {
          argument: 'Content-Type',
        },
      )
  }
}

function jsonLines(body: Buffer, wanted: RowsWanted, reading?: JsonReading): readonly unknown[] {
  const text = parseText(body)
  refuseCostlyJson(text)
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return listOfRows(lines, 'lines', wanted).map((line, i) => {
    try {
      return jsonOf(line as string, reading)
    } catch (error) {
      if (!UsageError.is(error)) throw error
      throw new UsageError(`Line ${i + 1}: ${error.message}`, { argument: 'body' }, error)
    }
  })
}
