// Which faces a server has: a protocol for each thing that there is to ask for.
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

/** The faces for these parts, loaded now. */
export async function facesOf({ store, service, access }: FaceParts): Promise<FaceUse[]> {
  const faces: FaceUse[] = [{ face: sessionFace(access), protocol: 'api' }]
  if (store !== undefined) faces.push({ face: keysFace(access), protocol: 'api' })
  if (service !== undefined) {
    const { nativeFace } = await import('./serving/native/face.js')
    faces.push({ face: (server, context) => nativeFace(server, context.service!), protocol: 'modelwright' })
  }
  return faces
}
