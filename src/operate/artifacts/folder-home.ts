// Bytes in a folder of this machine. What is written stands in `temporary/` until it is complete and on the disk, then it is renamed.
import { randomUUID } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FormatError, NotFoundError, storageError } from '../../base/index.js'
import { pieces, readingError } from './contents.js'
import type { ByteRange, Home, Kept } from './home.js'

const temporary = 'temporary'

/** A home in a folder, which is made at the first write. */
export function folderHome(folder: string): Home {
  const at = (key: string): string => join(folder, ...key.split('/'))
  return {
    place: folder,
    remote: false,
    async write(key, source) {
      const partial = at(`${temporary}/${randomUUID()}.partial`)
      try {
        await writeWhole(partial, source)
        await putInPlace(partial, at(key))
      } catch (error) {
        await rm(partial, { force: true }).catch(() => undefined)
        throw error
      }
    },
    read: (key, range) => readFrom(at(key), range),
    find: (key) => statOf(at(key), key),
    move: (from, to) => putInPlace(at(from), at(to)),
    remove: (key) => removeFrom(at(key)),
    removeAll: (prefix) => removeFrom(at(prefix)),
    list: (prefix) => walk(folder, prefix.replace(/\/$/, '')),
    async clean(before) {
      for await (const { key, modified } of walk(folder, temporary)) {
        if (modified < before) await removeFrom(at(key))
      }
    },
    close: () => undefined,
  }
}

/** Runs an operation of the file system that writes; its failure becomes a sentence. */
async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storageError(path, error)
  }
}

async function writeWhole(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await writing(path, async () => {
    await mkdir(dirname(path), { recursive: true })
    return open(path, 'wx')
  })
  try {
    // Errors of the source are not ours to explain.
    for await (const chunk of source) await writing(path, () => writeAll(handle, chunk))
    // A name must not be on the disk before its contents are.
    await writing(path, () => handle.sync())
  } finally {
    await handle.close()
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, written)
    written += bytesWritten
  }
}

async function putInPlace(from: string, to: string): Promise<void> {
  await writing(to, async () => {
    await mkdir(dirname(to), { recursive: true })
    await rename(from, to).catch((error: unknown) => yieldToReader(from, to, error))
    await syncFolder(dirname(to))
  })
}

/** Windows replaces no file that is being read; what is there under a hash is the same anyway. */
async function yieldToReader(from: string, to: string, error: unknown): Promise<void> {
  const sizes = await Promise.all([from, to].map((path) => stat(path).catch(() => undefined)))
  const busy = ['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')
  if (!busy || sizes[0] === undefined || sizes[0].size !== sizes[1]?.size) throw error
  await rm(from, { force: true })
}

/** Makes a rename survive a power cut, where the system lets folders be opened (Windows does not). */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

async function* readFrom(path: string, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  const handle = await reading(path, () => open(path, 'r'))
  try {
    let left = end - start
    const read = (buffer: Uint8Array, position: number) =>
      reading(path, () => handle.read(buffer, 0, buffer.length, position))
    for await (const chunk of pieces(read, start, end)) {
      left -= chunk.length
      yield chunk
    }
    if (left > 0) throw cutShort(path, end - left)
  } finally {
    await handle.close()
  }
}

async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw readingError(path, error)
  }
}

function cutShort(path: string, position: number): FormatError {
  return new FormatError(
    `'${path}' ends at byte ${position}, while it was read: it has been cut. Store the artifact again.`,
    { format: 'artifact', position },
  )
}

async function statOf(path: string, key: string): Promise<Kept | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? { key, size: found.size, modified: found.mtimeMs } : undefined
  } catch (error) {
    const explained = readingError(path, error)
    if (NotFoundError.is(explained)) return undefined
    throw explained
  }
}

const removeFrom = (path: string): Promise<void> =>
  writing(path, () => rm(path, { recursive: true, force: true }))

/** Files below a key, in the order of their keys; those that vanish meanwhile are left out. */
async function* walk(folder: string, key: string): AsyncGenerator<Kept> {
  const items = await readdir(join(folder, ...key.split('/')), { withFileTypes: true }).catch(noneOf)
  for (const item of items.toSorted((a, b) => (sortName(a) < sortName(b) ? -1 : 1))) {
    const below = `${key}/${item.name}`
    if (item.isDirectory()) yield* walk(folder, below)
    const found = item.isFile() ? await statOf(join(folder, ...below.split('/')), below) : undefined
    if (found !== undefined) yield found
  }
}

/** The order of whole keys, in which a slash follows the name of a folder. */
const sortName = (item: Dirent): string => (item.isDirectory() ? `${item.name}/` : item.name)

function noneOf(error: unknown): Dirent[] {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
  throw storageError('', error)
}
