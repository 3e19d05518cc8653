// Folders as MLflow's FileStore writes them, by hand from its format, and all that a store holds of them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LoggedModelMetric, Store } from '../../src/operate/store/index.js'

/** Writes texts by their paths. */
export function write(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

export const long = '606783375233873416'
export const first = '73ed5776f5e04e23be739d46812cb6bd'
export const second = '1c6b2d5b909041df93e6e00b960de019'
export const trashed = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
export const runMeta = (
  id: string,
  experiment: string,
  more = '',
): string => `artifact_uri: file:///home/ada/mlruns/${experiment}/${id}/artifacts
end_time: 1672364273335
entry_point_name: ''
experiment_id: '${experiment}'
lifecycle_stage: active
run_id: ${id}
run_name: beautiful-dog-902
run_uuid: ${id}
source_name: ''
source_type: 4
source_version: ''
start_time: 1672364273319
status: 3
tags: []
user_id: wavet
${more}`
export const experimentMeta = (
  id: string,
  name: string,
  stage = 'active',
): string => `artifact_location: file:///home/ada/mlruns/${id}
creation_time: 1672364273202
experiment_id: '${id}'
last_update_time: 1672364273202
lifecycle_stage: ${stage}
name: ${name}
`

export const tree = `m-${'0'.repeat(31)}1`

/** What MLflow 3 writes of a logged model. */
export const modelMeta = (
  id: string,
  experiment: string,
  name: string,
): string => `artifact_location: file:///home/ada/mlruns/${experiment}/models/${id}/artifacts
creation_timestamp: 1672364273400
experiment_id: '${experiment}'
last_updated_timestamp: 1672364273500
lifecycle_stage: active
model_id: ${id}
model_type: null
name: ${name}
source_run_id: ${first}
status: 2
status_message: null
`

/** What it writes of a version; a stage of none is a text. */
export const versionMeta = (name: string, version: number, more: string): string => `aliases: []
creation_timestamp: 16723642736${String(version).padStart(2, '0')}
current_stage: None
deployment_job_state: null
description: null
last_updated_timestamp: 1672364273700
name: ${name}
run_link: ''
status: READY
status_message: null
user_id: null
version: ${version}
${more}`

/** Logged models and registered ones, beside the runs of another folder. */
export const modelFiles: Readonly<Record<string, string>> = {
  [`0/models/${tree}/meta.yaml`]: modelMeta(tree, '0', 'tree'),
  [`0/models/${tree}/params/depth`]: '3',
  [`0/models/${tree}/tags/mlflow.user`]: 'ada',
  [`0/models/${tree}/metrics/acc`]: `1672364273320 0.5 0 ${first}\n1672364273321 nan 1 ${first}\n1672364273321 0.75 1 ${second} flats 9bd2\n`,
  [`0/models/${tree}/metrics/val/f1`]: `1672364273320 0.25 0 ${first} flats 9bd2\n`,
  [`0/models/${tree}/artifacts/MLmodel`]: 'flavors: {}\n',
  [`0/models/${tree}/artifacts/data/model.pkl`]: 'no pickle',
  [`${long}/models/m-failed/meta.yaml`]: modelMeta('m-failed', long, 'broken')
    .replace('status: 2', 'status: 3')
    .replace('status_message: null', 'status_message: the disk was full')
    .replace('model_type: null', 'model_type: regressor'),
  [`${long}/models/m-gone/meta.yaml`]: modelMeta('m-gone', long, 'gone').replace(
    'lifecycle_stage: active',
    'lifecycle_stage: deleted',
  ),
  [`.trash/123/models/m-trashed/meta.yaml`]: modelMeta('m-trashed', '123', 'trashed'),
  [`0/${first}/inputs/2/meta.yaml`]: `destination_id: ${tree}\ndestination_type: RUN\nsource_id: ${tree}\nsource_type: MODEL\ntags: {}\n`,
  [`0/${first}/outputs/${tree}/meta.yaml`]: `destination_id: ${tree}\ndestination_type: MODEL_OUTPUT\nsource_id: ${tree}\nsource_type: RUN_OUTPUT\nstep: 7\ntags: {}\n`,
  'models/price of flats/meta.yaml': `aliases:\n  champion: '1'\ncreation_timestamp: 1672364273600\ndeployment_job_id: null\ndeployment_job_state: null\ndescription: what a flat costs\nlast_updated_timestamp: 1672364273700\nname: price of flats\n`,
  'models/price of flats/tags/team': 'blue',
  'models/price of flats/aliases/champion': '1',
  'models/price of flats/aliases/challenger': '3',
  'models/price of flats/version-1/meta.yaml': versionMeta(
    'price of flats',
    1,
    `run_id: ${first}\nsource: file:///home/ada/mlruns/0/${first}/artifacts/model\nstorage_location: file:///home/ada/mlruns/0/${first}/artifacts/model\n`,
  )
    .replace('aliases: []', 'aliases:\n- champion')
    .replace('current_stage: None', 'current_stage: Production'),
  'models/price of flats/version-1/tags/checked': 'yes',
  'models/price of flats/version-2/meta.yaml': versionMeta(
    'price of flats',
    2,
    'run_id: null\nsource: null\n',
  ).replace('current_stage: None', 'current_stage: Deleted_Internal'),
  'models/price of flats/version-3/meta.yaml': versionMeta(
    'price of flats',
    3,
    `model_id: ${tree}\nrun_id: ${first}\nsource: models:/${tree}\nstorage_location: file:///home/ada/mlruns/0/models/${tree}/artifacts\n`,
  ),
  'models/greeting/meta.yaml': `creation_timestamp: 1\ndescription: null\nlast_updated_timestamp: 2\nname: greeting\n`,
  'models/greeting/tags/mlflow.prompt.is_prompt': 'true',
  'models/greeting/version-1/meta.yaml': versionMeta(
    'greeting',
    1,
    'run_id: null\nsource: prompt-template\n',
  ),
}

/** The logged models of an experiment with their histories, by name. */
async function modelsOf({ loggedModels }: Store, experimentId: string): Promise<unknown[]> {
  const { models } = await loggedModels.search({ experimentIds: [experimentId], viewType: 'ALL' })
  const found = []
  for (const model of models.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { artifactUri: _, experimentId: _id, metrics: _m, ...rest } = model
    const points = await loggedModels.history(model.modelId, { limit: 100_000 })
    const textOf = (point: LoggedModelMetric): string => JSON.stringify([point, String(point.value)])
    found.push({ ...rest, history: points.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1)) })
  }
  return found
}

