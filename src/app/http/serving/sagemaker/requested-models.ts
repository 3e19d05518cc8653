// Models that a platform has loaded by name and path while the server runs: a source of the service. Only paths below one folder are
// taken, as whoever may ask for a model must not so read the rest of the disk.
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { AccessError, ConflictError, NotFoundError, quote, UsageError } from '../../../../base/index.js'
import type { ModelSource, SourceVersion } from '../../../../operate/serve/index.js'

/** A source that grows and shrinks by request. */
export interface RequestedModels extends ModelSource {
  /**
   * Takes a model in; the service loads it when asked to.
   *
   * @throws {@link ConflictError} for a name that is there; {@link NotFoundError}, {@link AccessError} for a path that is not, or
   * that is outside the folder
   */
  add(name: string, path: string): Promise<void>
  /** Drops a model. @throws {@link NotFoundError} */
  remove(name: string): void
  /** Names and paths, in the order of the names. */
  entries(): readonly { readonly name: string; readonly path: string }[]
}

/** @param folder - SageMaker puts models below `/opt/ml/models` */
export function requestedModels(folder: string): RequestedModels {
  const models = new Map<string, { readonly path: string; readonly version: SourceVersion }>()
  const listeners = new Set<() => void>()
  const changed = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    list: async () => ({ versions: [...models.values()].map(({ version }) => version) }),
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async add(name, path) {
      if (models.has(name)) throw taken(name)
      const version = await versionAt(name, path, folder)
      if (models.has(name)) throw taken(name)
      models.set(name, { path, version })
      changed()
    },
    remove(name) {
      if (!models.delete(name)) throw unknown(name)
      changed()
    },
    entries: () =>
      [...models].map(([name, { path }]) => ({ name, path })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

const taken = (name: string): ConflictError =>
  new ConflictError(`A model ${quote(name)} is loaded already. Unload it first.`, { kind: 'model', id: name })

export const unknown = (name: string): NotFoundError =>
  new NotFoundError(`There is no model ${quote(name)}.`, { kind: 'model', id: name })

async function versionAt(model: string, path: string, folder: string): Promise<SourceVersion> {
  const root = await realpath(folder).catch(() => resolve(folder))
  const place = await realpath(resolve(folder, path)).catch(() => undefined)
  const inside = place === undefined ? resolve(folder, path) : place
  if (relative(root, inside).split(sep)[0] === '..') {
    throw new AccessError(`Models are loaded from ${quote(folder)} only; ${quote(path)} is outside of it.`, {
      reason: 'path',
      scope: 'admin',
    })
  }
  if (place === undefined)
    throw new NotFoundError(`There is no model at ${quote(path)}.`, { kind: 'model', id: path })
  const found = await modelIn(place, path)
  const { mtimeMs, size } = await stat(found)
  return { model, version: '1', path: found, fingerprint: `${found} ${mtimeMs} ${size}` }
}

/** The bundle or file that a path names: itself, or, as archives often hold a folder, what stands alone in it. */
async function modelIn(place: string, given: string): Promise<string> {
  if (!(await stat(place)).isDirectory()) return place
  const names = (await readdir(place)).filter((name) => !name.startsWith('.'))
  if (names.includes('manifest.json')) return place
  const onnx = names.find((name) => name.endsWith('.onnx'))
  if (onnx !== undefined) return join(place, onnx)
  if (names.length === 1 && (await stat(join(place, names[0]!))).isDirectory())
    return modelIn(join(place, names[0]!), given)
  throw new UsageError(`${quote(given)} holds neither a bundle (manifest.json) nor an ONNX file.`, {
    argument: 'url',
  })
}
