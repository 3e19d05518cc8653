// Where a version may come from. A path of this machine is no source: it would give out any file that the server can read.
import { posix, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { orNone } from '../../../base/index.js'
import { parseReference } from '../../../operate/registry/index.js'
import type { Store } from '../../../operate/store/index.js'
import { invalidParameter } from '../mlflow/index.js'

export interface GivenSource {
  readonly source: string
  readonly runId: string
  readonly modelId: string
}

export interface FoundSource {
  readonly storageLocation: string
  readonly runId: string
}

/** Checks a source and finds where its files are. */
export async function findSource(store: Store, given: GivenSource): Promise<FoundSource> {
  const { source, runId } = given
  if (isLocal(source)) await requireWithinRun(store, given)
  else requirePlainPath(source)
  if (!source.startsWith('models:')) return { storageLocation: source, runId }
  const id = /^models:\/+(m-[0-9a-f]{32})\/?$/.exec(source)?.[1]
  if (id !== undefined) {
    const model = await store.loggedModels.get(id)
    return { storageLocation: model.artifactUri, runId: runId || (model.sourceRunId ?? '') }
  }
  const { name, version, alias } = parseReference(source)
  const origin =
    alias === undefined
      ? await store.models.getVersion(name, version ?? 0)
      : await store.models.getVersionByAlias(name, alias)
  return { storageLocation: origin.storageLocation, runId }
}

/** The source of a prompt: mostly a word, never a path of this machine. @throws {@link UsageError} */
export function promptSource(source: string): string {
  if (/^(?:file:|\/)/i.test(source)) {
    throw invalidParameter(
      `Invalid prompt source: '${source}'. Local source paths are not allowed for prompts.`,
    )
  }
  if (/^[a-z][a-z0-9+.-]+:/i.test(source)) requirePlainPath(source)
  return source
}

const isLocal = (source: string): boolean => /^file:/i.test(source) || !/^[a-z][a-z0-9+.-]+:/i.test(source)

/** A local source must lie among the files of the run that it names, where that keeps them in a folder. */
async function requireWithinRun(store: Store, { source, runId, modelId }: GivenSource): Promise<void> {
  const owner = await ownerLocation(store, runId, modelId)
  if (owner !== undefined && isLocal(owner)) {
    const inside = relative(localPath(owner), localPath(source))
    if (!inside.startsWith('..') && resolve(inside) !== inside) return
  }
  const field = modelId === '' ? 'run_id' : 'model_id'
  throw invalidParameter(
    `Invalid model version source: '${source}'. To use a local path as a model version source, the ${field} request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the ${field}.`,
  )
}

async function ownerLocation(store: Store, runId: string, modelId: string): Promise<string | undefined> {
  if (modelId !== '') return (await orNone(store.loggedModels.get(modelId)))?.artifactUri
  return runId === '' ? undefined : (await orNone(store.runs.get(runId)))?.artifactUri
}

const localPath = (source: string): string => {
  try {
    return resolve(/^file:/i.test(source) ? fileURLToPath(source) : source)
  } catch {
    return resolve('/', source)
  }
}

/** However often it is encoded, an address must not lead up. */
function requirePlainPath(source: string): void {
  let plain = source
  for (let next = decoded(plain); next !== plain; next = decoded(plain)) plain = next
  const path = plain
    .replace(/^[a-z][a-z0-9+.-]*:(?:\/\/[^/]*)?/i, '')
    .replace(/\/+/g, '/')
    .replace(/\/$/, '')
  const normal = path === '' ? '' : posix.normalize(path)
  if (!plain.includes('\0') && !plain.split(/[/\\]/).includes('..') && normal === path) return
  throw invalidParameter(
    `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
