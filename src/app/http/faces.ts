// Which faces a server has: a protocol for each thing that there is to ask for. Each is loaded only where it is used.
import type { Access } from './guard/access.js'
import { keysFace } from './guard/keys-face.js'
import { sessionFace } from './guard/session-face.js'
import type { Parts } from './open-parts.js'
import type { FaceUse } from './server.js'

export interface FaceParts extends Parts {
  readonly access: Access | undefined
  /** Tracking, registry, artifacts and the page. */
  readonly track: boolean
}

/** The faces for these parts. */
export async function facesOf({ store, access, track }: FaceParts): Promise<FaceUse[]> {
  const { servingFaces } = await import('./serving/index.js')
  return [
    { face: sessionFace(access), protocol: 'api' },
    ...(store === undefined ? [] : [{ face: keysFace(access), protocol: 'api' }]),
    ...(track ? await trackingFaces() : []),
    // The last, as its document describes all of them.
    { face: servingFaces, protocol: 'serving' },
  ]
}

/** Runs and registered models, for MLflow's clients and for the page. */
async function trackingFaces(): Promise<FaceUse[]> {
  const [mlflow, registry, artifacts, api, registryApi, page] = await Promise.all([
    import('./mlflow/index.js'),
    import('./mlflow-registry/index.js'),
    import('./mlflow-artifacts/index.js'),
    import('./api/api-face.js'),
    import('./registry-api/index.js'),
    import('./page/page-face.js'),
  ])
  return [
    { face: mlflow.mlflowFace, protocol: 'mlflow' },
    { face: registry.mlflowRegistryFace, protocol: 'mlflow' },
    { face: artifacts.mlflowArtifactsFace, protocol: 'mlflow' },
    { face: registryApi.registryApiFace, protocol: 'api' },
    { face: api.apiFace, protocol: 'api' },
    { face: page.pageFace, protocol: 'page' },
  ]
}
