// Writing so that a reader never sees half a file: write beside, then rename.
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { existsSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConflictError, InternalError, ModelwrightError, StorageError } from './errors.js'

/** Where a path leads once its symbolic links are followed, also when nothing stands there yet. */
export function destinationOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const link = linkAt(path)
    if (link !== undefined) return destinationOf(resolve(dirname(path), link))
    const folder = dirname(resolve(path))
    return folder === resolve(path) ? folder : join(destinationOf(folder), basename(path))
  }
}

function linkAt(path: string): string | undefined {
  try {
    // A link that leads in a circle leads nowhere: what is written replaces it.
    statSync(path)
    return undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined
  }
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/** The place beside `path` where it is prepared; on the same disk, so that the rename is atomic. */
export function besidePath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.partial`)
}

/** What is written to a file: all of it, or its pieces in order. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/**
 * Writes a file whole or not at all.
 *
 * @throws {@link StorageError} when the disk is full or the folder cannot be written
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  const place = destinationOf(path)
  const beside = besidePath(place)
  try {
    await mkdir(dirname(place), { recursive: true })
    await writeFile(beside, content)
    await rename(beside, place)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw storageError(path, error)
  }
}

/**
 * Fills a folder that is not there yet, or empty, whole or not at all.
 *
 * @param fill - writes into the folder that it is given, which stands beside the place until all is there
 * @throws {@link ConflictError} when the folder holds something; {@link StorageError} as {@link writeFileAtomic}
 */
export async function writeFolderAtomic<T>(
  folder: string,
  fill: (beside: string, place: string) => Promise<T>,
): Promise<T> {
  const place = destinationOf(folder)
  await requireEmpty(folder, place)
  // Several may fill it at once, also from containers where each has the same process id.
  const beside = join(dirname(place), `.${basename(place)}.${randomUUID()}.partial`)
  try {
    await mkdir(beside, { recursive: true })
    const result = await fill(beside, place)
    // An empty folder may stand there; what somebody has written meanwhile stays.
    await rmdir(place).catch(() => undefined)
    await rename(beside, place).catch(async (error: unknown) => {
      await requireEmpty(folder, place)
      throw error
    })
    return result
  } catch (error) {
    await rm(beside, { recursive: true, force: true }).catch(() => undefined)
    throw storageError(folder, error)
  }
}

async function requireEmpty(folder: string, place: string): Promise<void> {
  const names = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw storageError(folder, error)
  })
  if (names.length === 0) return
  throw new ConflictError(
    `'${folder}' holds other files (such as '${names[0]}'), expected an empty folder or none. Choose another folder.`,
    { kind: 'folder', id: folder },
  )
}

/** Turns a failure of the file system into a sentence; anything else, errors of ours too, comes back as it was. */
export function storageError(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code === undefined || ModelwrightError.is(error)) return error
  const reason =
    {
      ENOSPC: 'the disk is full. Free some space',
      EDQUOT: 'the disk quota is used up. Free some space',
      EACCES: 'permission was denied. Choose another folder',
      EPERM: 'permission was denied. Choose another folder',
      EROFS: 'the file system is read-only. Choose another folder',
      ENOTDIR: 'a part of that path is a file, not a folder. Choose another place',
      EEXIST: 'a part of that path is a file, not a folder. Choose another place',
      EISDIR: 'a folder stands there. Choose another name',
    }[code] ?? `the file system answered ${code}. Check the path`
  return new StorageError(
    `Could not write '${path}': ${reason}, then run this again.`,
    { path, errno: code },
    error,
  )
}

/**
 * Where a file of the built package lies, also when the sources run directly (tests): workers and WebAssembly modules
 * exist only in `dist`, at the same place as their source in `src`.
 */
export function builtFile(importMetaUrl: string, relative: string): string {
  const beside = fileURLToPath(new URL(relative, importMetaUrl))
  if (existsSync(beside)) return beside
  const built = beside.replace(/([\\/])src([\\/](?!.*[\\/]src[\\/]))/, '$1dist$2')
  if (existsSync(built)) return built
  throw new InternalError(
    `'${beside}' is missing from the installation. Build the package with: npm run build`,
    {
      path: beside,
    },
  )
}
