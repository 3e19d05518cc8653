// The registry as MLflow's REST API 2.0 has it, for its clients and its page.
import type { Face, Server } from '../face.js'
import { addMlflowRoutes, speakMlflow } from '../mlflow/index.js'
import { modelCalls } from './model-calls.js'
import { versionCalls } from './version-calls.js'

/** Adds the routes of the registry; without a store, none. */
export const mlflowRegistryFace: Face = async (server, { store, registry }) => {
  if (store === undefined) return
  await server.register(async (plugin) => {
    const scope = plugin as Server
    speakMlflow(scope)
    addMlflowRoutes(scope, [...modelCalls(store.models), ...versionCalls(store, registry)])
  })
}
