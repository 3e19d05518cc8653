// Where a folder is brought into, and what all parts of an import do alike.
import { ModelwrightError } from '../../../base/index.js'
import { type ArtifactPlace, type Artifacts, placeBelow } from '../../artifacts/index.js'
import type { Experiment, Store } from '../../store/index.js'
import { checkArtifactPath } from '../run-files.js'
import { filesBelow, type Skip, understood } from './read-files.js'

export interface ImportPlaces {
  readonly store: Store
  readonly artifacts: Artifacts
  readonly skip: Skip
}

export interface ImportTarget extends ImportPlaces {
  readonly experiment: Experiment
  readonly experimentFolder: string
  /** To be called before something is added: only an active experiment takes it. One that is deleted is so again afterwards. */
  activate(): Promise<void>
}

/** What an import added. */
export interface ImportCount {
  experiments: number
  runs: number
  known: number
  loggedModels: number
  registeredModels: number
  versions: number
  files: number
}

/**
 * Brings the files of a folder to their place; tells how many. Only what lies in the folder: an address in a meta.yaml may point at
 * anything on this machine.
 */
export async function copyFiles(
  folder: string,
  to: ArtifactPlace,
  {
    artifacts,
    skip,
    said,
  }: ImportPlaces & { /** Where they lie as the folder has it. */ readonly said: string },
): Promise<number> {
  const files = await filesBelow(folder, skip)
  let count = 0
  for (const { name, path } of files) {
    if (understood(path, skip, () => checkArtifactPath(name)) === undefined) continue
    try {
      const place = placeBelow(to, name)
      await artifacts.write(place.root, place.path, { file: path, follow: false })
      count++
    } catch (error) {
      if (!ModelwrightError.is(error) || !['usage', 'not-found', 'conflict'].includes(error.code)) throw error
      skip(path, error.message)
    }
  }
  if (files.length === 0 && /^[a-z0-9+.-]+:/i.test(said) && !said.startsWith('file:'))
    skip(folder, `Its artifacts lie at '${said}' and were not brought along.`)
  return count
}
