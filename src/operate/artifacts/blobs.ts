// Blobs: bytes by the hash of their contents. Equal contents are kept once, and no name ever stands for anything but its own bytes.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError, wallClock } from '../../base/index.js'
import { hashOfKey, keyOf } from './blob-keys.js'
import type { Contents } from './contents.js'
import { folderHome } from './folder-home.js'
import { type BlobContents, type GetOptions, openBlob } from './get-blob.js'
import type { Home } from './home.js'
import { type StoredBlob, putBlob, type PutOptions } from './put-blob.js'
import { readS3Address } from './s3-address.js'
import { removeStaleUploads, type Uploads, uploadsIn } from './uploads.js'

/** A blob in the list of all. */
export interface KeptBlob extends StoredBlob {
  /** Milliseconds since 1970 when it was last stored, by the clock of the machine that keeps it. */
  readonly modified: number
}

export interface Blobs extends Uploads {
  /** Where they lie, without secrets. */
  readonly url: string
  /**
   * Stores contents, hashed while they flow, in bounded memory. Nothing stands under a hash before all of it is there.
   *
   * @throws {@link LimitError} beyond `maxBlobBytes`; {@link FormatError} where `hash` was given and is another
   * @throws {@link StorageError} when the disk is full; {@link OverloadError} when S3 is away
   */
  put(contents: Contents, options?: PutOptions): Promise<StoredBlob>
  /**
   * Opens a blob. Of a whole blob the last piece is held back until its hash is found right: who has all bytes has the right ones.
   *
   * @throws {@link NotFoundError}; {@link FormatError} (of the stream) when it is damaged
   */
  get(hash: string, options?: GetOptions): Promise<BlobContents>
  /** Its size, or undefined where there is none. */
  has(hash: string): Promise<number | undefined>
  /** Removes it, also when there is none. Nothing here knows who still needs it: see `collectGarbage` of artifacts. */
  delete(hash: string): Promise<void>
  list(): AsyncIterable<KeptBlob>
  /** Removes what crashed writers and abandoned uploads left, where nothing was added for so many seconds. */
  clean(seconds: { readonly temporary: number; readonly uploads: number }): Promise<void>
  close(): void
}

export interface BlobOptions {
  /** The most bytes of one blob. @default 64 GiB */
  readonly maxBlobBytes?: number | undefined
  /** Tries of one request while S3 is away, 1 to 10, with pauses of up to 0.1, 0.2, 0.4 … seconds between them. @default 7 */
  readonly attempts?: number | undefined
  /** Larger blobs are written twice instead of being copied within S3, which copies up to 5 GiB. @default 5 GiB */
  readonly copyLimit?: number | undefined
}

const gibibyte = 2 ** 30
const defaultFolder = '.modelwright/artifacts'

/**
 * Opens the blobs at an address: a folder (a path or `file:` URL, made at the first write) or `s3://bucket/prefix`.
 *
 * @param url - @default what MODELWRIGHT_ARTIFACTS says, else `.modelwright/artifacts`
 * @throws {@link UsageError} for another kind of address
 * @throws {@link EngineMissingError} for S3 without the packages of AWS
 * @example
 * ```ts no-run
 * const blobs = await openBlobs('artifacts')
 * const { hash } = await blobs.put({ file: 'model.onnx' })
 * const { stream } = await blobs.get(hash)
 * ```
 */
export async function openBlobs(url?: string, options: BlobOptions = {}): Promise<Blobs> {
  const address = url ?? process.env['MODELWRIGHT_ARTIFACTS'] ?? defaultFolder
  const maxBytes = options.maxBlobBytes ?? 64 * gibibyte
  return blobsIn(await homeOf(address, { ...options, maxBytes }), maxBytes)
}

async function homeOf(
  address: string,
  { attempts = 7, copyLimit = 5 * gibibyte, maxBytes }: BlobOptions & { readonly maxBytes: number },
): Promise<Home> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase()
  if (scheme === undefined) return folderHome(resolve(address))
  if (scheme === 'file') return folderHome(fileURLToPath(address))
  if (scheme !== 's3')
    throw new UsageError(
      `The address of artifacts begins with '${scheme}:', expected a folder or 's3://bucket/prefix' (MODELWRIGHT_ARTIFACTS, or the option 'artifacts' (--artifacts)).`,
      { argument: 'artifacts' },
    )
  const { s3Home } = await import('./s3-home.js')
  return s3Home(readS3Address(address), { attempts, maxBytes, copyLimit })
}

function blobsIn(home: Home, limit: number): Blobs {
  const put = (contents: Contents, options: PutOptions = {}): Promise<StoredBlob> =>
    putBlob(home, limit, contents, options)
  return {
    ...uploadsIn(home, limit, put),
    url: home.place,
    put,
    get: (hash, options = {}) => openBlob(home, hash, options),
    has: async (hash) => (await home.find(keyOf(hash)))?.size,
    delete: async (hash) => home.remove(keyOf(hash)),
    async *list() {
      for await (const { key, size, modified } of home.list('blobs/')) {
        const hash = hashOfKey(key)
        if (hash !== undefined) yield { hash, size, modified }
      }
    },
    async clean({ temporary, uploads }) {
      const time = wallClock()
      await home.clean(time - 1000 * temporary)
      await removeStaleUploads(home, time - 1000 * uploads)
    },
    close: () => home.close(),
  }
}
