// Bytes that are read piece by piece, of a file or of memory: a header first, then only what is asked for.
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { FormatError, ModelwrightError, NotFoundError, StorageError } from '../../../base/index.js'

/** Bytes with random access. Close it when done; `await using` does. */
export interface ByteSource extends AsyncDisposable {
  /** How messages call it. */
  readonly name: string
  readonly size: number
  /** A copy of a range, aligned for every element type. @throws {@link FormatError} when the bytes end before it does */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>
}

/** One read call of Node takes less than 2 GB. */
const largestRead = 2 ** 30

/**
 * Opens a file, or takes bytes as they are.
 *
 * @throws {@link NotFoundError} when there is no such file
 * @throws {@link StorageError} when it cannot be read
 */
export async function openBytes(source: string | Uint8Array): Promise<ByteSource> {
  if (typeof source !== 'string') return bytesInMemory(source)
  const file = await open(source, 'r').catch((error: unknown) => {
    throw readFault(source, error)
  })
  try {
    const stat = await file.stat()
    if (stat.isDirectory()) throw readFault(source, Object.assign(new Error('EISDIR'), { code: 'EISDIR' }))
    return bytesOfFile(file, source, stat.size)
  } catch (error) {
    await file.close()
    throw error
  }
}

function bytesInMemory(bytes: Uint8Array): ByteSource {
  const source: ByteSource = {
    name: 'the given bytes',
    size: bytes.length,
    async read(position, length) {
      checkRange(source, position, length)
      const copy = new Uint8Array(length)
      copy.set(bytes.subarray(position, position + length))
      return copy
    },
    [Symbol.asyncDispose]: async () => {},
  }
  return source
}

function bytesOfFile(file: FileHandle, path: string, size: number): ByteSource {
  const source: ByteSource = {
    name: `'${basename(path)}'`,
    size,
    async read(position, length) {
      checkRange(source, position, length)
      const bytes = new Uint8Array(length)
      for (let at = 0; at < length;) {
        const wanted = Math.min(largestRead, length - at)
        const { bytesRead } = await file.read(bytes, at, wanted, position + at).catch((error: unknown) => {
          throw readFault(path, error)
        })
        // The file was cut after it was opened.
        if (bytesRead === 0) throw endsEarly(source, position, length)
        at += bytesRead
      }
      return bytes
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
  return source
}

function checkRange(source: ByteSource, position: number, length: number): void {
  if (position >= 0 && length >= 0 && position + length <= source.size) return
  throw endsEarly(source, position, length)
}

const endsEarly = ({ name, size }: ByteSource, position: number, length: number): FormatError =>
  new FormatError(
    `${name} ends after ${size} bytes, expected ${length} bytes from byte ${position} on. It was cut; take it again from where it came.`,
    { position, expected: length, size },
  )

/** Turns a failure of the file system into a sentence; errors of ours come back as they were. */
export function readFault(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code === undefined || ModelwrightError.is(error)) return error
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new NotFoundError(`There is no file '${path}'. Check the path.`, { kind: 'file', id: path }, error)
  const reason =
    { EISDIR: 'it is a folder. Name a file in it', EACCES: 'permission was denied. Check its rights' }[
      code
    ] ?? `the file system answered ${code}. Check the path`
  return new StorageError(`Could not read '${path}': ${reason}.`, { path, errno: code }, error)
}
