// Experiments, at /mlflow/experiments.
import { ConflictError } from '../../../base/index.js'
import type { Experiment, ExperimentSearch, Store, ViewType } from '../../../operate/store/index.js'
import { doesNotExist, invalidParameter, mlflowError, notActive } from './errors.js'
import type { Fields } from './fields.js'
import { checkLength, limits } from './limits.js'
import { experimentTag, experimentTags } from './pairs.js'
import type { MlflowRoute } from './protocol.js'
import { experimentWire } from './wire.js'

export const viewTypes: Readonly<Record<number, ViewType>> = { 1: 'ACTIVE_ONLY', 2: 'DELETED_ONLY', 3: 'ALL' }

export const experimentRoutes = ({ experiments }: Store): MlflowRoute[] => [
  ...reading(experiments),
  ...changing(experiments),
  ...tagging(experiments),
]

type Experiments = Store['experiments']

function reading(experiments: Experiments): MlflowRoute[] {
  const search = async (input: Fields) => {
    const page = await experiments.search(searchOf(input))
    return { experiments: page.experiments.map(experimentWire), next_page_token: page.nextPageToken }
  }
  return [
    { method: 'POST', path: '/experiments/search', scope: 'read', handle: search },
    { method: 'GET', path: '/experiments/search', handle: search },
    { method: 'GET', path: '/experiments/list', handle: search },
    {
      method: 'GET',
      path: '/experiments/get',
      handle: async (input) => ({ experiment: experimentWire(await found(experiments, input)) }),
    },
    {
      method: 'GET',
      path: '/experiments/get-by-name',
      async handle(input) {
        const name = input.requiredText('experiment_name')
        const experiment = await experiments.findByName(name)
        if (experiment === undefined) throw doesNotExist(`Could not find experiment with name '${name}'`)
        return { experiment: experimentWire(experiment) }
      },
    },
  ]
}

function changing(experiments: Experiments): MlflowRoute[] {
  return [
    {
      method: 'POST',
      path: '/experiments/create',
      async handle(input) {
        const name = experimentName(input, 'name')
        const artifactLocation = locationOf(input)
        const tags = experimentTags(input)
        const created = await named(name, () => experiments.create({ name, artifactLocation, tags }))
        return { experiment_id: created.experimentId }
      },
    },
    {
      method: 'POST',
      path: '/experiments/delete',
      handle: async (input) => experiments.delete(await inStage(experiments, input, 'active')),
    },
    {
      method: 'POST',
      path: '/experiments/restore',
      handle: async (input) => experiments.restore(await inStage(experiments, input, 'deleted')),
    },
    {
      method: 'POST',
      path: '/experiments/update',
      async handle(input) {
        input.requiredText('experiment_id')
        const name = experimentName(input, 'new_name')
        const { experimentId, lifecycleStage } = await found(experiments, input)
        if (lifecycleStage !== 'active') {
          throw mlflowError('INVALID_STATE', 'Cannot rename a non-active experiment.')
        }
        await named(name, () => experiments.rename(experimentId, name))
      },
    },
  ]
}

function tagging(experiments: Experiments): MlflowRoute[] {
  const activeId = async (input: Fields): Promise<string> => {
    const { experimentId, lifecycleStage } = await found(experiments, input)
    if (lifecycleStage === 'active') return experimentId
    throw invalidParameter(notActive('experiment', experimentId, lifecycleStage))
  }
  return [
    {
      method: 'POST',
      path: '/experiments/set-experiment-tag',
      async handle(input) {
        input.requiredText('experiment_id')
        const { key, value } = experimentTag(input)
        await experiments.setTags(await activeId(input), { [key]: value })
      },
    },
    {
      method: 'POST',
      path: '/experiments/delete-experiment-tag',
      async handle(input) {
        input.requiredText('experiment_id')
        const key = input.requiredText('key')
        const experimentId = await activeId(input)
        if (await experiments.deleteTag(experimentId, key)) return
        throw doesNotExist(`No tag with name: ${key} in experiment with id ${experimentId}`)
      },
    },
  ]
}

const found = (experiments: Experiments, input: Fields): Promise<Experiment> =>
  experiments.get(input.requiredText('experiment_id'))

async function inStage(experiments: Experiments, input: Fields, stage: string): Promise<string> {
  const { experimentId, lifecycleStage } = await found(experiments, input)
  if (lifecycleStage === stage) return experimentId
  throw doesNotExist(`No Experiment with id=${experimentId} exists`)
}

function experimentName(input: Fields, field: string): string {
  const name = input.requiredText(field)
  checkLength(name, limits.experimentName, 'name')
  return name
}

/** Longer ones do not fit the column of MLflow. */
const longestLocation = 2048

function locationOf(input: Fields): string | undefined {
  const location = input.text('artifact_location')
  if (location === undefined || location === '') return undefined
  if (location.startsWith('runs:')) {
    throw invalidParameter(`Artifact location cannot be a runs:/ URI. Given: '${location}'`)
  }
  if (location.length > longestLocation) {
    throw invalidParameter(
      `Invalid artifact path length. The length of the artifact path cannot be greater than ${longestLocation} characters.`,
    )
  }
  if (/[#;]/.test(location))
    throw invalidParameter("'artifact_location' URL can't include fragments or params.")
  if (location.includes('..') && location.includes('?'))
    throw invalidParameter('Invalid query string in artifact location.')
  return location.replace(/\/+$/, '')
}

/** What is refused because of a name that is taken. */
async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!ConflictError.is(error)) throw error
    throw mlflowError(
      'RESOURCE_ALREADY_EXISTS',
      `Experiment(name=${name}) already exists. Error: ${error.message}`,
    )
  }
}

function searchOf(input: Fields): ExperimentSearch {
  return {
    viewType: input.choice('view_type', viewTypes),
    maxResults: maxResultsOf(input, 50_000),
    filter: input.text('filter'),
    orderBy: input.texts('order_by'),
    pageToken: input.text('page_token'),
  }
}

/** @throws {@link UsageError} in MLflow's words */
export function maxResultsOf(input: Fields, most: number): number | undefined {
  const given = input.integer('max_results')
  if (given === undefined || (given >= 1 && given <= most)) return given
  throw invalidParameter(
    `Invalid value ${given} for parameter 'max_results' supplied: It must be ${given < 1 ? 'a positive integer' : `at most ${most}, but got value ${given}`}`,
  )
}
