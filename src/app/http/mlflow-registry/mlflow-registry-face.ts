// The registry as MLflow's REST API 2.0 has it, for its clients and its page.
import { InternalError } from '../../../base/index.js'
import type { Face } from '../face.js'
import { sayErrorsAsMlflow } from './errors.js'
import { modelCalls } from './model-calls.js'
import { versionCalls } from './version-calls.js'

/** Where MLflow's clients and its page look for the calls. */
const prefixes = ['/api/2.0/mlflow', '/ajax-api/2.0/mlflow'] as const

export const mlflowRegistryFace: Face = (server, { store, registry }) => {
  if (store === undefined) throw new InternalError('The registry is served from a store.')
  sayErrorsAsMlflow(server)
  for (const { method, path, handle } of [...modelCalls(store.models), ...versionCalls(store, registry)]) {
    for (const prefix of prefixes) {
      server.route({
        method,
        url: `${prefix}/${path}`,
        config: { protocol: 'mlflow' },
        handler: (request) => handle(request),
      })
    }
  }
}
