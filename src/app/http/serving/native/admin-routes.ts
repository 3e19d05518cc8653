// What is served, as the own API tells and changes it.
import { z } from 'zod'
import type { InferenceService, VersionDescription } from '../../../../operate/serve/index.js'
import { type Route, route } from '../../api/route.js'
import { clientTypes } from '../../../client/index.js'
import {
  aliasParams,
  modelParams,
  modelShape,
  modelsShape,
  trafficShape,
  versionParams,
  versionShape,
} from './shapes.js'

/** Where the own API of serving stands; the registry's is `/api/v1/models`. */
export const servingPath = '/api/v1/serving'

const typescript = 'text/typescript; charset=utf-8'

/** Routes that tell. */
export function readingRoutes(service: InferenceService): readonly Route[] {
  const modelOf = (model: string): object => ({
    model,
    versions: service.describe(model),
    traffic: service.traffic(model),
  })
  return [
    route({
      method: 'GET',
      path: `${servingPath}/models`,
      summary: 'Every model in service, with its versions and traffic.',
      response: modelsShape,
      scope: 'predict',
      handle: async () => ({ models: namesOf(service).map(modelOf) }),
    }),
    route({
      method: 'GET',
      path: `${servingPath}/models/:model`,
      summary: 'One model in service.',
      params: modelParams,
      response: modelShape,
      scope: 'predict',
      handle: async ({ params }) => modelOf(params.model),
    }),
    route({
      method: 'GET',
      path: `${servingPath}/models/:model/versions/:version`,
      summary: 'One version: state, signature and aliases.',
      params: versionParams,
      response: versionShape,
      scope: 'predict',
      handle: async ({ params }) => service.resolve(params),
    }),
    route({
      method: 'GET',
      path: `${servingPath}/models/:model/aliases/:alias`,
      summary: 'The version that an alias points to.',
      params: aliasParams,
      response: versionShape,
      scope: 'predict',
      handle: async ({ params }) => service.resolve(params),
    }),
  ]
}

/** Routes that give types of the models. */
export function typeRoutes(service: InferenceService): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: `${servingPath}/types.ts`,
      summary: 'TypeScript types of all models, for modelwright/client.',
      responseType: 'text/typescript',
      scope: 'predict',
      handle: async (_input, _request, reply) => reply.type(typescript).send(clientTypes(answering(service))),
    }),
    route({
      method: 'GET',
      path: `${servingPath}/models/:model/types.ts`,
      summary: 'TypeScript types of one model, for modelwright/client.',
      params: modelParams,
      responseType: 'text/typescript',
      scope: 'predict',
      handle: async ({ params }, _request, reply) =>
        reply.type(typescript).send(clientTypes([service.resolve({ model: params.model })])),
    }),
  ]
}

/** Routes that change. */
export function changingRoutes(service: InferenceService): readonly Route[] {
  const unloaded = z.object({ model: z.string(), versions: z.array(versionShape) })
  const unload = async (model: string, version?: string): Promise<object> => {
    await service.unload(model, version)
    return { model, versions: service.describe(model) }
  }
  const load = { method: 'POST', response: versionShape, scope: 'admin' } as const
  return [
    route({
      method: 'PUT',
      path: `${servingPath}/models/:model/traffic`,
      summary: 'Shares traffic among versions.',
      params: modelParams,
      body: trafficShape,
      response: trafficShape,
      async handle({ params, body }) {
        service.setTraffic(params.model, body.weights)
        return { weights: service.traffic(params.model) }
      },
    }),
    route({
      ...load,
      path: `${servingPath}/models/:model/load`,
      summary: 'Loads the version that answers by default, or again what has changed.',
      params: modelParams,
      handle: async ({ params }) => service.load(params.model),
    }),
    route({
      ...load,
      path: `${servingPath}/models/:model/versions/:version/load`,
      summary: 'Loads a version, or again what has changed.',
      params: versionParams,
      handle: async ({ params }) => service.load(params.model, params.version),
    }),
    route({
      ...load,
      path: `${servingPath}/models/:model/unload`,
      summary: 'Frees all versions once their requests have ended; none answers until one is loaded.',
      params: modelParams,
      response: unloaded,
      handle: async ({ params }) => unload(params.model),
    }),
    route({
      ...load,
      path: `${servingPath}/models/:model/versions/:version/unload`,
      summary: 'Frees a version once its requests have ended; it does not answer until it is loaded.',
      params: versionParams,
      response: unloaded,
      handle: async ({ params }) => unload(params.model, params.version),
    }),
  ]
}

const namesOf = (service: InferenceService): readonly string[] => [
  ...new Set(service.describe().map(({ model }) => model)),
]

/** The version of each model that answers by default. */
export const answering = (service: InferenceService): readonly VersionDescription[] =>
  namesOf(service).map((model) => service.resolve({ model }))
