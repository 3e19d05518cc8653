// Long jobs of the upper floors, for the common path: all that they bring along is loaded at the first call
// (docs/adr/0013-lazy-doors.md).
import { lazily } from './base/index.js'

/**
 * Trains the best model that the time allows: from a file to a judged winner, its report and its bundle; the same as in
 * `modelwright/train`.
 *
 * @throws {@link DataError} when the data cannot be learned from, {@link TimeBudgetError} when time ends before a model
 */
export const train = lazily(async () => (await import('./operate/train/index.js')).train)

/**
 * Fits an estimator on k − 1 folds and scores it on the one left out, for each fold in turn; the same as in
 * `modelwright/evaluate`. Rows with equal features never lie on both sides.
 *
 * @param y - one label per row, or the name of the target column of x
 * @throws {@link InvalidOptionError} for an unknown metric or an impossible split
 */
export const crossValidate = lazily(
  async () => (await import('./evaluate/validation/index.js')).crossValidate,
)

/**
 * Reads a model from the document that `JSON.stringify(model)` wrote; exact to the bit. No code from it runs.
 *
 * @throws {@link FormatError} when it is no model, or of a newer version
 */
export const modelFromJSON = lazily(async () => (await import('./learn/load-model.js')).modelFromJSON)
