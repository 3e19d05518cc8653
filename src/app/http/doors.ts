// What starts the server of the program. All behind it is loaded at the first call (docs/adr/0013-lazy-doors.md).
import { lazily } from '../../base/index.js'

/**
 * Starts the server: opens store and models, listens, and answers on every protocol that fits.
 *
 * @throws {@link UsageError} when others than this machine would reach it without keys, or the port is taken
 * @throws {@link FormatError} when none of the models can be loaded
 */
export const startModelwright = lazily(async () => (await import('./compose.js')).startModelwright)
