// What a bundle among the artifacts says of itself: its manifest is read, not its graph.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ModelwrightError, orNone } from '../../base/index.js'
import { placeBelow } from '../artifacts/index.js'
import { readManifest } from '../bundle/index.js'
import type { Run, Store } from '../store/index.js'
import { type Lineage, lineageOf } from './lineage.js'
import { placeOf, type RegistryArtifacts } from './model-files.js'
import { type ModelSignature, signatureOf } from './signature.js'

export interface BundleFacts {
  readonly signature: ModelSignature
  readonly lineage: Lineage
}

/** Behind {@link Registry.inspect}. */
export async function inspectBundle(
  { store, artifacts }: { readonly store: Store; readonly artifacts: RegistryArtifacts },
  location: string,
  runId: string | undefined,
): Promise<BundleFacts | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'modelwright-inspect-'))
  try {
    const place = await placeOf(store, location)
    if (place === undefined) return undefined
    const { path } = placeBelow({ ...place, path: place.path.replace(/\/$/, '') }, 'manifest.json')
    if ((await artifacts.downloadFolder(place.root, folder, { folder: path })) === 0) return undefined
    const manifest = await readManifest(folder)
    return {
      signature: signatureOf(manifest),
      lineage: lineageOf(manifest, await runOf(store, runId), undefined),
    }
  } catch (error) {
    // It is somebody's model all the same; only what it takes stays unknown.
    if (ModelwrightError.is(error) && ['format', 'not-found', 'usage'].includes(error.code)) return undefined
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs of other servers are named too. */
async function runOf(store: Store, runId: string | undefined): Promise<Run | undefined> {
  return runId === undefined ? undefined : orNone(store.runs.get(runId))
}
