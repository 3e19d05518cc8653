// Versions that were downloaded, each in a folder of its own. The time of a folder says when a process last needed it: several share them.
import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { ConflictError, now, OverloadError, sha256, wallClock } from '../../base/index.js'
import type { ModelVersion, Store } from '../store/index.js'
import { downloadedModel, downloadVersion, type RegistryArtifacts } from './model-files.js'

export interface CachePlace {
  readonly store: Store
  readonly artifacts: RegistryArtifacts
  /** The folder. */
  readonly cache: string
}

/** Where a version lies, and a text that is another for other files. */
export interface CachedVersion {
  readonly path: string
  readonly fingerprint: string
}

export interface ModelCache {
  /** The place of a version, which is filled first where it is not there. Nothing lies there while it cannot be had. */
  place(version: ModelVersion): Promise<CachedVersion>
  /** Says that these are still needed. */
  keep(versions: readonly Pick<CachedVersion, 'fingerprint'>[]): Promise<void>
}

/** A version that could not be had is asked for again after so many milliseconds: a minute is noticed, a request each second too. */
const retryAfter = 30_000
/** Milliseconds after which a version that no process needed is deleted: rolling back within a week needs no download. */
const unusedFor = 7 * 24 * 3600_000
/** Milliseconds after which processes say again what they need: often enough for any clock, and nothing beside a download. */
export const keepEvery = 3600_000

export function modelCache(given: CachePlace): ModelCache {
  const known = new Map<string, CachedVersion>()
  const failed = new Map<string, number>()
  return {
    async place(version) {
      // Files of a location never change: another upload has another.
      const key = sha256(`${version.name}/${version.version} ${version.storageLocation}`).slice(0, 32)
      const folder = join(given.cache, key)
      const found = known.get(key)
      // First it is said that it is needed, then looked at: who deletes looks the other way round.
      await touch(folder)
      if (found !== undefined && (await isThere(folder))) return found
      const missing = { path: folder, fingerprint: `missing:${key}` }
      if ((failed.get(key) ?? -Infinity) > now() - retryAfter) return missing
      try {
        const made = { path: await fill(given, version, folder), fingerprint: key }
        known.set(key, made)
        return made
      } catch (error) {
        if (OverloadError.is(error)) throw error
        failed.set(key, now())
        return missing
      }
    },
    keep: async (versions) => {
      await Promise.all(versions.map(({ fingerprint }) => touch(join(given.cache, fingerprint))))
    },
  }
}

async function fill(given: CachePlace, version: ModelVersion, folder: string): Promise<string> {
  if (await isThere(folder)) return (await downloadedModel(folder)).path
  await deleteUnused(given.cache)
  try {
    return (await downloadVersion(given, version, folder)).path
  } catch (error) {
    // Another process was quicker.
    if (ConflictError.is(error)) return (await downloadedModel(folder)).path
    throw error
  }
}

/** A folder that cannot be touched is none, or one that nobody can delete either. */
const touch = (folder: string): Promise<void> => {
  const time = new Date(wallClock())
  return utimes(folder, time, time).catch(() => undefined)
}

/** Folders of versions, and what downloads left that were killed; nothing else that may lie there. */
const ours = /^\.?([0-9a-f]{32})(\..+)?$/

/** Deletes what no process has needed for long. What cannot be deleted stays: a model that can be had matters more. */
async function deleteUnused(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    const key = ours.exec(name)?.[1]
    const aside = join(cache, `.${key}.${randomUUID()}`)
    if (key !== undefined) await deleteIfUnused(join(cache, name), aside).catch(() => undefined)
  }
}

async function deleteIfUnused(place: string, aside: string): Promise<void> {
  if (!(await isUnused(place))) return
  // Under another name nobody begins to use it; whoever did so just before has touched it, and gets it back.
  await rename(place, aside)
  if (await isUnused(aside)) await rm(aside, { recursive: true, force: true })
  else await rename(aside, place)
}

const isUnused = async (place: string): Promise<boolean> =>
  (await stat(place)).mtimeMs < wallClock() - unusedFor

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
