// Which faces a server has: a protocol for each thing that there is to ask for.
import type { InferenceService } from '../../operate/serve/index.js'
import type { Store } from '../../operate/store/index.js'
import type { Access } from './guard/access.js'
import { keysFace } from './guard/keys-face.js'
import { sessionFace } from './guard/session-face.js'
import type { FaceUse } from './server.js'

export interface FaceParts {
  readonly store: Store | undefined
  readonly service: InferenceService | undefined
  readonly access: Access | undefined
  /** Tracking, registry, artifacts and the page. */
  readonly track: boolean
}

/** The faces for these parts, loaded now. */
export async function facesOf({ store, access }: FaceParts): Promise<FaceUse[]> {
  const faces: FaceUse[] = [{ face: sessionFace(access), protocol: 'api' }]
  if (store !== undefined) faces.push({ face: keysFace(access), protocol: 'api' })
  return faces
}
