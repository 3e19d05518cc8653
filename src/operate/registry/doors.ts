// What opens the registry. Metrics, data and bundles behind these doors are loaded at the first call (docs/adr/0013-lazy-doors.md).
import { lazily } from '../../base/index.js'

/**
 * Opens the registry: models, versions, aliases, gates of promotion, rollback. Without options it is the one below the working
 * directory, which the command line uses too.
 *
 * @throws {@link UsageError}, {@link FormatError}, {@link StorageError}, {@link OverloadError} when the store cannot be opened
 * @example
 * ```ts no-run
 * await using registry = await openRegistry()
 * const version = await registry.register('churn', 'churn-model')
 * await registry.promote('churn', { version: version.version, data: 'holdout.csv' })
 * const champion = await registry.resolve('churn@champion')
 * ```
 */
export const openRegistry = lazily(async () => (await import('./registry.js')).openRegistry)
