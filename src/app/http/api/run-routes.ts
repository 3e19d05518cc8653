// Runs for the page: the table with its columns, one run with all that belongs to it, and what may be edited.
import { z } from 'zod'
import { NotFoundError, UsageError } from '../../../base/index.js'
import type { Run, RunInfo, Store } from '../../../operate/store/index.js'
import { figure } from './figures.js'
import type { ColumnNames, RunCompared, RunDetail, RunPage, RunsCompared } from './page-types.js'
import { type Route, route } from './route.js'
import { headOf, rowOf } from './run-words.js'

/** Rows of a page: a thousand of a dozen columns are half a megabyte, which a table shows at once. */
const mostRows = 1000
/** Names of columns of one kind: more nobody reads; the picker searches by prefix. */
const mostColumns = 5000
/** Children that the page lists; a search by `tags.mlflow.parentRunId` finds all. */
const mostChildren = 200
/** More lines than this nobody tells apart. */
const mostCompared = 200
/** The names under which MLflow's clients keep what the page shows in its own place. */
const noteTag = 'mlflow.note.content'
const parentTag = 'mlflow.parentRunId'

const runId = z.object({ runId: z.string().min(1) })
const names = z.array(z.string()).max(mostColumns)
const experimentIds = z.array(z.string()).max(mostColumns)
const viewType = z.enum(['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'])

const searchBody = z.object({
  experimentIds: experimentIds.optional(),
  filter: z.string().max(20_000).optional(),
  orderBy: z.array(z.string()).max(20).optional(),
  viewType: viewType.optional(),
  columns: z
    .object({ params: names.optional(), metrics: names.optional(), tags: names.optional() })
    .optional(),
  limit: z.number().int().min(1).max(mostRows).optional(),
  pageToken: z.string().optional(),
})

type SearchBody = z.output<typeof searchBody>

/** Everything about runs but their curves and files. */
export function runRoutes(store: Store): readonly Route[] {
  return [...listRoutes(store), ...editRoutes(store)] as readonly Route[]
}