/** All runs and logged models, in an order of their own. */
export async function everything(store: Store): Promise<unknown> {
  const { experiments } = await store.experiments.search({ viewType: 'ALL', maxResults: 100 })
  const found = []
  for (const experiment of experiments.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { runs } = await store.runs.search({
      experimentIds: [experiment.experimentId],
      viewType: 'ALL',
      maxResults: 100,
    })
    const details = []
    for (const run of runs.toSorted((a, b) => (a.runId < b.runId ? -1 : 1))) {
      const histories = []
      for (const { key } of run.metrics.toSorted((a, b) => (a.key < b.key ? -1 : 1)))
        histories.push([key, await store.logging.history(run.runId, key, { limit: 100_000 })])
      const { artifactUri: _, experimentId: _id, metrics: _m, heartbeatTime: _h, ...rest } = run
      details.push({ ...rest, histories, inputs: (await store.inputs.of([run.runId]))[0] })
    }
    found.push({
      name: experiment.name,
      stage: experiment.lifecycleStage,
      tags: experiment.tags,
      // The default experiment was there before.
      creationTime: experiment.experimentId === '0' ? undefined : experiment.creationTime,
      runs: details,
      models: await modelsOf(store, experiment.experimentId),
    })
  }
  return found
}

/** All registered models with their versions. */
export async function registered({ models }: Store): Promise<unknown> {
  const pages = [
    await models.search(),
    await models.search({ filter: "tags.`mlflow.prompt.is_prompt` = 'true'" }),
  ]
  const found = []
  for (const { latestVersions: _, ...model } of pages.flatMap((page) => page.models))
    found.push({
      ...model,
      versions: await models.versions(model.name),
      deleted: await models.deletedVersions(model.name),
    })
  return found
}

/** Without ids of experiments, which each store gives itself, and with numbers that JSON cannot have as texts. */
export const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (key === 'modelwright.mlruns.experimentId') return undefined
      return typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner
    }),
  )
