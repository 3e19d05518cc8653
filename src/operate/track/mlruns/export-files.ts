// What all parts of an export do alike: where they write to, and files by the names of what they hold.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Artifacts } from '../../artifacts/index.js'
import type { Pairs, Store } from '../../store/index.js'
import { checkName } from '../limits.js'
import type { Addresses } from './addresses.js'
import { metaFile } from './layout.js'
import { type Skip, understood } from './read-files.js'
import { type YamlInput, yamlText } from './yaml.js'

export interface ExportPlaces {
  readonly store: Store
  readonly artifacts: Artifacts
  readonly skip: Skip
  /** Where the files of runs and models went. */
  readonly addresses: Addresses
}

export interface ExperimentDestination extends ExportPlaces {
  /** The folder of the experiment. */
  readonly folder: string
  /** As the folder calls it. */
  readonly experimentId: string
  /** The address of the experiment's artifacts, where the folder will stand. */
  readonly address: string
}

/** What an export wrote. */
export interface ExportCount {
  experiments: number
  runs: number
  loggedModels: number
  registeredModels: number
  versions: number
  files: number
}

/** The meta.yaml of a folder, which is made. */
export async function writeMeta(folder: string, meta: YamlInput): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, metaFile), yamlText(meta))
}

export async function writePairs(folder: string, pairs: Pairs, skip: Skip): Promise<void> {
  for (const [key, value] of Object.entries(pairs))
    await named(folder, key, skip, (path) => writeFile(path, value))
}

/** Writes a file by the name of what it holds; one that cannot be a path, or is the folder of another, is noted. */
export async function named(
  folder: string,
  key: string,
  skip: Skip,
  write: (path: string) => Promise<void>,
): Promise<void> {
  const path = join(folder, key)
  if (understood(path, skip, () => checkName('tag', key)) === undefined) return
  await nameable(path, skip, async () => {
    await mkdir(dirname(path), { recursive: true })
    await write(path)
  })
}

const noNames = ['EISDIR', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG']

/** Does it, or notes that nothing here can have this name. */
export async function nameable(path: string, skip: Skip, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!noNames.includes(code ?? '')) throw error
    skip(path, `No file can have this name here (${code}): another name begins with it, or it is too long.`)
  }
}
