// What loads, writes and judges bundles. The code behind these doors, all metrics with it, is loaded at the first call
// (docs/adr/0013-lazy-doors.md).
import { lazily } from '../../base/index.js'
import type { Table } from '../../data/index.js'
import type { LoadedModel } from './loaded-model.js'
import type { PredictTablesOptions } from './predict-tables.js'

/**
 * Loads a model from the folder that `train` wrote. Runs no code from it.
 *
 * Rows may have extra columns and another order; values are read in the types of training (text to number or date as
 * the manifest says); null is missing. `predictRow` refuses a value that cannot be read and a column that is absent. In
 * `predict` such a cell counts as missing; a column that is absent from all rows, or in which nothing can be read, is
 * refused. Refusals are {@link SchemaMismatchError}.
 *
 * @throws {@link NotFoundError}, {@link FormatError} when there is no whole, unchanged bundle
 */
export const loadModel = lazily(async () => (await import('./loaded-model.js')).loadModel)

/**
 * Reads and checks `manifest.json`, without the model.
 *
 * @throws {@link NotFoundError} when the folder or its manifest is not there
 * @throws {@link FormatError} when the manifest is cut off, changed or of a newer version
 */
export const readManifest = lazily(async () => (await import('./read-bundle.js')).readManifest)

/** Reads a bundle whole. @throws as {@link readManifest}, and {@link FormatError} when the graph was changed */
export const readBundle = lazily(async () => (await import('./read-bundle.js')).readBundle)

/**
 * Writes the folder beside its place, then moves it there; an earlier bundle of that name is replaced at once.
 *
 * @throws {@link ConflictError} when a folder stands there that is no bundle
 * @throws {@link StorageError} when the disk is full or the folder cannot be written
 */
export const writeBundle = lazily(async () => (await import('./write-bundle.js')).writeBundle)

/**
 * Scores a bundle on rows whose target is known, with intervals.
 *
 * @throws {@link UnknownColumnError} without the target column; {@link DataError} when no row has a known target
 */
export const evaluateBundle = lazily(async () => (await import('./evaluate-bundle.js')).evaluateBundle)

/**
 * Predicts rows whose target is known and sets truth and prediction beside each other, as metrics and paired tests take them.
 *
 * @throws as {@link evaluateBundle}
 */
export const judgeRows = lazily(async () => (await import('./evaluate-bundle.js')).judgeRows)

/** Tables with `prediction`, for classifiers also `probability_<class>`; one row for each row that comes in, in order. */
export async function* predictTables(
  model: LoadedModel,
  tables: AsyncIterable<Table>,
  options: PredictTablesOptions = {},
): AsyncGenerator<Table> {
  yield* (await import('./predict-tables.js')).predictTables(model, tables, options)
}
