// Which kind of place an address means: a store of this process, or a server.
import { openStore, storeUrl } from '../store/index.js'
import type { TrackingBackend } from './backend.js'

export interface BackendPlaces {
  /** A path, `postgres://…`, or `http://…` of a server. @default what MODELWRIGHT_STORE says, else `.modelwright/store.db` */
  readonly store?: string | undefined
  /** A folder or `s3://bucket/prefix`; a server knows its own. @default what MODELWRIGHT_ARTIFACTS says, else `.modelwright/artifacts` */
  readonly artifacts?: string | undefined
  /** Make the store where there is none. @default true */
  readonly create?: boolean | undefined
  /** For a server with keys. @default what MODELWRIGHT_TOKEN says */
  readonly token?: string | undefined
}

/** Opens the place. @throws as {@link openStore} */
export async function openBackend({
  store,
  artifacts,
  token,
  create,
}: BackendPlaces = {}): Promise<TrackingBackend> {
  const address = storeUrl(store)
  if (/^https?:/i.test(address)) {
    const { restBackend } = await import('./rest/rest-backend.js')
    return restBackend(address, { token })
  }
  const [{ openArtifacts }, { storeBackend }] = await Promise.all([
    import('../artifacts/index.js'),
    import('./store-backend.js'),
  ])
  const opened = await openStore(address, { create })
  try {
    return storeBackend(opened, await openArtifacts({ url: artifacts, store: opened }))
  } catch (error) {
    await opened.close()
    throw error
  }
}
