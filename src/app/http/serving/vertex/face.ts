// Vertex AI's contract of containers: instances in, predictions out, on routes that the platform chooses.
// @see https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements
import type { FastifyReply, FastifyRequest } from 'fastify'
import { UsageError } from '../../../../base/index.js'
import type { InferenceService } from '../../../../operate/serve/index.js'
import type { Server, ServerContext } from '../../face.js'
import type { HttpError } from '../../statuses.js'
import { defaultModel, described } from '../addressee.js'
import { parseObject } from '../body/json.js'
import { graphText, predictedTexts } from '../mlflow/answers.js'
import { methodOf, paramsOf } from '../mlflow/scoring-request.js'
import { addProtocol, type Protocol, routeOptions, sendJson } from '../protocol-scope.js'
import { inputsOfInstances, rowsOfInstances } from '../rows/instances.js'
import { rowsWanted } from '../rows/rows.js'
import { readingFor } from '../tensors/predict-nested.js'

/** Names of Google's statuses. @see https://cloud.google.com/apis/design/errors */
const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const protocol: Protocol = {
  name: 'vertex-ai',
  errorBody: ({ status, message }: HttpError) => ({
    error: { code: status, message, status: statusNames[status] ?? 'INTERNAL' },
  }),
}

/** Colons in a route begin a parameter unless they are doubled; Vertex AI's routes have some. */
const literal = (path: string): string => path.replaceAll(':', '::')

/** Adds the routes of Vertex AI, where it has said which; without these settings there is nothing to add. */
export async function vertexFace(
  server: Server,
  service: InferenceService,
  context: ServerContext,
): Promise<void> {
  const { vertex } = context
  if (vertex === undefined) return
  await addProtocol(server, protocol, (scope) => {
    const open = routeOptions({ scope: 'open', protocol: protocol.name })
    const url = literal(vertex.healthRoute)
    if (!scope.hasRoute({ method: 'GET', url })) {
      scope.get(url, open, (_request, reply) => {
        const { ready } = service
        void reply.status(ready ? 200 : 503).send({ status: ready ? 'Healthy' : 'Unhealthy' })
      })
    }
    const predict = routeOptions({ scope: 'predict', protocol: protocol.name })
    scope.post(literal(vertex.predictRoute), predict, (request, reply) =>
      answer(service, request, reply, context),
    )
  })
}

async function answer(
  service: InferenceService,
  request: FastifyRequest,
  reply: FastifyReply,
  { defaultModel: chosen }: ServerContext,
): Promise<FastifyReply> {
  const to = defaultModel(service, chosen)
  const description = await described(service, to)
  const { instances, parameters } = parseObject(request.body as Buffer, readingFor(description))
  if (instances === undefined) {
    throw new UsageError(`The body must have 'instances', a list with an entry for each row.`, {
      argument: 'instances',
    })
  }
  const options = { requestId: String(request.id) }
  const wanted = rowsWanted(description, request)
  if (description.kind === 'onnx') {
    const inputs = inputsOfInstances(instances, wanted, 'instances')
    const text = await graphText(service, { to, options, description, inputs })
    return sendJson(reply, `{"predictions":${text}}`)
  }
  const rows = rowsOfInstances(instances, wanted, 'instances')
  const method = methodOf(paramsOf(parameters, 'parameters'), description)
  const texts = await predictedTexts(service, { to, options, description, rows, method })
  return sendJson(reply, `{"predictions":[${texts.join(',')}]}`)
}
