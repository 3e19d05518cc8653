// A registry on a store of either database, with artifacts in a folder of its own.
import { join } from 'node:path'
import { type Artifacts, openArtifacts } from '../../src/operate/artifacts/index.js'
import { openRegistry, type Registry } from '../../src/operate/registry/index.js'
import type { Store } from '../../src/operate/store/index.js'
import type { StoreHome } from './stores.js'

export interface TestRegistry {
  readonly store: Store
  readonly artifacts: Artifacts
  readonly registry: Registry
  /** Where the blobs lie. */
  readonly blobs: string
}

export async function testRegistry(
  home: StoreHome,
  folder: string,
  time?: () => number,
): Promise<TestRegistry> {
  const store = await home.open(time)
  const blobs = join(folder, `artifacts-${home.name}-${++count}`)
  const artifacts = await openArtifacts({ url: blobs, store })
  return { store, artifacts, registry: await openRegistry({ store, artifacts }), blobs }
}
let count = 0
