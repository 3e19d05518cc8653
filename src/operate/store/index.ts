export type { ArtifactEntries, ArtifactEntry, ArtifactItem, NewArtifactEntry } from './artifact-entries.js'
export * from './doors.js'
export type { Experiment, LifecycleStage, NewExperiment } from './experiments.js'
export type { Dataset, DatasetSummary, InputDataset, InputsToLog, ModelOutput, RunInputs } from './inputs.js'
export { type ApiKey, keyHash, type NewApiKey, type Scope } from './keys.js'
export type { NewLoggedModel } from './logged-models/logged-models.js'
export type { LoggedModel, LoggedModelMetric, LoggedModelStatus } from './logged-models/model-rows.js'
export type {
  DatasetFilter,
  LoggedModelOrder,
  LoggedModelPage,
  LoggedModelSearch,
} from './logged-models/model-search.js'
export { metricColumns, type MetricColumns, type MetricPoint } from './metric-columns.js'
export type { HistoryPoint, LogBatch } from './metrics.js'
export {
  type AliasMove,
  type ModelEvent,
  type ModelEventKind,
  type ModelStage,
  modelStages,
  type ModelVersion,
  type ModelVersionStatus,
  type NewModelEvent,
  type NewModelVersion,
  type NewRegisteredModel,
  type RegisteredModel,
} from './models/model-types.js'
export { deletedStage } from './models/model-rows.js'
export type { BroughtIn, ModelToBringIn, VersionToBringIn } from './models/bring-in.js'
export type { Models } from './models/models.js'
export type { ModelPage, ModelSearch, VersionPage, VersionSearch } from './models/model-search.js'
export type { EventQuery } from './models/model-events.js'
export type { DatasetInfo, DatasetOfRun, RunCount, RunState } from './overview.js'
export { everyPage } from './pages.js'
export type { Pairs } from './pairs.js'
export type { LoggedOutputs, LoggedRequest, RequestOfLog, RequestSearch } from './requests.js'
export type { ColumnKind, ColumnSearch } from './names.js'
export type { LatestMetric, Projection, Run, RunChange, RunInfo, RunStatus, RunToCreate } from './runs.js'
export type { ExperimentPage, ExperimentSearch } from './search/experiment-search.js'
export type { ViewType } from './search/conditions.js'
export type { RunPage, RunSearch } from './search/run-search.js'
export type { Store } from './store.js'
export { storeUrl } from './store-url.js'
