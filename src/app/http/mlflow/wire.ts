// Our things as MLflow's messages. Its server writes 64-bit numbers as numbers, and leaves empty lists out.
import type {
  InputDataset,
  Experiment,
  LoggedModel,
  Pairs,
  Run,
  RunInfo,
  RunInputs,
} from '../../../operate/store/index.js'
import { wireNumber } from './json.js'

const pairs = (record: Pairs) => someOf(Object.entries(record).map(([key, value]) => ({ key, value })))

/** Undefined, and so left out, when the list is empty. */
const someOf = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list)

export const experimentWire = (experiment: Experiment) => ({
  experiment_id: experiment.experimentId,
  name: experiment.name,
  artifact_location: experiment.artifactLocation,
  lifecycle_stage: experiment.lifecycleStage,
  last_update_time: experiment.lastUpdateTime,
  creation_time: experiment.creationTime,
  tags: pairs(experiment.tags),
})

export const runInfoWire = (run: RunInfo) => ({
  run_uuid: run.runId,
  experiment_id: run.experimentId,
  run_name: run.name,
  user_id: run.userId,
  status: run.status,
  start_time: run.startTime,
  end_time: run.endTime,
  artifact_uri: run.artifactUri,
  lifecycle_stage: run.lifecycleStage,
  run_id: run.runId,
})

interface Point {
  readonly value: number
  readonly step: number
  readonly timestamp: number
}

export const metricWire = (key: string, { value, step, timestamp }: Point) => ({
  key,
  value: wireNumber(value),
  timestamp,
  step,
})

export const runWire = (run: Run, inputs: RunInputs) => ({
  info: runInfoWire(run),
  data: {
    metrics: someOf(run.metrics.map((metric) => metricWire(metric.key, metric))),
    params: pairs(run.params),
    tags: pairs(run.tags),
  },
  inputs: {
    dataset_inputs: someOf(inputs.datasets.map(datasetInputWire)),
    model_inputs: someOf(inputs.modelInputs.map((model_id) => ({ model_id }))),
  },
  outputs: {
    model_outputs: someOf(inputs.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step }))),
  },
})

const datasetInputWire = ({ dataset, tags }: InputDataset) => ({
  tags: pairs(tags),
  dataset: {
    name: dataset.name,
    digest: dataset.digest,
    source_type: dataset.sourceType,
    source: dataset.source,
    schema: dataset.schema,
    profile: dataset.profile,
  },
})

export const loggedModelWire = (model: LoggedModel) => ({
  info: {
    model_id: model.modelId,
    experiment_id: model.experimentId,
    name: model.name,
    creation_timestamp_ms: model.creationTime,
    last_updated_timestamp_ms: model.lastUpdateTime,
    artifact_uri: model.artifactUri,
    status: `LOGGED_MODEL_${model.status}`,
    model_type: model.modelType,
    source_run_id: model.sourceRunId,
    status_message: model.statusMessage,
    tags: pairs(model.tags),
  },
  data: {
    params: pairs(model.params),
    metrics: someOf(
      model.metrics.map((metric) => ({
        ...metricWire(metric.key, metric),
        dataset_name: metric.datasetName,
        dataset_digest: metric.datasetDigest,
        model_id: model.modelId,
        run_id: metric.runId,
      })),
    ),
  },
})
