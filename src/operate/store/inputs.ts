// What went into runs and came out of them: datasets, and logged models.
import { sql, type Transaction } from 'kysely'
import type { Database, Queries } from './database.js'
import type { Pairs } from './pairs.js'
import { activeRun } from './runs.js'
import type { DatasetRow, Schema } from './schema.js'
import { contextOf, inExperiments, isOneOf } from './search/conditions.js'

/** Data that a run read, known by name and digest within its experiment. */
export interface Dataset {
  readonly name: string
  readonly digest: string
  readonly sourceType: string
  readonly source: string
  readonly schema?: string | undefined
  readonly profile?: string | undefined
}

export interface InputDataset {
  readonly dataset: Dataset
  /** Such as `mlflow.data.context`: what the run used it for. */
  readonly tags: Pairs
}

export interface ModelOutput {
  readonly modelId: string
  readonly step: number
}

export interface RunInputs {
  readonly datasets: readonly InputDataset[]
  readonly modelInputs: readonly string[]
  readonly modelOutputs: readonly ModelOutput[]
}

export interface InputsToLog {
  readonly datasets?: readonly InputDataset[] | undefined
  readonly modelInputs?: readonly string[] | undefined
  readonly modelOutputs?: readonly ModelOutput[] | undefined
}

export interface DatasetSummary {
  readonly experimentId: string
  readonly name: string
  readonly digest: string
  readonly context: string | undefined
}

export function inputs(database: Database) {
  const { db, write, dialect, bulkInsert } = database
  return {
    /**
     * Notes them, all or none. A dataset that the experiment has already is the same one; an input that the run has already stays.
     *
     * @throws {@link NotFoundError}; {@link ConflictError} when the run is deleted
     */
    log: (runId: string, given: InputsToLog): Promise<void> =>
      write(async (queries) => {
        const run = await activeRun(queries, runId)
        await addDatasets(database, queries, run, given.datasets ?? [])
        const { modelInputs = [], modelOutputs = [] } = given
        await bulkInsert(queries, {
          table: 'run_models',
          columns: { run: 'integer', model_id: 'text', direction: 'text', step: 'integer' },
          values: [
            ...modelInputs.flatMap((modelId) => [run.id, modelId, 'input', 0]),
            ...modelOutputs.flatMap(({ modelId, step }) => [run.id, modelId, 'output', step]),
          ],
          suffix: 'on conflict do nothing',
        })
      }),
    /** By run, in the order of the runs given; unknown runs have none. */
    async of(runIds: readonly string[]): Promise<RunInputs[]> {
      const datasets = await datasetsOf(database, runIds)
      const { rows: models } = await sql<ModelRow>`select r.run_id, m.model_id, m.direction, m.step
        from run_models m join runs r on r.id = m.run where ${isOneOf(dialect, sql`r.run_id`, runIds)}
        order by r.run_id, m.model_id`.execute(db)
      const modelsOf = groupedBy(models)
      return runIds.map((runId) => {
        const own = modelsOf.get(runId) ?? []
        return {
          datasets: (datasets.get(runId) ?? []).map(datasetInput),
          modelInputs: own.filter(({ direction }) => direction === 'input').map(({ model_id }) => model_id),
          modelOutputs: own
            .filter(({ direction }) => direction === 'output')
            .map(({ model_id, step }) => ({ modelId: model_id, step })),
        }
      })
    },
    /** The datasets that runs of these experiments read, at most so many. */
    async datasets(experimentIds: readonly string[], limit: number): Promise<DatasetSummary[]> {
      const context = contextOf(dialect)
      const { rows } =
        await sql<SummaryRow>`select distinct d.experiment, d.name, d.digest, ${context} as context
        from datasets d join run_inputs i on i.dataset = d.id
        where ${inExperiments(dialect, sql`d.experiment`, experimentIds)}
        order by d.experiment, d.name, d.digest limit ${limit}`.execute(db)
      return rows.map(({ experiment, context: said, ...named }) => ({
        experimentId: String(experiment),
        ...named,
        context: said ?? undefined,
      }))
    },
  }
}

interface ModelRow {
  readonly run_id: string
  readonly model_id: string
  readonly direction: string
  readonly step: number
}

interface SummaryRow {
  readonly experiment: number
  readonly name: string
  readonly digest: string
  readonly context: string | null
}

interface InputRow extends Omit<DatasetRow, 'id' | 'experiment'> {
  readonly run_id: string
  readonly tags: string
}

async function datasetsOf(
  { db, dialect }: Database,
  runIds: readonly string[],
): Promise<Map<string, InputRow[]>> {
  const { rows } =
    await sql<InputRow>`select r.run_id, i.tags, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
    from run_inputs i join datasets d on d.id = i.dataset join runs r on r.id = i.run
    where ${isOneOf(dialect, sql`r.run_id`, runIds)} order by r.run_id, d.id`.execute(db)
  return groupedBy(rows)
}

function groupedBy<T extends { readonly run_id: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const known = groups.get(row.run_id)
    if (known === undefined) groups.set(row.run_id, [row])
    else known.push(row)
  }
  return groups
}

const datasetInput = (row: InputRow): InputDataset => ({
  tags: JSON.parse(row.tags) as Pairs,
  dataset: datasetOf(row),
})

/** A row of the table as a dataset. */
export const datasetOf = (row: Omit<DatasetRow, 'id' | 'experiment'>): Required<Dataset> => ({
  name: row.name,
  digest: row.digest,
  sourceType: row.source_type,
  source: row.source,
  schema: row.schema ?? undefined,
  profile: row.profile ?? undefined,
})

async function addDatasets(
  { bulkInsert }: Database,
  queries: Transaction<Schema>,
  run: { readonly id: number; readonly experiment: number },
  given: readonly InputDataset[],
): Promise<void> {
  // In one order for all transactions, so that none wait for each other in a circle.
  const sorted = given.toSorted((a, b) => (keyOf(a.dataset) < keyOf(b.dataset) ? -1 : 1))
  await bulkInsert(queries, {
    table: 'datasets',
    columns: {
      experiment: 'integer',
      name: 'text',
      digest: 'text',
      source_type: 'text',
      source: 'text',
      schema: 'text',
      profile: 'text',
    },
    values: sorted.flatMap(({ dataset: d }) => [
      run.experiment,
      d.name,
      d.digest,
      d.sourceType,
      d.source,
      d.schema ?? null,
      d.profile ?? null,
    ]),
    suffix: 'on conflict (experiment, name, digest) do nothing',
  })
  const ids = await datasetIds(queries, run.experiment, given)
  await bulkInsert(queries, {
    table: 'run_inputs',
    columns: { run: 'integer', dataset: 'integer', tags: 'text' },
    values: given.flatMap(({ dataset, tags }) => [run.id, ids.get(keyOf(dataset))!, JSON.stringify(tags)]),
    suffix: 'on conflict do nothing',
  })
}

const keyOf = ({ name, digest }: Pick<Dataset, 'name' | 'digest'>): string => JSON.stringify([name, digest])

async function datasetIds(
  queries: Queries,
  experiment: number,
  given: readonly InputDataset[],
): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  for (const { dataset } of given) {
    const { id } = await queries
      .selectFrom('datasets')
      .select('id')
      .where('experiment', '=', experiment)
      .where('name', '=', dataset.name)
      .where('digest', '=', dataset.digest)
      .executeTakeFirstOrThrow()
    ids.set(keyOf(dataset), id)
  }
  return ids
}
