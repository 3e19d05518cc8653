// Runs, at /mlflow/runs; what is logged into them is in logging-routes.ts.
import type { RunStatus, Store } from '../../../operate/store/index.js'
import { ownerTag } from '../../../operate/track/index.js'
import { doesNotExist, invalidParameter } from './errors.js'
import { maxResultsOf, viewTypes } from './experiment-routes.js'
import type { Fields } from './fields.js'
import { checkRunId } from './limits.js'
import { runTags } from './pairs.js'
import type { MlflowRoute } from './protocol.js'
import { randomName } from './random-name.js'
import { runInfoWire, runWire } from './wire.js'

const statuses: Readonly<Record<number, RunStatus>> = {
  1: 'RUNNING',
  2: 'SCHEDULED',
  3: 'FINISHED',
  4: 'FAILED',
  5: 'KILLED',
}

export const runIdOf = (input: Fields): string => checkRunId(input.requiredText('run_id', 'run_uuid'))

export const runRoutes = (store: Store): MlflowRoute[] => [...reading(store), ...changing(store)]

function reading({ runs, inputs }: Store): MlflowRoute[] {
  const search = async (input: Fields) => {
    const { runs: found, nextPageToken } = await runs.search({
      experimentIds: input.texts('experiment_ids'),
      filter: input.text('filter'),
      viewType: input.choice('run_view_type', viewTypes),
      maxResults: maxResultsOf(input, 50_000),
      orderBy: input.texts('order_by'),
      pageToken: input.text('page_token'),
    })
    const inputsOf = await inputs.of(found.map(({ runId }) => runId))
    return { runs: found.map((run, i) => runWire(run, inputsOf[i]!)), next_page_token: nextPageToken }
  }
  return [
    {
      method: 'GET',
      path: '/runs/get',
      async handle(input) {
        const run = await runs.get(runIdOf(input))
        const [own] = await inputs.of([run.runId])
        return { run: runWire(run, own!) }
      },
    },
    { method: 'POST', path: '/runs/search', scope: 'read', handle: search },
    { method: 'GET', path: '/runs/search', handle: search },
  ]
}

function changing({ runs }: Store): MlflowRoute[] {
  return [
    {
      method: 'POST',
      path: '/runs/create',
      async handle(input) {
        const { [ownerTag]: owner, ...tags } = runTags(input)
        const name = runName(input.text('run_name'), tags['mlflow.runName'])
        const run = await runs.create({
          experimentId: input.text('experiment_id') || '0',
          userId: input.text('user_id'),
          startTime: input.integer('start_time'),
          name,
          tags,
          // Of our own tracker: it gives signs of life by /api/v1/runs/<id>/heartbeat.
          owner,
        })
        return { run: runWire(run, { datasets: [], modelInputs: [], modelOutputs: [] }) }
      },
    },
    {
      method: 'POST',
      path: '/runs/update',
      async handle(input) {
        const run = await runs.update(runIdOf(input), {
          status: input.choice('status', statuses),
          endTime: input.integer('end_time'),
          name: input.text('run_name') || undefined,
        })
        return { run_info: runInfoWire(run) }
      },
    },
    { method: 'POST', path: '/runs/delete', handle: (input) => runs.delete(runIdOf(input)) },
    { method: 'POST', path: '/runs/restore', handle: (input) => runs.restore(runIdOf(input)) },
    {
      method: 'POST',
      path: '/runs/delete-tag',
      async handle(input) {
        const runId = runIdOf(input)
        const key = input.requiredText('key')
        if (await runs.deleteTag(runId, key)) return
        throw doesNotExist(`No tag with name: ${key} in run with id ${runId}`)
      },
    },
  ]
}

function runName(given: string | undefined, tag: string | undefined): string {
  if (given && tag && given !== tag) {
    throw invalidParameter(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${given}', mlflow.runName='${tag}').`,
    )
  }
  return given || tag || randomName()
}
