// TorchServe's inference API: one route for predictions. @see https://docs.pytorch.org/serve/inference_api.html
import type { FastifyReply, FastifyRequest } from 'fastify'
import { nameOf, UsageError } from '../../../../base/index.js'
import type { InferenceService, RowPredictions, VersionDescription } from '../../../../operate/serve/index.js'
import type { Server } from '../../face.js'
import type { HttpError } from '../../statuses.js'
import { described } from '../addressee.js'
import { isObject, parseJson } from '../body/json.js'
import { graphText } from '../mlflow/answers.js'
import { addProtocol, type Protocol, routeOptions, sendJson } from '../protocol-scope.js'
import { refuseRoundedText } from '../rows/exact-text.js'
import { inputsOfInstances, rowsOfInstances } from '../rows/instances.js'
import { rowsWanted } from '../rows/rows.js'
import { readingFor } from '../tensors/predict-nested.js'
import { numberText } from '../tensors/write-json.js'

/** Names of TorchServe's exceptions. */
const types: Readonly<Record<number, string>> = {
  400: 'BadRequestException',
  404: 'ModelNotFoundException',
  413: 'RequestEntityTooLargeException',
  429: 'ServiceUnavailableException',
  503: 'ServiceUnavailableException',
}

const protocol: Protocol = {
  name: 'torchserve',
  prefix: '/predictions',
  errorBody: ({ status, message }: HttpError) => ({
    code: status,
    type: types[status] ?? (status < 500 ? 'BadRequestException' : 'InternalServerException'),
    message,
  }),
}

interface Path {
  readonly model: string
  readonly version?: string
}

/** Adds `/predictions`; `/ping` is shared with other protocols. */
export const torchserveFace = (server: Server, service: InferenceService): Promise<void> =>
  addProtocol(server, protocol, (scope) => {
    const options = routeOptions({ scope: 'predict', protocol: protocol.name })
    for (const path of ['/predictions/:model', '/predictions/:model/:version']) {
      scope.post<{ Params: Path }>(path, options, (request, reply) => answer(service, request, reply))
    }
  })

/** What a handler is given: the body, or what stands in it as `data`, `body` or `instances`; a list is a batch. */
function dataOf(body: unknown): { readonly instances: readonly unknown[]; readonly single: boolean } {
  const keys = ['instances', 'data', 'body']
  const key = isObject(body)
    ? keys.find((name) => typeof body[name] === 'object' && body[name] !== null)
    : undefined
  const data = key === undefined ? body : (body as Readonly<Record<string, unknown>>)[key]
  if (Array.isArray(data)) return { instances: data, single: false }
  if (isObject(data)) return { instances: [data], single: true }
  throw new UsageError(
    `The body must be a row as a JSON object, or a list of rows; received ${nameOf(data)}.`,
    {
      argument: 'body',
    },
  )
}

async function answer(
  service: InferenceService,
  request: FastifyRequest<{ Params: Path }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const to = request.params
  const description = await described(service, to)
  const { instances, single } = dataOf(parseJson(request.body as Buffer, readingFor(description)))
  const options = { requestId: String(request.id) }
  const wanted = rowsWanted(description, request)
  if (description.kind === 'onnx') {
    const inputs = inputsOfInstances(instances, wanted, 'body')
    return sendJson(reply, await graphText(service, { to, options, description, inputs }))
  }
  const rows = rowsOfInstances(instances, wanted, 'body')
  refuseRoundedText(rows, description)
  const texts = rowTexts(await service.predictRows(to, rows, options), description)
  return sendJson(reply, single ? texts[0]! : `[${texts.join(',')}]`)
}

/** As TorchServe's own handlers answer: for classes, the most probable first with its share; else the number. */
function rowTexts(
  { predictions, probabilities, classes }: RowPredictions,
  { task }: VersionDescription,
): string[] {
  if (task === 'regression' || probabilities === undefined) {
    return predictions.map((value) => (typeof value === 'number' ? numberText(value) : JSON.stringify(value)))
  }
  return probabilities.map((shares) => {
    const order = shares.map((_, code) => code).toSorted((a, b) => shares[b]! - shares[a]!)
    return `{${order.map((code) => `${JSON.stringify(String(classes[code]!))}:${numberText(shares[code]!)}`).join(',')}}`
  })
}
