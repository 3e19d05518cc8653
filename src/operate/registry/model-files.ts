// The files of a version: where among the artifacts they lie, and how they come into a folder, checked.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FormatError, NotFoundError, writeFolderAtomic } from '../../base/index.js'
import { type ArtifactPlace, placeOfUri } from '../artifacts/index.js'
import { readBundle } from '../bundle/index.js'
import type { ModelVersion, Store } from '../store/index.js'

/** What the registry needs of artifacts. */
export interface RegistryArtifacts {
  writeFolder(root: string, localFolder: string): Promise<unknown>
  /** Tells how many files it wrote. */
  downloadFolder(
    root: string,
    localFolder: string,
    options?: { readonly folder?: string | undefined },
  ): Promise<number>
}

/** Where the files of a new version go: by an id of their own, as names of models may change. */
export const versionRoot = (id: string): string => `models/${id}/bundle`

/** The address of a root that {@link versionRoot} gave. */
export const versionLocation = (id: string): string => `mlflow-artifacts:/${versionRoot(id)}`

/**
 * Where files lie that an address of MLflow means: `mlflow-artifacts:/…` of this server, `runs:/<run>/<path>`, `models:/…` of this
 * registry. Undefined for what lies elsewhere.
 */
export async function placeOf(store: Store, location: string): Promise<ArtifactPlace | undefined> {
  const run = /^runs:\/+([^/]+)(?:\/(.*))?$/s.exec(location)
  if (run !== null) return { root: `runs/${run[1]!}`, path: run[2] ?? '' }
  const named = /^models:\/+([^/@]+)\/(\d{1,15})$/.exec(location)
  if (named === null) return placeOfUri(location)
  const version = await store.models.getVersion(named[1]!, Number(named[2]))
  // A version of a version: its own files are elsewhere, and it cannot be made of itself.
  return version.storageLocation === location ? undefined : placeOf(store, version.storageLocation)
}

/** What a folder of model files is. */
export type ModelKind = 'bundle' | 'onnx'

/** Files that came into a folder. */
export interface DownloadedModel {
  /** The folder of a bundle, or the ONNX file in it. */
  readonly path: string
  readonly kind: ModelKind
}

/**
 * Writes the files of a version into a new folder, whole or not at all, each checked by its hash.
 *
 * @throws {@link NotFoundError} when they lie elsewhere or are gone; {@link FormatError} when they are damaged or no model
 * @throws {@link ConflictError} when the folder holds something
 */
export async function downloadVersion(
  { store, artifacts }: { readonly store: Store; readonly artifacts: RegistryArtifacts },
  version: ModelVersion,
  folder: string,
): Promise<DownloadedModel> {
  const place = await placeOf(store, version.storageLocation)
  if (place === undefined) {
    throw new NotFoundError(
      `The files of '${version.name}/${version.version}' are not here but at '${version.storageLocation}', as its creator said. Fetch them from there, or register the bundle here.`,
      { kind: 'model files', id: version.storageLocation },
    )
  }
  return writeFolderAtomic(folder, async (beside, destination) => {
    const count = await artifacts.downloadFolder(place.root, beside, { folder: place.path })
    if (count === 0) {
      throw new NotFoundError(
        `The files of '${version.name}/${version.version}' are gone: there is nothing at '${version.storageLocation}'. Register the bundle again.`,
        { kind: 'model files', id: version.storageLocation },
      )
    }
    const found = await kindOf(beside)
    return { ...found, path: join(destination, found.path) }
  })
}

/** What lies in a folder that {@link downloadVersion} wrote. @throws {@link FormatError} when it is no model */
export async function downloadedModel(folder: string): Promise<DownloadedModel> {
  const found = await kindOf(folder)
  return { ...found, path: join(folder, found.path) }
}

/** Looks what the files are; the path is that within the folder. @throws {@link FormatError} when they are no model */
async function kindOf(folder: string): Promise<DownloadedModel> {
  const names = await readdir(folder)
  if (names.includes('manifest.json')) {
    await readBundle(folder)
    return { path: '', kind: 'bundle' }
  }
  const graphs = names.filter((name) => /\.onnx$/i.test(name))
  const graph = graphs.length === 1 ? graphs[0] : graphs.find((name) => name === 'model.onnx')
  if (graph !== undefined && (await stat(join(folder, graph))).isFile()) return { path: graph, kind: 'onnx' }
  throw new FormatError(
    `There is neither a bundle nor an ONNX file among the files of the version (${names.slice(0, 5).join(', ')}). Models of other kinds are kept and given out, but cannot be run here.`,
    { format: 'model', path: folder },
  )
}
