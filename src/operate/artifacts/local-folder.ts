// Folders of this machine: what is in one, and writing into one without being led out of it.
import { randomUUID } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConflictError, storageError, UsageError } from '../../base/index.js'
import { readingError } from './contents.js'

/** A file in a folder, with slashes in its path on every system. */
export interface FileInFolder {
  readonly path: string
  readonly file: string
  readonly size: number
}

/**
 * Every file in a folder, at any depth, by name.
 *
 * @throws {@link UsageError} for a symbolic link, a device or a pipe: it is no content of the folder
 * @throws {@link NotFoundError} where there is no folder
 */
export async function filesIn(folder: string): Promise<FileInFolder[]> {
  const files: FileInFolder[] = []
  for (const item of await itemsOf(folder)) {
    const place = join(folder, item.name)
    if (item.isDirectory()) {
      const below = await filesIn(place)
      files.push(...below.map((found) => ({ ...found, path: `${item.name}/${found.path}` })))
    } else if (item.isFile()) {
      files.push({ path: item.name, file: place, size: (await lstat(place)).size })
    } else throw notAFile(place, item)
  }
  return files
}

async function itemsOf(folder: string): Promise<Dirent[]> {
  try {
    const items = await readdir(folder, { withFileTypes: true })
    return items.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw readingError(folder, error)
  }
}

function notAFile(place: string, item: Dirent): UsageError {
  const what = item.isSymbolicLink() ? 'a symbolic link, which may lead anywhere' : 'no file'
  return new UsageError(
    `'${place}' is ${what}. Artifacts are files: copy what it stands for into the folder, or leave it out.`,
    { argument: place },
  )
}

/**
 * Writes a file below a folder, whole or not at all. Its path has been checked; links that stand in the folder are not followed.
 *
 * @throws {@link ConflictError} where a link or a file stands in the place of a folder
 * @throws {@link StorageError} when the disk is full
 */
export async function writeBelow(
  folder: string,
  path: string,
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  const names = path.split('/')
  const name = names.pop()!
  const place = join(await folderBelow(folder, names), name)
  const partial = join(place, '..', `.${randomUUID()}.partial`)
  try {
    await writeNew(partial, source)
    await rename(partial, place).catch((error: unknown) => {
      throw storageError(place, error)
    })
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined)
    throw error
  }
}

async function writeNew(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const explain = (error: unknown): never => {
    throw storageError(path, error)
  }
  const handle = await open(path, 'wx').catch(explain)
  try {
    for await (const chunk of source) await handle.writeFile(chunk).catch(explain)
  } finally {
    await handle.close()
  }
}

/** Makes the folders one by one: each must be a folder itself, not a link to one. */
async function folderBelow(folder: string, names: readonly string[]): Promise<string> {
  try {
    await mkdir(folder, { recursive: true })
    let place = await realpath(folder)
    for (const name of names) {
      place = join(place, name)
      await mkdir(place).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      })
      if (!(await lstat(place)).isDirectory()) throw inTheWay(place)
    }
    return place
  } catch (error) {
    throw storageError(folder, error)
  }
}

function inTheWay(place: string): ConflictError {
  return new ConflictError(
    `'${place}' is a file or a link, but artifacts are to be written into a folder of this name. Choose another folder.`,
    { kind: 'file', id: place },
  )
}
