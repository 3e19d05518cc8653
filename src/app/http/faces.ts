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
export async function facesOf(parts: FaceParts): Promise<FaceUse[]> {
  const { store, service, access, track } = parts
  return [
    { face: sessionFace(access), protocol: 'api' },
    ...(store === undefined ? [] : [{ face: keysFace(access), protocol: 'api' }]),
    ...(service === undefined ? [] : await servingFaces()),
    ...(track ? await trackingFaces() : []),
  ]
}

/** Models for clients of every kind. */
async function servingFaces(): Promise<FaceUse[]> {
  const { nativeFace } = await import('./serving/native/face.js')
  return [{ face: (server, { service }) => nativeFace(server, service!), protocol: 'modelwright' }]
}

/** Runs and registered models, for MLflow's clients and for the page. */
async function trackingFaces(): Promise<FaceUse[]> {
  const [{ apiFace }, { mlflowArtifactsFace }, { pageFace }] = await Promise.all([
    import('./api/api-face.js'),
    import('./mlflow-artifacts/index.js'),
    import('./page/page-face.js'),
  ])
  return [
    { face: apiFace, protocol: 'api' },
    { face: mlflowArtifactsFace, protocol: 'mlflow' },
    { face: pageFace, protocol: 'page' },
  ]
}
