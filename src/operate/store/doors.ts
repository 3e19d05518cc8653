// What opens a store. Databases behind these doors are loaded at the first call (docs/adr/0013-lazy-doors.md).
import { lazily } from '../../base/index.js'

/**
 * Opens the store at an address: a path or `sqlite:<path>` (made when it is not there), or `postgres://user:password@host/database`.
 * Its schema is brought forward first. Without an address: what MODELWRIGHT_STORE says, else `.modelwright/store.db`.
 *
 * @throws {@link FormatError} when it was written by a newer version, or is no store; nothing is changed then
 * @throws {@link StorageError} when the file cannot be written; {@link OverloadError} when Postgres does not answer
 */
export const openStore = lazily(async () => (await import('./open-store.js')).openStore)

/** The same, with SQLite in a thread of its own, for servers that must answer others meanwhile. @throws as {@link openStore} */
export const openThreadedStore = lazily(async () => (await import('./threaded-store.js')).openThreadedStore)
