// A request of `/invocations`: MLflow's bodies, SageMaker's types, and Open Inference where a body is one. So one image serves under all
// of them. @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
import type { FastifyReply, FastifyRequest } from 'fastify'
import { UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import type { Addressee, InferenceService, VersionDescription } from '../../../../operate/serve/index.js'
import { refuseCostlyJson } from '../../json-shape.js'
import { httpErrorOf } from '../../statuses.js'
import { described } from '../addressee.js'
import { isObject, parseJson, parseText } from '../body/json.js'
import { headerLengthName } from '../body/read-body.js'
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
  const json = type.format === 'json' ? parseJson(request.body as Buffer) : undefined
  if (isOpenInference(json)) return inferHere(service, to, request, reply)
  return invokeRows(service, { to, type, json, request, reply })
}

const isBinary = ({ headers }: FastifyRequest): boolean =>
  headers[headerLengthName] !== undefined ||
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
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

async function invokeRows(service: InferenceService, invocation: Invocation): Promise<FastifyReply> {
  const { to, request, reply } = invocation
  const format = answerFormatOf(request.headers.accept)
  if (typeof format !== 'string')
    return reply.status(406).type('text/plain; charset=utf-8').send(format.refused)
  const description = await described(service, to)
  const options = { requestId: String(request.id) }
  if (description.kind === 'onnx') {
    const asked = graphRequest(invocation, false)
    const text = await graphText(service, {
      to,
      options,
      description,
      inputs: tensorsOfScoring(asked, description),
      exact: () => tensorsOfScoring(graphRequest(invocation, true), description),
    })
    return sendJson(reply, `{"predictions":${text}}`)
  }
  const { rows, method } = rowsAsked(invocation, description)
  const texts = await predictedTexts(service, { to, options, description, rows, method })
  return reply.header('content-type', contentTypes[format]).send(predictionsText(texts, format))
}

interface AskedRows {
  readonly rows: readonly Row[]
  readonly method: PredictMethod
}

function rowsAsked({ type, json, request }: Invocation, description: VersionDescription): AskedRows {
  const body = request.body as Buffer
  switch (type.format) {
    case 'json': {
      const asked = scoringRequest(json)
      return { rows: rowsOfScoring(asked, description), method: methodOf(asked.params, description) }
    }
    case 'csv':
      return { rows: rowsOfCsv(parseText(body), description, type.header), method: 'predict' }
    case 'jsonlines':
      return { rows: rowsOfInstances(jsonLines(body), description, 'line'), method: 'predict' }
  }
}

/** A graph takes what has tensors in it. */
function graphRequest({ type, request }: Invocation, exactIntegers: boolean): ScoringRequest {
  const body = request.body as Buffer
  switch (type.format) {
    case 'json':
      return scoringRequest(parseJson(body, { exactIntegers }))
    case 'jsonlines':
      return { shape: 'instances', value: jsonLines(body), params: {} }
    case 'csv':
      throw new UsageError(
        'The model is a plain graph, which has no columns for CSV. Send JSON: {"inputs": {"name": [[…]]}}.',
        {
          argument: 'Content-Type',
        },
      )
  }
}

function jsonLines(body: Buffer): readonly unknown[] {
  const lines = parseText(body)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.map((line, i) => {
    refuseCostlyJson(line)
    try {
      return JSON.parse(line) as unknown
    } catch (error) {
      throw new UsageError(
        `Line ${i + 1} cannot be read as JSON: ${(error as Error).message}.`,
        { argument: 'body' },
        error,
      )
    }
  })
}
