// Logged models of MLflow 3, at /mlflow/logged-models.
import type { LoggedModelOrder, LoggedModelStatus, Store } from '../../../operate/store/index.js'
import { doesNotExist, invalidParameter } from './errors.js'
import { maxResultsOf } from './experiment-routes.js'
import { type Fields, missing } from './fields.js'
import { params, runTags } from './pairs.js'
import type { MlflowRoute } from './protocol.js'
import { randomName } from './random-name.js'
import { loggedModelWire } from './wire.js'

/** What a page has when nothing is said, and at most. */
const defaultResults = 50
const mostResults = 1000

const finalStatuses: Readonly<Record<number, `LOGGED_MODEL_${LoggedModelStatus}`>> = {
  2: 'LOGGED_MODEL_READY',
  3: 'LOGGED_MODEL_UPLOAD_FAILED',
}

const modelIdOf = (input: Fields): string => input.requiredText('model_id')

export const loggedModelRoutes = ({ loggedModels }: Store): MlflowRoute[] => [
  ...wholeModels(loggedModels),
  ...modelData(loggedModels),
]

function wholeModels(loggedModels: Store['loggedModels']): MlflowRoute[] {
  return [
    {
      method: 'POST',
      path: '/logged-models',
      async handle(input) {
        const model = await loggedModels.create({
          experimentId: input.requiredText('experiment_id'),
          name: modelName(input.text('name')),
          modelType: input.text('model_type') || undefined,
          sourceRunId: input.text('source_run_id') || undefined,
          params: params(input),
          tags: runTags(input),
        })
        return { model: loggedModelWire(model) }
      },
    },
    {
      method: 'POST',
      path: '/logged-models/search',
      scope: 'read',
      async handle(input) {
        const { models, nextPageToken } = await loggedModels.search({
          experimentIds: input.texts('experiment_ids'),
          filter: input.text('filter'),
          datasets: input.list('datasets', datasetFilter),
          orderBy: input.list('order_by', orderTerm),
          maxResults: maxResultsOf(input, mostResults) ?? defaultResults,
          pageToken: input.text('page_token'),
        })
        return { models: models.map(loggedModelWire), next_page_token: nextPageToken }
      },
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id',
      handle: async (input) => ({ model: loggedModelWire(await loggedModels.get(modelIdOf(input))) }),
    },
    {
      method: 'PATCH',
      path: '/logged-models/:model_id',
      async handle(input) {
        const status = input.choice('status', finalStatuses)
        if (status === undefined) {
          throw missing('status')
        }
        const plain = status.slice('LOGGED_MODEL_'.length) as LoggedModelStatus
        return { model: loggedModelWire(await loggedModels.finalize(modelIdOf(input), plain)) }
      },
    },
    {
      method: 'DELETE',
      path: '/logged-models/:model_id',
      handle: (input) => loggedModels.delete(modelIdOf(input)),
    },
  ]
}

function modelData(loggedModels: Store['loggedModels']): MlflowRoute[] {
  return [
    {
      method: 'PATCH',
      path: '/logged-models/:model_id/tags',
      async handle(input) {
        const modelId = modelIdOf(input)
        await loggedModels.setTags(modelId, runTags(input))
        return { model: loggedModelWire(await loggedModels.get(modelId)) }
      },
    },
    {
      method: 'DELETE',
      path: '/logged-models/:model_id/tags/:tag_key',
      async handle(input) {
        const key = input.requiredText('tag_key')
        if (await loggedModels.deleteTag(modelIdOf(input), key)) return
        throw doesNotExist(`No tag with key '${key}' found for model with ID '${modelIdOf(input)}'.`)
      },
    },
    {
      method: 'POST',
      path: '/logged-models/:model_id/params',
      handle: (input) => loggedModels.logParams(modelIdOf(input), params(input)),
    },
  ]
}

function modelName(given: string | undefined): string {
  if (!given) return randomName()
  if (!/[/:.%"']/.test(given)) return given
  throw invalidParameter(
    `Invalid model name (${given}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
  )
}

function datasetFilter(entry: Fields): { readonly name: string; readonly digest: string | undefined } {
  const name = entry.text('dataset_name')
  if (!name) throw invalidParameter('`dataset_name` in the `datasets` clause must be specified.')
  return { name, digest: entry.text('dataset_digest') || undefined }
}

function orderTerm(entry: Fields): LoggedModelOrder {
  const field = entry.text('field_name')
  if (!field) throw invalidParameter('`field_name` in the `order_by` clause must be specified.')
  const name = entry.text('dataset_name')
  const digest = entry.text('dataset_digest')
  if (digest && !name) {
    throw invalidParameter('`dataset_digest` can only be specified if `dataset_name` is also specified.')
  }
  return {
    field,
    ascending: entry.flag('ascending') ?? true,
    dataset: name ? { name, digest: digest || undefined } : undefined,
  }
}
