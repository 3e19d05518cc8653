// How blobs are safe from being collected before they have an entry. A writer says "I need this hash" and then looks whether the collector
// marked it; the collector marks it and then looks whether anybody needs it. Whoever comes second sees the other, in any number of
// processes and on both databases, without a lock held while bytes travel.
import { setTimeout as wait } from 'node:timers/promises'
import { OverloadError, wallClock } from '../../base/index.js'
import type { ArtifactEntries } from '../store/index.js'

/** Says that a blob will be needed, and waits until nobody is removing it. */
export type Claim = (hash: string) => Promise<void>

/**
 * Milliseconds after which a mark counts as left by a process that died: no request to remove a blob lives as long, as ten tries of S3
 * (connecting 5 s, silent 60 s, pauses of a minute together) end within twelve minutes.
 */
export const markLife = 15 * 60_000
/** Milliseconds that a writer waits for a removal: a disk takes one, S3 some hundred. */
const patience = 30_000

/** Runs work whose blobs stay from before they have their names until their entries stand. */
export async function pinned<T>(entries: ArtifactEntries, work: (claim: Claim) => Promise<T>): Promise<T> {
  const pins: string[] = []
  const claim = async (hash: string): Promise<void> => {
    pins.push(await entries.pin(hash))
    await untilUnmarked(entries, hash)
  }
  try {
    return await work(claim)
  } finally {
    // A pin that stays costs a row until the collector finds it old.
    await entries.unpin(pins).catch(() => undefined)
  }
}

async function untilUnmarked(entries: ArtifactEntries, hash: string): Promise<void> {
  for (let waited = 0, pause = 5; waited < patience; pause *= 2) {
    const since = await entries.markedAt(hash)
    if (since === undefined) return
    if (wallClock() - since > markLife) return entries.unmark(hash)
    await wait(pause)
    waited += pause
  }
  throw new OverloadError(
    `The blob ${hash} is being removed from the artifact store at this moment. Nothing was stored; try again.`,
    { retryAfter: markLife / 1000, reason: 'artifacts' },
  )
}
