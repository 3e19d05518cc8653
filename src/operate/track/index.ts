export type { TrackingWarning } from './attempt.js'
export type {
  ArtifactContents,
  ArtifactFile,
  ArtifactPlace,
  RunArtifacts,
  RunSearch,
  TrackedDataset,
  TrackedExperiment,
  TrackingBackend,
} from './backend.js'
export type { ExportedRuns, ExportOptions } from './mlruns/export.js'
export type { ImportedRuns, ImportOptions } from './mlruns/import.js'
export type { SkippedFile } from './mlruns/read-files.js'
export type { BackendPlaces } from './open-backend.js'
export type { DatasetOptions } from './dataset.js'
export * from './doors.js'
export { type Difference, differenceText } from './rerun/difference.js'
export type { Rerun, RerunOptions, ScoreDifference } from './rerun/rerun.js'
export type { RunEnvironment } from './environment.js'
export type { LoggedValue } from './limits.js'
export { ownerTag } from './owner.js'
export type { ArtifactInput, Figure, SavableModel } from './run-files.js'
export type { EndOptions, MetricOptions, RunOptions, TrackedRun } from './run-options.js'
export { sweepRegularly } from './sweep.js'
export type { FitWithRun, TrackedFit, TrackedFitOptions } from './tracked-fit.js'
export type { Tracker, TrackerOptions } from './tracker.js'
export type { TrackedEvent } from './training-events.js'