function listRoutes(store: Store) {
  return [
    route({
      method: 'POST',
      path: '/api/v1/runs/search',
      scope: 'read',
      summary: 'Searches runs in MLflow’s grammar; of each, only the columns that are asked for.',
      body: searchBody,
      handle: ({ body }) => search(store, body),
    }),
    route({
      method: 'GET',
      path: '/api/v1/runs/columns',
      summary: 'Names of parameters, metrics and tags that runs have.',
      query: z.object({
        experiments: z.string().optional(),
        prefix: z.string().max(250).optional(),
        limit: z.coerce.number().int().min(1).max(mostColumns).optional(),
      }),
      async handle({ query }): Promise<ColumnNames> {
        const ids = await chosenExperiments(store, query.experiments?.split(',').filter(Boolean))
        const of = (kind: 'params' | 'metrics' | 'tags') =>
          store.runs.columns({
            experimentIds: ids,
            kind,
            prefix: query.prefix,
            limit: query.limit ?? mostColumns,
          })
        return { params: await of('params'), metrics: await of('metrics'), tags: await of('tags') }
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/runs/compare',
      summary:
        'Some runs with all their parameters, tags and last metrics; those that are not there are left out.',
      scope: 'read',
      body: z.object({ runIds: z.array(z.string()).min(1).max(mostCompared) }),
      async handle({ body }): Promise<RunsCompared> {
        const found = await Promise.all(body.runIds.map((id) => store.runs.get(id).catch(unlessMissing)))
        return { runs: found.filter((run) => run !== undefined).map(comparedOf) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/runs/:runId',
      summary: 'A run with its parameters, tags, last metrics, datasets, relatives and registered versions.',
      params: runId,
      handle: ({ params }) => detail(store, params.runId),
    }),
  ]
}

function editRoutes(store: Store) {
  return [
    route({
      method: 'POST',
      path: '/api/v1/runs/:runId/heartbeat',
      summary:
        'Says that the process lives that writes a run; without it the run counts as killed after a minute.',
      params: runId,
      async handle({ params }) {
        await store.runs.heartbeat(params.runId)
        return {}
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/v1/runs/:runId',
      summary: 'Changes the name, the note or tags of a run; a tag that is null is taken away.',
      params: runId,
      body: z.object({
        name: z.string().min(1).max(250).optional(),
        note: z.string().max(8000).optional(),
        tags: z.record(z.string().min(1).max(250), z.string().max(8000).nullable()).optional(),
      }),
      async handle({ params, body }): Promise<RunDetail> {
        if (body.name !== undefined) await store.runs.update(params.runId, { name: body.name })
        const given = Object.entries({
          ...body.tags,
          ...(body.note !== undefined && { [noteTag]: body.note }),
        })
        const set = given.filter((pair): pair is [string, string] => pair[1] !== null)
        if (set.length > 0) await store.logging.batch(params.runId, { tags: Object.fromEntries(set) })
        for (const [key, value] of given) if (value === null) await store.runs.deleteTag(params.runId, key)
        return detail(store, params.runId)
      },
    }),
    ...(['delete', 'restore'] as const).map((verb) =>
      route({
        method: 'POST',
        path: `/api/v1/runs/${verb}`,
        summary:
          verb === 'delete'
            ? 'Marks runs as deleted; nothing is removed.'
            : 'Takes the mark away from deleted runs.',
        body: z.object({ runIds: z.array(z.string()).min(1).max(mostRows) }),
        async handle({ body }): Promise<{ readonly changed: number }> {
          for (const id of body.runIds) await store.runs[verb](id)
          return { changed: body.runIds.length }
        },
      }),
    ),
  ]
}

async function search(store: Store, body: SearchBody): Promise<RunPage> {
  const ids = await chosenExperiments(store, body.experimentIds)
  const { columns = {} } = body
  const { runs, nextPageToken } = await store.runs.search({
    experimentIds: ids,
    filter: body.filter ?? '',
    orderBy: body.orderBy ?? [],
    viewType: body.viewType ?? 'ACTIVE_ONLY',
    maxResults: body.limit ?? mostRows,
    pageToken: body.pageToken,
    projection: { params: columns.params ?? [], metrics: columns.metrics ?? [], tags: columns.tags ?? [] },
  })
  const total =
    body.pageToken === undefined
      ? await store.overview.countRuns({ experimentIds: ids, deleted: body.viewType === 'DELETED_ONLY' })
      : null
  return { runs: runs.map(rowOf), nextPageToken: nextPageToken ?? null, total }
}

/** Those named, else all that are not deleted: a table of everything is what one sees first. */
async function chosenExperiments(store: Store, given: readonly string[] | undefined): Promise<string[]> {
  if (given !== undefined && given.length > 0) return [...given]
  return store.overview.activeExperiments()
}

async function detail(store: Store, id: string): Promise<RunDetail> {
  const run = await store.runs.get(id)
  const [experiment, inputs, children, versions, parent] = await Promise.all([
    store.experiments.get(run.experimentId),
    store.overview.inputsOf(id),
    store.overview.children(id, mostChildren),
    store.overview.versionsOf(id),
    parentOf(store, run),
  ])
  return {
    ...comparedOf(run),
    experimentName: experiment.name,
    artifactUri: run.artifactUri,
    datasets: inputs.map(({ tags, ...input }) => ({
      ...input,
      context: tags['mlflow.data.context'] ?? null,
    })),
    parent: parent === undefined ? null : headOf(parent),
    children: children.map(headOf),
    versions,
  }
}

const comparedOf = (run: Run): RunCompared => ({
  ...headOf(run),
  params: run.params,
  tags: run.tags,
  metrics: run.metrics.map(({ key, value, step, timestamp, min, max }) => ({
    key,
    value: figure(value),
    step,
    timestamp,
    min: figure(min),
    max: figure(max),
  })),
})

function unlessMissing(error: unknown): undefined {
  if (!NotFoundError.is(error)) throw error
}

/** The run that the tag names; a tag may name one that is not here. */
async function parentOf(store: Store, run: Run): Promise<RunInfo | undefined> {
  const id = run.tags[parentTag]
  if (id === undefined) return undefined
  const [found] = await store.overview.states([id])
  return found?.info
}

/** @throws {@link UsageError} when there are too many to answer at once */
export function requireFew(count: number, most: number, what: string): void {
  if (count <= most) return
  throw new UsageError(`${count} ${what} are too many for one request: at most ${most}. Ask for fewer.`, {
    argument: what,
  })
}
