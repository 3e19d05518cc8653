// What the page and the server say to each other. Only types: the page imports this file, and nothing of the server comes with it.
import type { VersionDescription } from '../../../operate/serve/index.js'

export type { VersionDescription }

/** A number as JSON carries it: what JSON has no word for is text. */
export type Figure = number | 'NaN' | 'Infinity' | '-Infinity'

export type RunStatusName = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED'
export type ColumnKind = 'params' | 'metrics' | 'tags'
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'

/** What every refusal looks like. */
export interface ApiError {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly details: Readonly<Record<string, unknown>>
  }
}

export interface ExperimentSummary {
  readonly experimentId: string
  readonly name: string
  readonly lifecycleStage: 'active' | 'deleted'
  readonly creationTime: number
  readonly lastUpdateTime: number
  readonly tags: Readonly<Record<string, string>>
  /** Active runs. */
  readonly runs: number
}

export interface ExperimentList {
  readonly experiments: readonly ExperimentSummary[]
}

export interface RunHead {
  readonly runId: string
  readonly experimentId: string
  readonly name: string
  readonly status: RunStatusName
  readonly userId: string
  /** Milliseconds since 1970. */
  readonly startTime: number
  readonly endTime: number | null
  readonly lifecycleStage: 'active' | 'deleted'
}

/** A row of the table of runs: of parameters, metrics and tags only what was asked for. */
export interface RunRowData extends RunHead {
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  /** The last value of each. */
  readonly metrics: Readonly<Record<string, Figure>>
}

export interface RunSearch {
  /** All active experiments when empty. */
  readonly experimentIds?: readonly string[] | undefined
  /** As MLflow writes it: `metrics.rmse < 1 and params.model = 'ridge'`. */
  readonly filter?: string | undefined
  /** `metrics.rmse ASC`, `attributes.start_time DESC`. */
  readonly orderBy?: readonly string[] | undefined
  readonly viewType?: ViewType | undefined
  /** Which columns come back; none of a kind when absent. */
  readonly columns?: Partial<Readonly<Record<ColumnKind, readonly string[]>>> | undefined
  readonly limit?: number | undefined
  readonly pageToken?: string | undefined
}

export interface RunPage {
  readonly runs: readonly RunRowData[]
  readonly nextPageToken: string | null
  /** How many there are in these experiments, filter or not; only with a first page. */
  readonly total: number | null
}

export interface ColumnNames {
  readonly params: readonly string[]
  readonly metrics: readonly string[]
  readonly tags: readonly string[]
}

export interface MetricSummary {
  readonly key: string
  readonly value: Figure
  readonly step: number
  readonly timestamp: number
  readonly min: Figure
  readonly max: Figure
}

export interface DatasetUse {
  readonly datasetId: number
  readonly name: string
  readonly digest: string
  /** Such as `training`. */
  readonly context: string | null
}

export interface VersionUse {
  readonly model: string
  readonly version: string
}

export interface RunDetail extends RunHead {
  readonly experimentName: string
  readonly artifactUri: string
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly metrics: readonly MetricSummary[]
  readonly datasets: readonly DatasetUse[]
  readonly parent: RunHead | null
  readonly children: readonly RunHead[]
  /** Versions of registered models that this run made. */
  readonly versions: readonly VersionUse[]
}

/** A run as it is held against others. */
export type RunCompared = RunHead & Pick<RunDetail, 'params' | 'tags' | 'metrics'>

export interface RunsCompared {
  readonly runs: readonly RunCompared[]
}

/** The curve of one metric of one run, in columns, so that a thousand points are short. */
export interface Curve {
  readonly runId: string
  readonly key: string
  readonly steps: readonly number[]
  readonly times: readonly number[]
  readonly values: readonly Figure[]
}

export interface CurveSearch {
  readonly runIds: readonly string[]
  readonly keys: readonly string[]
  /** At most so many of each, spread evenly with the extremes kept. */
  readonly points?: number | undefined
}

export interface CurveList {
  readonly curves: readonly Curve[]
}

/** Events of `/api/v1/live`, by their name. */
export interface LiveEvents {
  /** Something was written to the store: what is shown may be old. */
  readonly change: { readonly time: number }
  /** New points of a watched run. */
  readonly points: { readonly curves: readonly Curve[] }
  /** The head of a watched run has changed. */
  readonly run: Pick<RunHead, 'runId' | 'status' | 'endTime' | 'name'>
}

export interface ArtifactEntry {
  readonly path: string
  readonly directory: boolean
  readonly size: number | null
}

export interface ArtifactList {
  readonly entries: readonly ArtifactEntry[]
}

export interface DatasetSummary {
  readonly datasetId: number
  readonly experimentId: string
  readonly name: string
  readonly digest: string
  readonly sourceType: string
  readonly source: string
  readonly runs: number
}

export interface DatasetList {
  readonly datasets: readonly DatasetSummary[]
}

export interface DatasetDetail extends DatasetSummary {
  /** JSON as it was logged, parsed where it is JSON. */
  readonly schema: unknown
  readonly profile: unknown
  readonly usedBy: readonly RunHead[]
}

/** What one version of a model did in one bucket of time. */
export interface TrafficBucket {
  /** When it begins, milliseconds since 1970. */
  readonly time: number
  readonly requests: number
  readonly errors: number
  readonly rows: number
  /** Milliseconds; null where nothing was answered. */
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
}

export interface VersionTraffic {
  readonly model: string
  readonly version: string | null
  readonly requests: number
  readonly errors: number
  readonly rows: number
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly queueP99: number | null
  /** How often each code came. */
  readonly errorCodes: Readonly<Record<string, number>>
  readonly buckets: readonly TrafficBucket[]
}

export interface ServingStatistics {
  readonly now: number
  readonly bucketSeconds: number
  readonly versions: readonly VersionTraffic[]
}

/** What is in service, as the own API of serving tells it. */
export interface ServedModels {
  readonly models: readonly {
    readonly model: string
    readonly versions: readonly VersionDescription[]
    readonly traffic: Readonly<Record<string, number>>
  }[]
}

/** Which parts this server has. */
export interface ServerParts {
  readonly version: string
  readonly store: string | null
  readonly serving: boolean
  readonly registry: boolean
  readonly artifacts: boolean
}
