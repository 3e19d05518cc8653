// MLflow's JSON and our types: its fields, its texts for numbers that JSON does not have.
import type { LatestMetric, MetricPoint, Pairs, Run, RunStatus } from '../../store/index.js'
import type { TrackedDataset, TrackedExperiment } from '../backend.js'

export interface WirePair {
  readonly key: string
  readonly value?: string
}

export interface WireMetric {
  readonly key: string
  /** A number, or `NaN`, `Infinity`, `-Infinity` as text. */
  readonly value?: number | string
  readonly timestamp?: number | string
  readonly step?: number | string
}

export interface WireDatasetInput {
  readonly tags?: readonly WirePair[]
  readonly dataset: {
    readonly name: string
    readonly digest: string
    readonly source_type: string
    readonly source: string
    readonly schema?: string
    readonly profile?: string
  }
}

export interface WireRun {
  readonly info: {
    readonly run_id: string
    readonly run_name?: string
    readonly experiment_id: string
    readonly user_id?: string
    readonly status?: string
    readonly start_time?: number | string
    readonly end_time?: number | string
    readonly artifact_uri?: string
    readonly lifecycle_stage?: string
  }
  readonly data?: {
    readonly metrics?: readonly WireMetric[]
    readonly params?: readonly WirePair[]
    readonly tags?: readonly WirePair[]
  }
  readonly inputs?: { readonly dataset_inputs?: readonly WireDatasetInput[] }
}

export interface WireExperiment {
  readonly experiment_id: string
  readonly name: string
  readonly artifact_location?: string
  readonly lifecycle_stage?: string
  readonly creation_time?: number | string
  readonly last_update_time?: number | string
  readonly tags?: readonly WirePair[]
}

/** Pairs as a list. */
export const toPairs = (pairs: Pairs = {}): WirePair[] =>
  Object.entries(pairs).map(([key, value]) => ({ key, value }))

const fromPairs = (pairs: readonly WirePair[] = []): Record<string, string> =>
  Object.assign(
    Object.create(null) as Record<string, string>,
    Object.fromEntries(pairs.map(({ key, value = '' }) => [key, value])),
  )

export const toMetric = ({ key, value, timestamp, step }: MetricPoint): WireMetric => ({
  key,
  value: Number.isFinite(value) ? value : String(value),
  timestamp,
  step,
})

export const toDataset = ({ tags, sourceType, ...input }: TrackedDataset): WireDatasetInput => ({
  tags: toPairs(tags),
  dataset: {
    name: input.name,
    digest: input.digest,
    source_type: sourceType,
    source: input.source,
    ...(input.schema !== undefined && { schema: input.schema }),
    ...(input.profile !== undefined && { profile: input.profile }),
  },
})

export const fromDataset = ({ tags, dataset }: WireDatasetInput): TrackedDataset => ({
  name: dataset.name,
  digest: dataset.digest,
  sourceType: dataset.source_type,
  source: dataset.source,
  schema: dataset.schema,
  profile: dataset.profile,
  tags: fromPairs(tags),
})

/** Absent numbers are zero in the protocol. */
const numberOf = (value: number | string | undefined): number => Number(value ?? 0)

function fromMetric({ key, value, timestamp, step }: WireMetric): LatestMetric {
  const number = numberOf(value)
  return { key, value: number, timestamp: numberOf(timestamp), step: numberOf(step), min: NaN, max: NaN }
}

export function fromRun({ info, data = {} }: WireRun): Run {
  const tags = fromPairs(data.tags)
  return {
    runId: info.run_id,
    experimentId: info.experiment_id,
    name: info.run_name ?? tags['mlflow.runName'] ?? '',
    status: (info.status ?? 'RUNNING') as RunStatus,
    userId: info.user_id ?? '',
    startTime: numberOf(info.start_time),
    endTime: info.end_time === undefined ? undefined : numberOf(info.end_time),
    lifecycleStage: info.lifecycle_stage === 'deleted' ? 'deleted' : 'active',
    artifactUri: info.artifact_uri ?? '',
    heartbeatTime: undefined,
    params: fromPairs(data.params),
    tags,
    metrics: (data.metrics ?? []).map(fromMetric),
  }
}

export const fromExperiment = (one: WireExperiment): TrackedExperiment => ({
  experimentId: one.experiment_id,
  name: one.name,
  lifecycleStage: one.lifecycle_stage === 'deleted' ? 'deleted' : 'active',
  creationTime: numberOf(one.creation_time),
  lastUpdateTime: numberOf(one.last_update_time),
  artifactLocation: one.artifact_location ?? '',
  tags: fromPairs(one.tags),
})
