// The own API of serving: typed, documented by OpenAPI, with streams.
import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { InferenceService } from '../../../../operate/serve/index.js'
import { addRoutes, declareRoutes, type Route, route } from '../../api/route.js'
import type { Server } from '../../face.js'
import { errorBody } from '../../statuses.js'
import type { ModelPath } from '../addressee.js'
import { streamedTypes } from '../body/read-body.js'
import { addProtocol, type Protocol, routeOptions } from '../protocol-scope.js'
import { changingRoutes, readingRoutes, servingPath, typeRoutes } from './admin-routes.js'
import { predict, type PredictQuery, predictStream } from './predict-route.js'
import {
  aliasParams,
  modelParams,
  predictAnswerShape,
  predictBodyShape,
  predictQueryShape,
  versionParams,
} from './shapes.js'

const protocol: Protocol = {
  name: 'modelwright',
  errorBody,
}

/** What documents say of the routes of predictions; they read their bodies themselves. */
const predictRoutes: readonly Route[] = [
  {
    path: '/models/:model/predict',
    params: modelParams,
    summary: 'Predicts, by the version that traffic chooses.',
  },
  {
    path: '/models/:model/versions/:version/predict',
    params: versionParams,
    summary: 'Predicts with a version.',
  },
  {
    path: '/models/:model/aliases/:alias/predict',
    params: aliasParams,
    summary: 'Predicts with what an alias names.',
  },
].map(({ path, params, summary }) =>
  route({
    method: 'POST',
    path: `${servingPath}${path}`,
    summary: `${summary} A row, rows, columns or tensors; NDJSON and CSV stream.`,
    params,
    query: predictQueryShape,
    body: predictBodyShape,
    response: predictAnswerShape,
    scope: 'predict',
    handle: () => Promise.reject(new Error('Answered by the face itself.')),
  }),
)

/** Adds `/api/v1/serving` and all below it. */
export async function nativeFace(server: Server, service: InferenceService): Promise<void> {
  addRoutes(server, [...readingRoutes(service), ...typeRoutes(service), ...changingRoutes(service)])
  declareRoutes(server, predictRoutes)
  await addProtocol(server, protocol, (scope) => {
    for (const type of streamedTypes) {
      scope.addContentTypeParser(type, (_request, payload: Readable, done) => done(null, payload))
    }
    const options = routeOptions({ scope: 'predict', protocol: protocol.name })
    for (const { path } of predictRoutes) {
      scope.post<{ Params: ModelPath; Querystring: PredictQuery }>(path, options, (request, reply) =>
        answer(service, request, reply),
      )
    }
  })
}

const answer = (
  service: InferenceService,
  request: FastifyRequest<{ Params: ModelPath; Querystring: PredictQuery }>,
  reply: FastifyReply,
): Promise<FastifyReply> =>
  request.body instanceof Uint8Array
    ? predict(service, request, reply)
    : predictStream(service, request, reply)
