// A registry on a store of either database, with artifacts in a folder of its own.
import { cp, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegistry, type Registry, type RegistryArtifacts } from '../../src/operate/registry/index.js'
import type { Store } from '../../src/operate/store/index.js'
import type { StoreHome } from './stores.js'

export interface TestRegistry {
  readonly store: Store
  readonly artifacts: RegistryArtifacts
  readonly registry: Registry
}

export async function testRegistry(
  home: StoreHome,
  folder: string,
  time?: () => number,
): Promise<TestRegistry> {
  const store = await home.open(time)
  const artifacts = folderArtifacts(join(folder, `artifacts-${++count}`))
  return { store, artifacts, registry: await openRegistry({ store, artifacts }) }
}
let count = 0

function folderArtifacts(base: string): RegistryArtifacts {
  return {
    async writeFolder(root, local) {
      await mkdir(join(base, root), { recursive: true })
      await cp(local, join(base, root), { recursive: true })
    },
    async downloadFolder(root, local, { folder = '' } = {}) {
      const from = join(base, root, folder)
      const found = await stat(from).catch(() => undefined)
      if (found === undefined) return 0
      await mkdir(local, { recursive: true })
      if (found.isFile()) await cp(from, join(local, folder.split('/').at(-1)!))
      else await cp(from, local, { recursive: true })
      return found.isFile() ? 1 : (await readdir(from)).length
    },
  }
}
