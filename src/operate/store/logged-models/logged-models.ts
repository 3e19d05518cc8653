// Logged models: what MLflow 3 keeps of a model before it is registered: where its files are, what it is made of, how it measured.
import { ConflictError } from '../../../base/index.js'
import type { Database, Queries } from '../database.js'
import { experimentById, type LifecycleStage } from '../experiments.js'
import { newLoggedModelId } from '../ids.js'
import type { MetricPoint } from '../metric-columns.js'
import { deletePair, type Pairs, setPairs } from '../pairs.js'
import { findRun } from '../runs.js'
import { addModelMetrics, type HistoryQuery, modelHistory } from './model-metrics.js'
import {
  findModelRow,
  type LoggedModel,
  type LoggedModelMetric,
  type LoggedModelRow,
  type LoggedModelStatus,
  modelRow,
  modelsWithData,
  noLoggedModel,
} from './model-rows.js'
import { type LoggedModelPage, type LoggedModelSearch, searchLoggedModels } from './model-search.js'

export interface NewLoggedModel {
  readonly experimentId: string
  readonly name: string
  readonly modelType?: string | undefined
  readonly sourceRunId?: string | undefined
  readonly params?: Pairs | undefined
  readonly tags?: Pairs | undefined
  /** For imports; a new one is made otherwise. */
  readonly modelId?: string | undefined
  readonly creationTime?: number | undefined
}

/** How a model ended, with what only an import knows. */
export interface LoggedModelEnd {
  readonly statusMessage?: string | undefined
  /** @default now */
  readonly lastUpdateTime?: number | undefined
  readonly lifecycleStage?: LifecycleStage | undefined
}

export function loggedModels(database: Database, time: () => number) {
  const { db, write, dialect } = database
  const told = async (queries: Queries, row: LoggedModelRow): Promise<LoggedModel> =>
    (await modelsWithData(dialect, queries, [row]))[0]!
  return {
    /** Begins a model, which is pending until it is finalized. @throws {@link NotFoundError}; {@link ConflictError} for a deleted experiment, or an id that is taken */
    create: (given: NewLoggedModel): Promise<LoggedModel> =>
      write(async (queries) => {
        const experiment = await experimentById(queries, given.experimentId)
        if (experiment.lifecycleStage !== 'active') throw deletedExperiment(given.experimentId)
        const { modelId = newLoggedModelId(), creationTime: at = time() } = given
        const row = await queries
          .insertInto('logged_models')
          .values({
            model_id: modelId,
            experiment: Number(experiment.experimentId),
            name: given.name,
            artifact_uri: `${experiment.artifactLocation}/models/${modelId}/artifacts`,
            creation_time: at,
            last_update_time: at,
            status: 'PENDING',
            status_message: null,
            model_type: given.modelType ?? null,
            source_run_id: given.sourceRunId ?? null,
            lifecycle_stage: 'active',
          })
          .onConflict((conflict) => conflict.column('model_id').doNothing())
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) throw idTaken(modelId)
        const { params = {}, tags = {} } = given
        await setPairs(database, queries, 'logged_model_params', { owner: row.id, pairs: params })
        await setPairs(database, queries, 'logged_model_tags', { owner: row.id, pairs: tags })
        return told(queries, row)
      }),
    /** @throws {@link NotFoundError}, also for a deleted one */
    async get(modelId: string): Promise<LoggedModel> {
      const row = await modelRow(db, modelId)
      if (row.lifecycle_stage !== 'active') throw noLoggedModel(modelId)
      return told(db, row)
    },
    /** The same, also a deleted one; undefined where there is none. */
    async find(modelId: string): Promise<LoggedModel | undefined> {
      const row = await findModelRow(db, modelId)
      return row === undefined ? undefined : told(db, row)
    },
    /** Says how it ended. @throws {@link NotFoundError} */
    finalize: (modelId: string, status: LoggedModelStatus, end: LoggedModelEnd = {}): Promise<LoggedModel> =>
      write(async (queries) => {
        const { statusMessage, lastUpdateTime, lifecycleStage } = end
        await change(queries, modelId, {
          status,
          ...(statusMessage !== undefined && { status_message: statusMessage }),
          ...(lastUpdateTime !== undefined && { last_update_time: lastUpdateTime }),
          ...(lifecycleStage !== undefined && { lifecycle_stage: lifecycleStage }),
        })
        return told(queries, await modelRow(queries, modelId))
      }),
    /** Marks it as deleted; nothing is removed. @throws {@link NotFoundError} */
    delete: (modelId: string): Promise<void> =>
      write((queries) => change(queries, modelId, { lifecycle_stage: 'deleted' })),
    /** @throws {@link NotFoundError} */
    setTags: (modelId: string, pairs: Pairs): Promise<void> =>
      write(async (queries) => {
        const { id } = await modelRow(queries, modelId)
        await setPairs(database, queries, 'logged_model_tags', { owner: id, pairs })
      }),
    /** @throws {@link NotFoundError} for the model; true when the tag was there */
    async deleteTag(modelId: string, key: string): Promise<boolean> {
      const { id } = await modelRow(db, modelId)
      return deletePair(db, 'logged_model_tags', id, key)
    },
    /** @throws {@link NotFoundError} */
    logParams: (modelId: string, pairs: Pairs): Promise<void> =>
      write(async (queries) => {
        const { id } = await modelRow(queries, modelId)
        await setPairs(database, queries, 'logged_model_params', { owner: id, pairs })
      }),
    /** Notes what a run, deleted or not, measured on models, with them alone. @throws {@link NotFoundError} for the run or a model */
    logMetrics: (runId: string, points: readonly MetricPoint[]): Promise<void> =>
      write(async (queries) =>
        addModelMetrics(database, queries, (await findRun(queries, runId)).id, points),
      ),
    /** A page of all that was measured on a model, by run, dataset, metric and step. @throws {@link NotFoundError} */
    history: (modelId: string, query: HistoryQuery): Promise<LoggedModelMetric[]> =>
      modelHistory(db, modelId, query),
    /** A page of models. @throws {@link UsageError} for what cannot be read */
    search: (given: LoggedModelSearch): Promise<LoggedModelPage> => searchLoggedModels(database, given),
  }

  async function change(
    queries: Queries,
    modelId: string,
    values: {
      readonly status?: string
      readonly lifecycle_stage?: string
      readonly last_update_time?: number
    },
  ): Promise<void> {
    const { numUpdatedRows } = await queries
      .updateTable('logged_models')
      .set({ last_update_time: time(), ...values })
      .where('model_id', '=', modelId)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw noLoggedModel(modelId)
  }
}

const idTaken = (modelId: string): ConflictError =>
  new ConflictError(`There is a logged model '${modelId}' already. Leave the id out to get a new one.`, {
    kind: 'logged model',
    id: modelId,
  })

const deletedExperiment = (experimentId: string): ConflictError =>
  new ConflictError(`The experiment '${experimentId}' is deleted. Restore it before logging models in it.`, {
    kind: 'experiment',
    id: experimentId,
    lifecycleStage: 'deleted',
  })
