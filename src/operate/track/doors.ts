// What opens trackers and moves runs. The code behind these doors is loaded at the first call (docs/adr/0013-lazy-doors.md).
import { lazily } from '../../base/index.js'

/**
 * Opens a tracker of runs on a store: a path (SQLite, made when it is not there), `postgres://…`, or the `http://…` address of a server
 * that speaks MLflow's REST, ours or MLflow's own. Without options: what MODELWRIGHT_STORE and MODELWRIGHT_ARTIFACTS say, else the
 * folder `.modelwright`.
 *
 * @throws {@link FormatError} when the store is of a newer version; {@link OverloadError} when it does not answer
 * @example
 * ```ts no-run
 * await using tracker = await openTracker({ experiment: 'churn' })
 * await using run = await tracker.start({ name: 'first' })
 * await run.logParams({ rate: 0.1 })
 * for (let epoch = 0; epoch < 3; epoch++) await run.log({ loss: 1 / (epoch + 1) }, { step: epoch })
 * ```
 */
export const openTracker = lazily(async () => (await import('./tracker.js')).openTracker)

/**
 * Runs the recipe of a job again, by the id of its run or the folder of its bundle: nothing is checked out, but what differs between then
 * and now (code, versions, machine, data column by column) is said, and the models are compared. The new run bears a tag of the old one.
 *
 * @throws {@link UsageError} for a run without a recipe, with the command that started it; {@link NotFoundError} when the data are gone
 */
export const rerun = lazily(async () => (await import('./rerun/rerun.js')).rerun)

/**
 * Brings an `mlruns` folder of MLflow into a store: experiments, runs, metrics, parameters, tags, data sets, logged models, registered
 * models with their versions and aliases, files, what was deleted; no traces. What is there already is not added again or changed;
 * damaged files are named and left out.
 *
 * @throws {@link NotFoundError} without the folder; {@link UsageError} for a server, which cannot keep ids
 */
export const importMlruns = lazily(async () => (await import('./mlruns/import.js')).importMlruns)

/**
 * Writes a store as an `mlruns` folder, which MLflow opens, with logged models and the registry: beside its place, then renamed.
 *
 * @throws {@link ConflictError} when the folder holds something
 */
export const exportMlruns = lazily(async () => (await import('./mlruns/export.js')).exportMlruns)

/**
 * Opens the place of runs alone, to look through them: what `tracker.backend` is.
 *
 * @throws as {@link openTracker}
 */
export const openRuns = lazily(async () => (await import('./open-backend.js')).openBackend)

/** Finds a run by its id, the first digits of its id, or its name. @throws {@link NotFoundError}; {@link ConflictError} for several */
export const findRun = lazily(async () => (await import('./find-run.js')).findRun)

/** The folder of a run's artifacts, or a part of it, in a folder of this machine; tells how many files. @throws {@link ConflictError} */
export const downloadArtifacts = lazily(async () => (await import('./download.js')).downloadArtifacts)
