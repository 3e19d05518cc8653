// The registry as the page and programs of our own speak to it: `/api/v1/models…`.
import { addRoutes } from '../api/route.js'
import type { Face } from '../face.js'
import { aliasRoutes, modelRoutes, readingRoutes, versionRoutes } from './model-routes.js'
import { promotionRoutes } from './promotion-routes.js'

/** Adds nothing to a server without a registry. */
export const registryApiFace: Face = (server, { store, registry }) => {
  if (store === undefined || registry === undefined) return
  addRoutes(server, [
    ...readingRoutes(store, registry),
    ...modelRoutes(store),
    ...versionRoutes(store, registry),
    ...aliasRoutes(store, registry),
    ...promotionRoutes(registry),
  ])
}
