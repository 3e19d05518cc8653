// Room in memory: what was not asked for longest goes first.
import type { Catalog, VersionEntry } from './catalog.js'

export const entriesOf = (catalog: Catalog): VersionEntry[] =>
  [...catalog.values()].flatMap(({ versions }) => [...versions.values()])

/** Bytes that loaded versions are estimated to occupy. */
const occupied = (entries: readonly VersionEntry[]): number =>
  entries.reduce((sum, { current }) => sum + (current?.loaded.bytes ?? 0), 0)

/**
 * Puts versions away until there is room for more bytes, or nothing else is left. Those that nobody uses go first.
 *
 * @param putAway - has to free a version; requests for it load it again
 */
export function makeRoom(
  catalog: Catalog,
  wanted: { readonly bytes: number; readonly limit: number; readonly keep: VersionEntry },
  putAway: (entry: VersionEntry) => void,
): void {
  const entries = entriesOf(catalog)
  while (occupied(entries) + wanted.bytes > wanted.limit) {
    const others = entries.filter((entry) => entry.current !== undefined && entry !== wanted.keep)
    const idle = others.filter(({ current }) => current!.users === 0)
    const oldest = (idle.length > 0 ? idle : others).toSorted((a, b) => a.used - b.used)[0]
    if (oldest === undefined) return
    putAway(oldest)
  }
}
