// Artifacts: files of runs and models by path. The bytes lie among the blobs, the paths in the store.
import { FormatError, NotFoundError, type WorkOptions } from '../../base/index.js'
import type { ArtifactEntry, ArtifactItem, Store } from '../store/index.js'
import { type BlobOptions, type Blobs, openBlobs } from './blobs.js'
import type { Contents } from './contents.js'
import { copyEntries, enter, type Place } from './enter.js'
import { download, type FolderOptions, storeFolder } from './folders.js'
import { collectGarbage, type Garbage, type GarbageOptions } from './garbage.js'
import type { BlobContents, GetOptions } from './get-blob.js'
import { checkFolder, checkPath, checkRoot } from './paths.js'
import type { CompleteOptions } from './uploads.js'

export interface ArtifactsOptions extends BlobOptions {
  /** Where the bytes lie: a folder or `s3://bucket/prefix`. @default what MODELWRIGHT_ARTIFACTS says, else `.modelwright/artifacts` */
  readonly url?: string | undefined
  readonly store: Pick<Store, 'artifactEntries'>
  /** The most files of one root. @default 100,000 */
  readonly maxEntries?: number | undefined
}

export interface WriteOptions extends Pick<WorkOptions, 'signal'> {
  /** Kept beside the file; what a server says of a file goes by its name. */
  readonly contentType?: string | undefined
}

/** An opened file. */
export interface ArtifactContents extends BlobContents {
  readonly entry: ArtifactEntry
}

/** Files of runs and models. A root says whose they are, such as `runs/<run id>` or `models/<name>/<version>`. */
export interface Artifacts extends AsyncDisposable {
  readonly blobs: Blobs
  /**
   * Stores a file. When this is answered the file is on the disk and in the store; until then nothing of it is seen.
   *
   * @throws {@link UsageError} for a path that leads elsewhere; {@link ConflictError} where it is a folder, or in a file
   * @throws {@link LimitError}, {@link StorageError}, {@link OverloadError} as `Blobs.put`
   */
  write(root: string, path: string, contents: Contents, options?: WriteOptions): Promise<ArtifactEntry>
  /**
   * Opens a file, or bytes `start` to `end` of it.
   *
   * @throws {@link NotFoundError}; {@link FormatError}, also of the stream, when its bytes are damaged or lost
   */
  read(root: string, path: string, range?: GetOptions): Promise<ArtifactContents>
  find(root: string, path: string): Promise<ArtifactEntry | undefined>
  /** What is directly in a folder, by name; nothing where there is no such folder. */
  list(root: string, folder?: string): Promise<ArtifactItem[]>
  /** Removes a file, a folder with everything in it, or without a path the whole root; tells how many files. */
  remove(root: string, path?: string): Promise<number>
  /** The files of one root under another too; no bytes are copied. Tells how many. */
  copy(from: string, to: string, options?: Pick<FolderOptions, 'folder'>): Promise<number>
  /** Stores every file of a local folder, all or none of them. @throws as `write`; {@link UsageError} for symbolic links */
  writeFolder(root: string, localFolder: string, options?: FolderOptions): Promise<ArtifactEntry[]>
  /** Writes files of a root, or of a folder in it, into a local folder; tells how many. */
  downloadFolder(root: string, localFolder: string, options?: FolderOptions): Promise<number>
  /** Makes an upload of `blobs` a file. @throws as `write` and `Uploads.completeUpload` */
  completeUpload(
    root: string,
    path: string,
    id: string,
    options?: Omit<CompleteOptions, 'claim'>,
  ): Promise<ArtifactEntry>
  /**
   * Removes blobs that no entry mentions and that were not stored lately. Others may write and read meanwhile, in any process; but all
   * who store blobs at this address must have their entries in this store.
   */
  collectGarbage(options?: GarbageOptions): Promise<Garbage>
  close(): void
}

/**
 * Opens artifacts: bytes at an address, paths in a store.
 *
 * @throws as {@link openBlobs}
 */
export async function openArtifacts(options: ArtifactsOptions): Promise<Artifacts> {
  const { url, store, maxEntries = 100_000, ...blobOptions } = options
  const blobs = await openBlobs(url, blobOptions)
  const entries = store.artifactEntries
  const place: Place = { blobs, entries, maxEntries }
  const close = (): void => blobs.close()
  return {
    blobs,
    write: (root, path, contents, { contentType, signal } = {}) =>
      enter(place, { root, path, contentType }, (claim) => blobs.put(contents, { signal, claim })),
    completeUpload: (root, path, id, completing = {}) =>
      enter(place, { root, path }, (claim) => blobs.completeUpload(id, { ...completing, claim })),
    async read(root, path, range) {
      const entry = await entries.find(checkRoot(root), checkPath(path))
      if (entry === undefined) throw noArtifact(root, path)
      return { ...(await openEntry(blobs, entry, range)), entry }
    },
    find: async (root, path) => entries.find(checkRoot(root), checkPath(path)),
    list: async (root, folder = '') => entries.items(checkRoot(root), checkFolder(folder)),
    remove: async (root, path = '') => entries.remove(checkRoot(root), checkFolder(path)),
    copy: (from, to, { folder = '' } = {}) => copyEntries(place, from, to, checkFolder(folder)),
    writeFolder: (root, localFolder, work = {}) => storeFolder(place, root, localFolder, work),
    async downloadFolder(root, localFolder, { folder = '', ...work } = {}) {
      const under = checkFolder(folder)
      const found = await entries.list(checkRoot(root), { under, limit: maxEntries })
      await download(localFolder, found, (entry) => openEntry(blobs, entry), { under, ...work })
      return found.length
    },
    collectGarbage: (garbage) => collectGarbage(blobs, entries, garbage),
    close,
    [Symbol.asyncDispose]: () => Promise.resolve(close()),
  }
}

/** Opens the bytes of an entry, which must be as many as it says. */
async function openEntry(blobs: Blobs, entry: ArtifactEntry, range?: GetOptions): Promise<BlobContents> {
  const size = await blobs.has(entry.hash)
  if (size === entry.size) return blobs.get(entry.hash, range)
  throw new FormatError(
    `The artifact '${entry.path}' of '${entry.root}' has ${size === undefined ? 'lost its bytes' : `${size} bytes`}, expected ${entry.size}, in '${blobs.url}'. Store it again, or bring back a copy of the blob ${entry.hash}.`,
    { format: 'artifact', path: entry.path, hash: entry.hash },
  )
}

function noArtifact(root: string, path: string): NotFoundError {
  return new NotFoundError(
    `There is no artifact '${path}' of '${root}'. List its folder to see which there are.`,
    { kind: 'artifact', id: path },
  )
}
