// MLflow's REST API 2.0 for tracking: experiments, runs, metrics, datasets, logged models.
import type { Face, Server } from '../face.js'
import { artifactRoutes } from './artifact-routes.js'
import { mlflowError } from './errors.js'
import { experimentRoutes } from './experiment-routes.js'
import { inputRoutes } from './input-routes.js'
import { loggedModelRoutes } from './logged-model-routes.js'
import { loggingRoutes } from './logging-routes.js'
import { metricRoutes } from './metric-routes.js'
import { addMlflowRoutes, speakMlflow } from './protocol.js'
import { runRoutes } from './run-routes.js'

/** The version of MLflow whose protocol this is: clients compare it with their own. */
const mlflowVersion = '3.6.0'

/** What a server tells of itself to clients since MLflow 3.9. */
const serverInfo = { store_type: 'SqlStore', workspaces_enabled: false, trace_archival_enabled: false }

/** Adds the routes of tracking; without a store, none. */
export const mlflowFace: Face = async (server, context) => {
  const { store } = context
  if (store === undefined) return
  await server.register(async (plugin) => {
    const scope = plugin as Server
    speakMlflow(scope)
    addMlflowRoutes(scope, [
      ...experimentRoutes(store),
      ...runRoutes(store),
      ...loggingRoutes(store),
      ...metricRoutes(store),
      ...inputRoutes(store),
      ...loggedModelRoutes(store),
      ...artifactRoutes(store, context),
    ])
    addServerRoutes(scope)
  })
}

function addServerRoutes(scope: Server): void {
  const config = { scope: 'open', protocol: 'mlflow' } as const
  scope.get('/health', { config }, (_request, reply) => reply.type('text/plain').send('OK'))
  scope.get('/version', { config }, (_request, reply) => reply.type('text/plain').send(mlflowVersion))
  for (const api of ['api', 'ajax-api']) {
    for (const version of ['2.0', '3.0']) {
      scope.get(`/${api}/${version}/mlflow/server-info`, { config }, async () => serverInfo)
      // Traces, prompts, webhooks and whatever else a newer client may ask for.
      scope.all(
        `/${api}/${version}/mlflow/*`,
        { config: { protocol: 'mlflow' } },
        async ({ method, url }) => {
          throw mlflowError(
            'ENDPOINT_NOT_FOUND',
            `API not found: this server does not know ${method} ${url.split('?')[0]}.`,
          )
        },
      )
    }
  }
}
