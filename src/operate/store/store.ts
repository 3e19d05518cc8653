// The store: a group of functions for each thing that is kept. All take and give plain data, so that a thread can stand in between.
import { artifactEntries } from './artifact-entries.js'
import type { Database } from './database.js'
import { experiments } from './experiments.js'
import { inputs } from './inputs.js'
import { keys } from './keys.js'
import { loggedModels } from './logged-models/logged-models.js'
import { liveness } from './liveness.js'
import { logging } from './metrics.js'
import { models } from './models/models.js'
import { requests } from './requests.js'
import { columnNames, type ColumnSearch } from './names.js'
import { overview } from './overview.js'
import type { Pairs } from './pairs.js'
import { runs } from './runs.js'
import { newestRunWith } from './runs-by-tag.js'
import { type ExperimentSearch, searchExperiments } from './search/experiment-search.js'
import { type RunSearch, searchRuns } from './search/run-search.js'

/** Milliseconds since 1970; given by tests. */
export type Clock = () => number

/** The groups over one database. */
export function storeGroups(database: Database, time: Clock) {
  return {
    experiments: {
      ...experiments(database, time),
      /** A page of experiments. @throws {@link UsageError} for what cannot be read */
      search: (given: ExperimentSearch) => searchExperiments(database, given),
    },
    runs: {
      ...runs(database, time),
      /** A page of runs. @throws {@link UsageError} for what cannot be read */
      search: (given: RunSearch) => searchRuns(database, given),
      /** The id of the newest run, not deleted, that has all of these tags. */
      newestWith: (tags: Pairs) => newestRunWith(database, tags),
      /** The names that runs of these experiments have values for. @throws {@link UsageError} */
      columns: (given: ColumnSearch) => columnNames(database, given),
    },
    logging: logging(database),
    inputs: inputs(database),
    loggedModels: loggedModels(database, time),
    models: models(database, time),
    keys: keys(database, time),
    requests: requests(database),
    artifactEntries: artifactEntries(database, time),
    overview: overview(database),
    liveness: liveness(database),
  }
}

export type StoreGroups = ReturnType<typeof storeGroups>

/** What tracking, registry, artifacts and logs are kept in. */
export interface Store extends StoreGroups, AsyncDisposable {
  /** The address it was opened with, without a password. */
  readonly url: string
  close(): Promise<void>
}

type Function = (...args: unknown[]) => Promise<unknown>

/** Each function of each group, replaced by another one that takes and gives the same. */
export function wrapGroups(
  groups: StoreGroups,
  wrap: (work: Function, group: string, name: string) => Function,
): StoreGroups {
  const wrapped = Object.entries(groups).map(([group, functions]) => [
    group,
    Object.fromEntries(
      Object.entries(functions).map(([name, work]) => [name, wrap(work as Function, group, name)]),
    ),
  ])
  return Object.fromEntries(wrapped) as StoreGroups
}
