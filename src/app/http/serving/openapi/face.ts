// `/openapi.json`: made when it is asked for, as models come and go.
import type { InferenceService } from '../../../../operate/serve/index.js'
import { declaredRoutes } from '../../api/route.js'
import type { Server } from '../../face.js'
import { answering } from '../native/admin-routes.js'
import { routeOptions } from '../protocol-scope.js'
import { openApiDocument } from './document.js'

export function openApiFace(server: Server, service: InferenceService | undefined): void {
  server.get('/openapi.json', routeOptions({ scope: 'predict', protocol: 'modelwright' }), () =>
    openApiDocument(declaredRoutes(server), service === undefined ? [] : answering(service)),
  )
}
