// Whole folders, in and out.
import { checkpoint, type WorkOptions } from '../../base/index.js'
import type { ArtifactEntry, NewArtifactEntry } from '../store/index.js'
import { type Place, requireRoom } from './enter.js'
import type { BlobContents } from './get-blob.js'
import { type FileInFolder, filesIn, writeBelow } from './local-folder.js'
import { checkFolder, checkPath, checkRoot } from './paths.js'
import { pinned } from './pins.js'

export interface FolderOptions extends WorkOptions {
  /** A folder below the root. @default the root itself */
  readonly folder?: string | undefined
}

/** Files that travel at once: a disk gains nothing from more, S3 most of what there is. */
const atOnce = 4

/** Stores every file of a local folder; entries stand when all blobs do. */
export async function storeFolder(
  place: Place,
  root: string,
  localFolder: string,
  { folder = '', ...work }: FolderOptions,
): Promise<ArtifactEntry[]> {
  checkRoot(root)
  const under = checkFolder(folder)
  const files = await filesIn(localFolder)
  const paths = files.map(({ path }) => checkPath(under === '' ? path : `${under}/${path}`))
  await requireRoom(place, root, files.length)
  const { blobs, entries } = place
  return pinned(entries, async (claim) => {
    const made: NewArtifactEntry[] = []
    await eachFile(files, work, async ({ file }, i) => {
      // A link that was put in the place of the file meanwhile is not followed.
      const blob = await blobs.put({ file, follow: false }, { claim, signal: work.signal })
      made[i] = { root, path: paths[i]!, ...blob }
    })
    return entries.set(made)
  })
}

/** Writes the bytes of entries into a local folder, below what is left of their paths. */
export async function download(
  localFolder: string,
  entries: readonly ArtifactEntry[],
  open: (entry: ArtifactEntry) => Promise<BlobContents>,
  { under, ...work }: WorkOptions & { readonly under: string },
): Promise<void> {
  await eachFile(entries, work, async (entry) => {
    const { stream } = await open(entry)
    // A single file keeps its own name.
    const below = entry.path === under ? entry.path.split('/').at(-1)! : entry.path.slice(prefixLength(under))
    await writeBelow(localFolder, checkPath(below), until(stream, work.signal))
  })
}

const prefixLength = (under: string): number => (under === '' ? 0 : under.length + 1)

async function* until(stream: AsyncIterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    signal?.throwIfAborted()
    yield chunk
  }
}

/** Does work for each file, some at once, and tells how much is done; the first failure ends it. */
async function eachFile<File extends Pick<FileInFolder, 'path' | 'size'>>(
  files: readonly File[],
  { signal, onEvent }: WorkOptions,
  work: (file: File, index: number) => Promise<void>,
): Promise<void> {
  const total = files.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  let next = 0
  let failed = false
  const worker = async (): Promise<void> => {
    while (next < files.length && !failed) {
      const index = next++
      const file = files[index]!
      await checkpoint(signal)
      await work(file, index)
      done += file.size
      onEvent?.({ type: 'progress-update', done: total === 0 ? 1 : done / total, detail: file.path })
    }
  }
  const guarded = () =>
    worker().catch((error: unknown) => {
      failed = true
      throw error
    })
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, guarded))
  const fault = ends.find((end) => end.status === 'rejected')
  if (fault !== undefined) throw fault.reason
}
