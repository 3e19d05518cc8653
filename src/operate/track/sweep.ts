// Finds runs whose process ended without a word, as kill -9 and power cuts make it, so that nobody waits for them.
import { wallClock } from '../../base/index.js'
import type { Store } from '../store/index.js'
import { isAlive, ownOwner, parseOwner } from './owner.js'

/** Milliseconds between signs of life. */
export const heartbeatEvery = 10_000
/** Milliseconds of silence after which a process that cannot be seen from here counts as dead: six signs of life that did not come. */
export const silenceLimit = 6 * heartbeatEvery

/**
 * Marks runs as KILLED whose process is dead: at once where it ran on this machine, otherwise once it has been silent for a minute.
 * A process of this machine that lives is left alone, however silent: long calculations keep it from saying so.
 *
 * @returns the ids of runs that were marked
 */
export async function sweepStore({ liveness }: Pick<Store, 'liveness'>, time: number): Promise<string[]> {
  const self = ownOwner()
  const killed: string[] = []
  for (const run of await liveness.watched()) {
    const owner = parseOwner(run.owner)
    const alive = owner === undefined ? undefined : isAlive(owner, self)
    if (alive ?? time - run.heartbeatTime <= silenceLimit) continue
    if (await liveness.markKilled(run)) killed.push(run.runId)
  }
  return killed
}

/** Milliseconds between two looks of a server. */
const lookEvery = 30_000

/** Looks at once and then twice a minute, until what comes back is called. A store that is away is asked again the next time. */
export function sweepRegularly(store: Pick<Store, 'liveness'>): () => void {
  const look = (): void => void sweepStore(store, wallClock()).catch(() => undefined)
  look()
  const timer = setInterval(look, lookEvery).unref()
  return () => clearInterval(timer)
}
