// Datasets and models that runs read and wrote.
import type { InputDataset, Pairs, Store } from '../../../operate/store/index.js'
import { invalidParameter } from './errors.js'
import { type Fields, missing } from './fields.js'
import { checkLength } from './limits.js'
import type { MlflowRoute } from './protocol.js'
import { runIdOf } from './run-routes.js'

/** MLflow's limits, which are those of its columns. */
const longest = {
  name: 500,
  digest: 36,
  source: 65_535,
  schema: 1_048_575,
  profile: 16_777_215,
  tagKey: 255,
  tagValue: 500,
} as const
const mostExperiments = 20
const mostSummaries = 1000

export function inputRoutes({ inputs }: Store): MlflowRoute[] {
  return [
    {
      method: 'POST',
      path: '/runs/log-inputs',
      async handle(input) {
        const runId = runIdOf(input)
        await inputs.log(runId, {
          datasets: input.list('datasets', datasetInput),
          modelInputs: input.list('models', (entry) => entry.requiredText('model_id')),
        })
      },
    },
    {
      method: 'POST',
      path: '/runs/outputs',
      async handle(input) {
        const runId = runIdOf(input)
        if (!input.has('models')) throw missing('models')
        const modelOutputs = input.list('models', (entry) => ({
          modelId: entry.requiredText('model_id'),
          step: entry.integer('step') ?? 0,
        }))
        await inputs.log(runId, { modelOutputs })
      },
    },
    {
      method: 'POST',
      path: '/experiments/search-datasets',
      scope: 'read',
      async handle(input) {
        const experimentIds = input.texts('experiment_ids')
        if (experimentIds.length === 0) {
          throw invalidParameter('SearchDatasets request must specify at least one experiment_id.')
        }
        if (experimentIds.length > mostExperiments) {
          throw invalidParameter(
            `SearchDatasets request cannot specify more than ${mostExperiments} experiment_ids. Received ${experimentIds.length} experiment_ids.`,
          )
        }
        const found = await inputs.datasets(experimentIds, mostSummaries)
        return {
          dataset_summaries: found.map(({ experimentId, ...said }) => ({
            experiment_id: experimentId,
            ...said,
          })),
        }
      },
    },
  ]
}

function datasetInput(input: Fields): InputDataset {
  const dataset = input.entry('dataset')
  if (dataset === undefined) throw invalidParameter('Dataset cannot be None')
  const required = (field: string): string => {
    const value = dataset.text(field)
    if (value === undefined) throw invalidParameter(`Dataset ${field} cannot be None`)
    return value
  }
  const limited = <T extends string | undefined>(field: keyof typeof longest, value: T): T => {
    if (value !== undefined) checkLength(value, longest[field], field)
    return value
  }
  return {
    tags: inputTags(input),
    dataset: {
      name: limited('name', required('name')),
      digest: limited('digest', required('digest')),
      sourceType: required('source_type'),
      source: limited('source', required('source')),
      schema: limited('schema', dataset.text('schema')),
      profile: limited('profile', dataset.text('profile')),
    },
  }
}

function inputTags(input: Fields): Pairs {
  const tags = input.list('tags', (entry) => {
    const key = entry.text('key')
    const value = entry.text('value')
    if (key === undefined) throw invalidParameter('InputTag key cannot be None')
    if (value === undefined) throw invalidParameter('InputTag value cannot be None')
    checkLength(key, longest.tagKey, 'key')
    checkLength(value, longest.tagValue, 'value')
    return [key, value] as const
  })
  return Object.fromEntries(tags)
}
