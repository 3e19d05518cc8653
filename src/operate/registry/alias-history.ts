// Where an alias pointed before, from the record of its moves.
import type { ModelEvent, ModelEventKind } from '../store/index.js'

/** Events that move an alias. */
export const moveKinds: readonly ModelEventKind[] = ['alias-set', 'alias-deleted', 'promoted', 'rolled-back']

/**
 * The places that an alias can be rolled back to, the latest last; the last of all is where it points. Null is nowhere.
 *
 * A rollback is no new place: it takes away what came after the place it leads to, so that the next one leads further back.
 *
 * @param events - the newest first
 */
export function placesOf(alias: string, events: readonly ModelEvent[]): (number | null)[] {
  const places: (number | null)[] = [null]
  for (const { kind, details } of events.toReversed()) {
    if (details['alias'] !== alias || !moveKinds.includes(kind)) continue
    const to = details['to'] as number | null
    if (kind === 'rolled-back') leaveAfter(places, to)
    else if (to !== places.at(-1)) places.push(to)
  }
  return places
}

function leaveAfter(places: (number | null)[], to: number | null): void {
  places.pop()
  while (places.length > 0 && places.at(-1) !== to) places.pop()
  if (places.length === 0) places.push(to)
}
