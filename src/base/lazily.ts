// Doors to code that is loaded when it is first needed: docs/adr/0013-lazy-doors.md.

type AsyncFunction = (...args: never[]) => Promise<unknown>

/**
 * An asynchronous function whose module is loaded at its first call; same arguments, same answers.
 *
 * @example
 * ```js
 * export const readTable = lazily(async () => (await import('./read-table.js')).readTable)
 * ```
 */
export const lazily = <F extends AsyncFunction>(load: () => Promise<F>): F =>
  // The same type, because it answers with the very promise of the function behind it.
  (async (...args: Parameters<F>) => (await load())(...args)) as F
