// SageMaker's and MLflow's contracts of containers: `/invocations`, `/ping`, `/execution-parameters`, and for endpoints of many models
// `/models`. @see https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html
import { availableParallelism } from 'node:os'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ConflictError, nameOf, UsageError } from '../../../../base/index.js'
import type { Addressee, InferenceService } from '../../../../operate/serve/index.js'
import type { Server, ServerContext } from '../../face.js'
import { defaultModel } from '../addressee.js'
import { parseObject } from '../body/json.js'
import { scoringError } from '../mlflow/errors.js'
import { addProtocol, type Protocol, routeOptions } from '../protocol-scope.js'
import { invoke } from './invocations.js'
import { unknown } from './requested-models.js'

const protocol: Protocol = { name: 'invocations', errorBody: scoringError }

/** The MLflow whose scoring server these bodies and answers are those of: the last of its second version. */
const mlflowVersion = '2.22.0'

/** SageMaker sends at most 100 MB with a batch transform. */
const largestPayload = 100

interface Named {
  readonly name: string
}

/** Adds the routes without a prefix that these platforms call. */
export const invocationsFace = (
  server: Server,
  service: InferenceService,
  context: ServerContext,
): Promise<void> =>
  addProtocol(server, protocol, (scope) => {
    const open = routeOptions({ scope: 'open', protocol: protocol.name })
    const predict = routeOptions({ scope: 'predict', protocol: protocol.name })
    const health = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
      const { ready } = service
      return reply.status(ready ? 200 : 503).send({ status: ready ? 'Healthy' : 'Unhealthy' })
    }
    // Tracking has some of them too, with answers that do for both.
    const add = (url: string, handler: (request: FastifyRequest, reply: FastifyReply) => unknown): void => {
      if (!scope.hasRoute({ method: 'GET', url }))
        scope.get(url, open, async (request, reply) => handler(request, reply))
    }
    add('/ping', health)
    add('/health', health)
    add('/version', (_request, reply) => reply.type('text/plain; charset=utf-8').send(mlflowVersion))
    add('/execution-parameters', () => ({
      MaxConcurrentTransforms: availableParallelism(),
      BatchStrategy: 'MULTI_RECORD',
      MaxPayloadInMB: Math.min(largestPayload, Math.floor(scope.limits.json / 2 ** 20)),
    }))
    scope.post('/invocations', { ...predict, bodyLimit: scope.limits.body }, (request, reply) =>
      invoke(service, targetOf(service, request, context), request, reply),
    )
    addModelRoutes(scope, service, context)
  })

/** The model that a header names, as SageMaker has it, or the default. */
function targetOf(
  service: InferenceService,
  { headers }: FastifyRequest,
  { defaultModel: chosen }: ServerContext,
): Addressee {
  const target = headers['x-amzn-sagemaker-target-model']
  if (typeof target !== 'string' || target === '') return defaultModel(service, chosen)
  // The name of an archive in S3.
  return { model: target.replace(/^\//, '').replace(/\.tar\.gz$/, '') }
}

/** Endpoints of many models: SageMaker unpacks a model and has it loaded under a name of its own. */
function addModelRoutes(scope: Server, service: InferenceService, { requestedModels }: ServerContext): void {
  const admin = routeOptions({ scope: 'admin', protocol: protocol.name })
  const predict = routeOptions({ scope: 'predict', protocol: protocol.name })
  const listed = (): { readonly modelName: string; readonly modelUrl: string }[] => {
    // A key sees the models that it may ask.
    const models = new Set(service.describe().map(({ model }) => model))
    const entries = requestedModels?.entries() ?? [...models].map((name) => ({ name, path: name }))
    return entries
      .filter(({ name }) => models.has(name))
      .map(({ name, path }) => ({ modelName: name, modelUrl: path }))
  }

  scope.get('/models', predict, () => ({ models: listed() }))
  scope.get<{ Params: Named }>('/models/:name', predict, ({ params: { name } }) => {
    const found = listed().find(({ modelName }) => modelName === name)
    if (found === undefined) throw unknown(name)
    return found
  })
  scope.post('/models', admin, async ({ body }) => {
    const { model_name: name, url } = parseObject(body as Buffer)
    if (typeof name !== 'string' || name === '' || typeof url !== 'string') {
      throw new UsageError(
        `The body must have 'model_name' and 'url', both text; received ${nameOf(name)} and ${nameOf(url)}.`,
        {
          argument: 'model_name',
        },
      )
    }
    if (requestedModels === undefined) return loadKnown(service, name)
    await requestedModels.add(name, url)
    try {
      const loaded = await service.load(name)
      if (loaded.state === 'failed')
        throw new UsageError(loaded.reason ?? 'The model cannot be loaded.', { argument: 'url' })
    } catch (error) {
      requestedModels.remove(name)
      throw error
    }
    return { status: `Model ${name} loaded.` }
  })
  scope.delete<{ Params: Named }>('/models/:name', admin, async ({ params: { name } }) => {
    if (requestedModels === undefined) await service.unload(name)
    else {
      if (!requestedModels.entries().some((entry) => entry.name === name)) throw unknown(name)
      await service.unload(name)
      requestedModels.remove(name)
    }
    return { status: `Model ${name} unloaded.` }
  })
  const large = { ...predict, bodyLimit: scope.limits.body }
  scope.post<{ Params: Named }>('/models/:name/invoke', large, (request, reply) =>
    invoke(service, { model: request.params.name }, request, reply),
  )
}

/** A server whose models are all known loads none from elsewhere. */
async function loadKnown(service: InferenceService, name: string): Promise<object> {
  const { state } = service.resolve({ model: name })
  if (state === 'ready') {
    throw new ConflictError(`A model '${name}' is loaded already.`, { kind: 'model', id: name })
  }
  await service.load(name)
  return { status: `Model ${name} loaded.` }
}
