// Removing blobs that nobody needs, while others write and read.
import { wallClock } from '../../base/index.js'
import type { ArtifactEntries } from '../store/index.js'
import type { Blobs, KeptBlob } from './blobs.js'
import { markLife } from './pins.js'

export interface GarbageOptions {
  /** Seconds for which a blob stays in any case, for those who store blobs and enter nothing. @default 86,400 (a day) */
  readonly grace?: number | undefined
  /** Seconds after its last part when an upload is forgotten. @default 604,800 (a week) */
  readonly uploads?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Garbage {
  /** Blobs that were removed. */
  readonly blobs: number
  readonly bytes: number
}

/** Seconds after which a pin or a file under a temporary name, to which nothing was added, counts as left by a process that died. */
const day = 86_400
/** Hashes of one question to the database. */
const batchSize = 500

/** Removes what no entry mentions and nobody stored lately; what crashed writers left goes too. */
export async function collectGarbage(
  blobs: Blobs,
  entries: ArtifactEntries,
  { grace = day, uploads = 7 * day, signal }: GarbageOptions = {},
): Promise<Garbage> {
  const before = wallClock() - 1000 * grace
  await entries.unpinOlder(wallClock() - 1000 * day)
  let removed = { blobs: 0, bytes: 0 }
  for await (const batch of oldBatches(blobs, before)) {
    const needed = new Set(await entries.mentioned(batch.map(({ hash }) => hash)))
    for (const { hash, size } of batch.filter((blob) => !needed.has(blob.hash))) {
      signal?.throwIfAborted()
      if (await removeUnneeded(blobs, entries, hash))
        removed = { blobs: removed.blobs + 1, bytes: removed.bytes + size }
    }
  }
  await blobs.clean({ temporary: day, uploads })
  return removed
}

async function* oldBatches(blobs: Blobs, before: number): AsyncGenerator<KeptBlob[]> {
  let batch: KeptBlob[] = []
  for await (const blob of blobs.list()) {
    if (blob.modified < before) batch.push(blob)
    if (batch.length === batchSize) {
      yield batch
      batch = []
    }
  }
  yield batch
}

/** Marks a blob, looks again whether anybody needs it, and only then removes it: see pins.ts. */
async function removeUnneeded(blobs: Blobs, entries: ArtifactEntries, hash: string): Promise<boolean> {
  if (!(await entries.mark(hash)) && !(await takeOver(entries, hash))) return false
  const needed = (await entries.mentioned([hash])).length > 0
  // Where this fails the mark stays, until it is old: a server that did not answer may still do what it was asked.
  if (!needed) await blobs.delete(hash)
  await entries.unmark(hash)
  return !needed
}

/** The mark of a collector that died. */
async function takeOver(entries: ArtifactEntries, hash: string): Promise<boolean> {
  const since = await entries.markedAt(hash)
  if (since === undefined || wallClock() - since < markLife) return false
  await entries.unmark(hash)
  return entries.mark(hash)
}
