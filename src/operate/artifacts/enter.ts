// How blobs get entries: pinned first, stored, entered, and only then let go.
import { ConflictError, LimitError } from '../../base/index.js'
import type { ArtifactEntries, ArtifactEntry, NewArtifactEntry } from '../store/index.js'
import type { Blobs } from './blobs.js'
import { checkPath, checkRoot } from './paths.js'
import { type Claim, pinned } from './pins.js'
import type { StoredBlob } from './put-blob.js'

/** Where bytes lie and where paths stand. */
export interface Place {
  readonly blobs: Blobs
  readonly entries: ArtifactEntries
  /** The most files of one root. */
  readonly maxEntries: number
}

/** Stores one blob and enters it. */
export async function enter(
  place: Place,
  { root, path, contentType }: Omit<NewArtifactEntry, 'hash' | 'size'>,
  store: (claim: Claim) => Promise<StoredBlob>,
): Promise<ArtifactEntry> {
  checkRoot(root)
  checkPath(path)
  await requireRoom(place, root, 1)
  return pinned(place.entries, async (claim) => {
    const { hash, size } = await store(claim)
    const [entry] = await place.entries.set([{ root, path, hash, size, contentType }])
    return entry!
  })
}

/** @throws {@link LimitError} when a root would have more files than it may */
export async function requireRoom({ entries, maxEntries }: Place, root: string, more: number): Promise<void> {
  const count = (await entries.count(root)) + more
  if (count <= maxEntries) return
  throw new LimitError(
    `'${root}' would have ${count} artifacts, and may have ${maxEntries}. Store them as an archive, or raise the limit (option 'maxEntries').`,
    { limit: maxEntries, received: count, option: 'maxEntries' },
  )
}

/** Enters the blobs of one root under another. */
export async function copyEntries(place: Place, from: string, to: string, under: string): Promise<number> {
  const { entries, maxEntries } = place
  checkRoot(to)
  const list = () => entries.list(checkRoot(from), { under, limit: maxEntries })
  const found = await list()
  await requireRoom(place, to, found.length)
  return pinned(entries, async (claim) => {
    const hashes = new Set(found.map(({ hash }) => hash))
    for (const hash of hashes) await claim(hash)
    // What is still entered now was never without an entry, so nobody has collected it.
    const now = await list()
    if (now.length !== found.length || now.some(({ hash }) => !hashes.has(hash))) throw changed(from)
    await entries.set(now.map((entry) => ({ ...entry, root: to })))
    return now.length
  })
}

function changed(root: string): ConflictError {
  return new ConflictError(`The artifacts of '${root}' changed while they were copied. Copy them again.`, {
    kind: 'artifact',
    id: root,
  })
}
