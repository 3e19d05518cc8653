// Serving without a network. The code behind this door is loaded at the first call (docs/adr/0013-lazy-doors.md).
import { lazily } from '../../base/index.js'

/**
 * Serves models to the program that calls: loads bundles and ONNX files, several versions side by side, joins requests, loads
 * changed files again, and answers in a worker thread or in this one, wherever the answer is sooner there.
 *
 * Resolves when what is to be loaded at the start is loaded; a version that cannot be is `failed`, with the reason, and the others
 * answer. `await using` closes it: requests under way end first.
 *
 * @throws {@link NotFoundError} when there is nothing at a path; {@link ConflictError} for two models of one name
 * @throws {@link InvalidOptionError} for an unknown option or an unaccepted value
 * @example
 * ```ts no-run
 * const service = await createInferenceService({ sources: ['out/churn', 'models/'] })
 * const { predictions, warnings } = await service.predictRows({ model: 'churn' }, [{ tenure: 1, Contract: 'One year' }])
 * await service.close()
 * ```
 */
export const createInferenceService = lazily(
  async () => (await import('./open-service.js')).createInferenceService,
)
