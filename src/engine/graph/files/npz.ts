// .npz: several arrays by name, as numpy.savez writes them: a zip archive of .npy files.
import { UsageError, writeFileAtomic } from '../../../base/index.js'
import type { NDArray } from '../array.js'
import { openBytes } from './byte-source.js'
import { npyParts, readNpyFrom } from './npy.js'
import { readZipDirectory, zipFault } from './zip-directory.js'
import { readZipEntry } from './zip-read.js'
import { zipArchive, type ZipFile, type ZipWriteOptions } from './zip-write.js'

/** How a .npz file is written. */
export interface NpzOptions {
  /** Deflates, as numpy.savez_compressed does. @default false */
  readonly compress?: boolean
}

const suffix = '.npy'

/**
 * Reads all arrays of a .npz file, stored or deflated, also beyond 4 GB (zip64). Elements convert as in {@link readNpy}.
 *
 * @param source - the path of a file, or its bytes
 * @returns arrays by name, in the order of the file
 * @throws {@link FormatError} for a damaged file (checksums are compared), and for what {@link readNpy} refuses
 * @throws {@link NotFoundError} when there is no such file
 * @example
 * ```ts
 * const bytes = await encodeNpz({ x: { dtype: 'int32', shape: [2], data: Int32Array.of(3, 4) } })
 * const { x } = await readNpz(bytes)
 * x.data // => Int32Array [3, 4]
 * ```
 */
export async function readNpz(source: string | Uint8Array): Promise<Record<string, NDArray>> {
  await using bytes = await openBytes(source)
  const arrays: [string, NDArray][] = []
  for (const entry of await readZipDirectory(bytes)) {
    if (!entry.name.endsWith(suffix))
      throw zipFault(
        bytes,
        entry.position,
        `'${entry.name}' is no array (.npy). Write the file with numpy.savez.`,
      )
    const name = entry.name.slice(0, -suffix.length)
    await using content = await openBytes(await readZipEntry(bytes, entry))
    arrays.push([name, await readNpyFrom(content, `${bytes.name}, array '${name}'`)])
  }
  return Object.fromEntries(arrays)
}

/**
 * The bytes of a .npz file, as numpy.load reads them.
 *
 * @throws {@link UsageError} for a name that no file can have
 * @example
 * ```ts
 * const x = { dtype: 'float64' as const, shape: [1], data: Float64Array.of(1) }
 * Object.keys(await readNpz(await encodeNpz({ x, y: x }, { compress: true }))) // => ['x', 'y']
 * ```
 */
export async function encodeNpz(
  arrays: Readonly<Record<string, NDArray>>,
  options: NpzOptions = {},
): Promise<Uint8Array> {
  return archiveBytes(arrays, options)
}

/** As {@link encodeNpz}; tests choose where zip64 begins. */
export async function archiveBytes(
  arrays: Readonly<Record<string, NDArray>>,
  options: ZipWriteOptions,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of zipArchive(npyFiles(arrays), options)) pieces.push(piece)
  return new Uint8Array(Buffer.concat(pieces))
}

/**
 * Writes a .npz file, whole or not at all, as numpy.load reads it.
 *
 * @throws {@link StorageError} when the disk is full or the folder cannot be written
 * @throws {@link UsageError} for a name that no file can have
 * @example
 * ```ts no-run
 * const x = { dtype: 'float32' as const, shape: [2], data: Float32Array.of(1, 2) }
 * await writeNpz('batch.npz', { x, y: x }, { compress: true })
 * ```
 */
export async function writeNpz(
  path: string,
  arrays: Readonly<Record<string, NDArray>>,
  options: NpzOptions = {},
): Promise<void> {
  await writeFileAtomic(path, zipArchive(npyFiles(arrays), options))
}

/** The format has 16 bits for the length of a name. */
const longestName = 65_535

function npyFiles(arrays: Readonly<Record<string, NDArray>>): ZipFile[] {
  return Object.entries(arrays).map(([name, array]) => {
    const file = `${name}${suffix}`
    // A lone half of a surrogate pair has no UTF-8, a zero byte ends names in other readers.
    if (Buffer.byteLength(file) > longestName || /\p{Surrogate}/u.test(file) || file.includes('\0'))
      throw new UsageError(
        `writeNpz: '${name.slice(0, 60)}' cannot be the name of an array in a file. Choose a shorter or plainer one.`,
        { argument: name },
      )
    return { name: file, pieces: npyParts(array) }
  })
}
