// The page's own interface: what a server has decides which of its routes there are.
import { readFileSync } from 'node:fs'
import type { Face } from '../face.js'
import { artifactRoutes } from './artifact-routes.js'
import { curveRoutes } from './curve-routes.js'
import { datasetRoutes } from './dataset-routes.js'
import { experimentRoutes } from './experiment-routes.js'
import { addLiveRoutes } from './live-routes.js'
import type { ServerParts } from './page-types.js'
import { addRoutes, type Route, route } from './route.js'
import { runRoutes } from './run-routes.js'
import { servingRoutes } from './serving-routes.js'

/** Adds `/api/v1/…` as the page speaks it. */
export const apiFace: Face = (server, { store, artifacts, service, closing }) => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  addRoutes(server, [
    route({
      method: 'GET',
      path: '/api/v1/server',
      summary: 'Which parts this server has.',
      handle: async (): Promise<ServerParts> => ({
        version,
        store: store?.url ?? null,
        serving: service !== undefined,
        registry: server.hasRoute({ method: 'GET', url: '/api/v1/models' }),
        artifacts: artifacts !== undefined,
      }),
    }),
  ] as readonly Route[])
  if (store !== undefined) {
    addRoutes(server, [
      ...experimentRoutes(store),
      ...runRoutes(store),
      ...curveRoutes(store),
      ...datasetRoutes(store),
    ])
    addLiveRoutes(server, store, closing)
    if (artifacts !== undefined) addRoutes(server, artifactRoutes(store, artifacts))
  }
  if (service !== undefined) addRoutes(server, servingRoutes(service))
}
