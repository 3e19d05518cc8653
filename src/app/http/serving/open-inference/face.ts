// The Open Inference Protocol, version 2, over REST, with Triton's binary tensors. @see https://github.com/kserve/open-inference-protocol
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { quote, UsageError } from '../../../../base/index.js'
import type { Addressee, InferenceService } from '../../../../operate/serve/index.js'
import type { Server } from '../../face.js'
import type { HttpError } from '../../statuses.js'
import { described, type ModelPath } from '../addressee.js'
import { headerLengthGiven, sagemakerType } from '../body/read-body.js'
import { addProtocol, type Protocol, routeOptions, sendJson } from '../protocol-scope.js'
import { serverVersion } from '../server-version.js'
import { fitInputs } from './fit-inputs.js'
import { readInferRequest } from './infer-request.js'
import { type InferResponse, writeInferResponse } from './infer-response.js'
import { extensions, modelMetadata } from './metadata.js'

const protocol: Protocol = {
  name: 'open-inference',
  prefix: '/v2',
  errorBody: openInferenceError,
}

/** An error as the protocol says it. */
export function openInferenceError({ message }: HttpError): object {
  return { error: message }
}

/** Adds `/v2` and all below it. */
export const openInferenceFace = (server: Server, service: InferenceService): Promise<void> =>
  addProtocol(server, protocol, (scope) => {
    const open = routeOptions({ scope: 'open', protocol: protocol.name })
    const predict = routeOptions({ scope: 'predict', protocol: protocol.name })
    scope.get('/v2', open, () => ({ name: 'modelwright', version: serverVersion(), extensions }))
    scope.get('/v2/health/live', open, () => ({ live: true }))
    scope.get('/v2/health/ready', open, (_request, reply) => {
      const { ready } = service
      void reply.status(ready ? 200 : 503).send({ live: true, ready })
    })
    for (const path of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
      scope.get<{ Params: ModelPath }>(path, predict, async ({ params }) =>
        modelMetadata(await described(service, params), service.describe(params.model)),
      )
      scope.get<{ Params: ModelPath }>(`${path}/ready`, predict, ({ params }, reply) => {
        const ready = service.resolve(params).state === 'ready'
        void reply.status(ready ? 200 : 503).send({ name: params.model, ready })
      })
      const large = { ...predict, bodyLimit: scope.limits.body }
      scope.post<{ Params: ModelPath }>(`${path}/infer`, large, (request, reply) =>
        infer(service, { to: request.params, request, reply }),
      )
    }
  })

interface Exchange {
  readonly to: Addressee
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** One request of inference; also what `/invocations` does with such a body. */
export async function infer(
  service: InferenceService,
  { to, request, reply }: Exchange,
): Promise<FastifyReply> {
  const description = await described(service, to)
  const asked = readInferRequest(request.body as Buffer, {
    headerLength: headerLengthOf(request),
    description,
    limits: request.server.limits,
  })
  const { binary } = asked
  const wanted = asked.outputs ?? description.outputs.map(({ name }) => ({ name, binary }))
  const answer = await service.predictTensors(
    to,
    fitInputs(asked.inputs, description),
    asked.outputs?.map(({ name }) => name),
    { requestId: String(request.id), timeout: asked.timeout },
  )
  return send(
    reply,
    writeInferResponse(answer, wanted, asked.id),
    sagemakerType.test(request.headers['content-type'] ?? ''),
  )
}

/** @throws {@link UsageError} for a header that is no number, or that is given twice */
function headerLengthOf({ headers }: FastifyRequest): number | undefined {
  const given = headerLengthGiven(headers)
  if (given === undefined) return undefined
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given)
  throw new UsageError(
    `Inference-Header-Content-Length must be one whole number of bytes; received ${quote(given)}.`,
    {
      argument: 'Inference-Header-Content-Length',
    },
  )
}

/** Below, one copy costs less than the pieces of a stream: an estimate, 64 KiB are copied in about 10 µs. */
const pieceBytes = 65_536

function send(reply: FastifyReply, { json, binary }: InferResponse, toSagemaker: boolean): FastifyReply {
  if (binary.length === 0) return sendJson(reply, json)
  const head = Buffer.from(json, 'utf8')
  const bytes = binary.reduce((sum, part) => sum + part.length, head.length)
  void reply.headers({
    'content-type': toSagemaker
      ? `application/vnd.sagemaker-triton.binary+json;json-header-size=${head.length}`
      : 'application/octet-stream',
    'content-length': String(bytes),
    'Inference-Header-Content-Length': String(head.length),
  })
  const parts = [head, ...binary]
  return reply.send(bytes < pieceBytes ? Buffer.concat(parts) : Readable.from(parts, { objectMode: false }))
}
