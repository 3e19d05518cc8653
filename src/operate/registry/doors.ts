// What opens the registry. Metrics, data and bundles behind these doors are loaded at the first call (docs/adr/0013-lazy-doors.md).
import { lazily } from '../../base/index.js'

/**
 * Opens the registry over a store and artifacts: models, versions, aliases, gates of promotion, rollback.
 *
 * @example
 * ```ts no-run
 * const registry = await openRegistry({ store, artifacts })
 * const version = await registry.register('churn', 'churn-model')
 * await registry.promote('churn', { version: version.version, data: 'holdout.csv' })
 * const champion = await registry.resolve('churn@champion')
 * ```
 */
export const openRegistry = lazily(async () => (await import('./registry.js')).openRegistry)
