// Reading a folder of runs, of which any file may be missing, damaged or hostile: each fault is noted with its place, and reading goes on.
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseYaml, type YamlRecord } from './yaml.js'
import { metaFile } from './layout.js'

/** A file that was left out, and why. */
export interface SkippedFile {
  readonly path: string
  readonly reason: string
}

/** Where faults are noted. */
export type Skip = (path: string, reason: string) => void

/** Bytes of a file that is read whole: MLflow's values have at most 8,000 characters, its profiles of data 16 MB. */
const mostBytes = 32 * 2 ** 20

/** Names of folders directly in a folder; none where it is not there. Links are not followed: they lead anywhere. */
export async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
}

/** A file in a folder, by its path with slashes. */
export interface FoundFile {
  readonly name: string
  readonly path: string
}

/** All files below a folder; names with slashes are files in folders, as metrics have them. Links are noted and left out. */
export async function filesBelow(folder: string, skip: Skip, prefix = ''): Promise<FoundFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found: FoundFile[] = []
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    const name = prefix + entry.name
    if (entry.isDirectory()) found.push(...(await filesBelow(path, skip, `${name}/`)))
    else if (entry.isFile()) found.push({ name, path })
    else skip(path, 'It is no file but a link or a device, which is not followed.')
  }
  return found
}

/** A text; undefined, and noted, where it cannot be read. */
export async function readValue(path: string, skip: Skip): Promise<string | undefined> {
  try {
    if ((await lstat(path)).size > mostBytes) {
      skip(path, `It has more than ${mostBytes} bytes, which no value has.`)
      return undefined
    }
    return await readFile(path, 'utf8')
  } catch (error) {
    skip(path, `It cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`)
    return undefined
  }
}

/** The meta.yaml of a folder; undefined, and noted, where there is none or it cannot be understood. */
export async function readMeta(folder: string, skip: Skip): Promise<YamlRecord | undefined> {
  const path = join(folder, metaFile)
  const text = await readValue(path, skip)
  return text === undefined ? undefined : understood(path, skip, () => parseYaml(text, path))
}

/** What `read` gives, or undefined with its error noted. */
export function understood<T>(path: string, skip: Skip, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    skip(path, (error as Error).message)
    return undefined
  }
}

/** Lines one by one, in bounded memory. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })
}
