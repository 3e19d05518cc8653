// Where runs are kept, as tracking sees it: a store of this process, or a server that speaks MLflow's REST.
import type { FileContent } from '../../base/index.js'
import type { Dataset, LogBatch, Pairs, Run, RunChange, RunToCreate } from '../store/index.js'

/** Data that a run read, and what it used them for, such as `mlflow.data.context`. */
export interface TrackedDataset extends Dataset {
  readonly tags: Pairs
}

/** A file among the artifacts of a run. */
export interface ArtifactFile {
  /** Below the run's artifacts, with slashes. */
  readonly path: string
  readonly isFolder: boolean
  /** Bytes; undefined for folders. */
  readonly size: number | undefined
}

/** Contents of an artifact: text, bytes, pieces of bytes, or a file of this machine. */
export type ArtifactContents = FileContent | { readonly file: string }

/** The files of a run. */
export interface RunArtifacts {
  write(run: ArtifactPlace, path: string, contents: ArtifactContents): Promise<void>
  /** @throws {@link NotFoundError} */
  read(run: ArtifactPlace, path: string): Promise<AsyncIterable<Uint8Array>>
  /** What lies directly in a folder, '' for all artifacts' own; nothing where there is none. */
  list(run: ArtifactPlace, folder: string): Promise<readonly ArtifactFile[]>
}

/** Which run's files. */
export interface ArtifactPlace {
  readonly runId: string
  readonly artifactUri: string
}

/** Which runs are looked for; see `store.runs.search`. */
export interface RunSearch {
  readonly experimentIds: readonly string[]
  readonly filter?: string | undefined
  readonly orderBy?: readonly string[] | undefined
  readonly viewType?: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL' | undefined
  readonly maxResults: number
  readonly pageToken?: string | undefined
}

/** An experiment, as far as tracking needs it. */
export interface TrackedExperiment {
  readonly experimentId: string
  readonly name: string
  readonly lifecycleStage: 'active' | 'deleted'
  readonly creationTime: number
  readonly lastUpdateTime: number
  readonly artifactLocation: string
  readonly tags: Pairs
}

export interface TrackingBackend extends AsyncDisposable {
  /** Its address, without a password. */
  readonly url: string
  /** A page that shows a run, where there is one. */
  pageOf(run: { readonly runId: string; readonly experimentId: string }): string | undefined
  experiments(): Promise<readonly TrackedExperiment[]>
  /** The id of the active experiment of this name, which is made where there is none. @throws {@link ConflictError} when it is deleted */
  experimentId(name: string): Promise<string>
  createRun(given: RunToCreate): Promise<Run>
  /** @throws {@link NotFoundError} */
  getRun(runId: string): Promise<Run>
  searchRuns(
    search: RunSearch,
  ): Promise<{ readonly runs: readonly Run[]; readonly nextPageToken: string | undefined }>
  updateRun(runId: string, change: RunChange): Promise<void>
  deleteRun(runId: string): Promise<void>
  restoreRun(runId: string): Promise<void>
  /** All or nothing; the same batch again changes nothing. */
  logBatch(runId: string, batch: LogBatch): Promise<void>
  logInputs(runId: string, inputs: readonly TrackedDataset[]): Promise<void>
  inputsOf(runId: string): Promise<readonly TrackedDataset[]>
  deleteTag(runId: string, key: string): Promise<void>
  /** A sign of life of this process. */
  heartbeat(runId: string): Promise<void>
  /** Marks runs whose process ended without a word; their ids. */
  sweep(): Promise<readonly string[]>
  readonly artifacts: RunArtifacts
}
