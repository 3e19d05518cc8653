// Logged models: what MLflow 3 keeps of a model before it is registered: where its files are, what it is made of, how it measured.
import { ConflictError } from '../../../base/index.js'
import type { Database, Queries } from '../database.js'
import { experimentById } from '../experiments.js'
import { newLoggedModelId } from '../ids.js'
import { deletePair, type Pairs, setPairs } from '../pairs.js'
import {
  type LoggedModel,
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
}

export function loggedModels(database: Database, time: () => number) {
  const { db, write, dialect } = database
  const told = async (queries: Queries, row: LoggedModelRow): Promise<LoggedModel> =>
    (await modelsWithData(dialect, queries, [row]))[0]!
  return {
    /** Begins a model, which is pending until it is finalized. @throws {@link NotFoundError}; {@link ConflictError} for a deleted experiment */
    create: (given: NewLoggedModel): Promise<LoggedModel> =>
      write(async (queries) => {
        const experiment = await experimentById(queries, given.experimentId)
        if (experiment.lifecycleStage !== 'active') throw deletedExperiment(given.experimentId)
        const modelId = newLoggedModelId()
        const at = time()
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
          .returningAll()
          .executeTakeFirstOrThrow()
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
    /** Says how it ended. @throws {@link NotFoundError} */
    finalize: (modelId: string, status: LoggedModelStatus): Promise<LoggedModel> =>
      write(async (queries) => {
        await change(queries, modelId, { status })
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
    /** A page of models that are not deleted. @throws {@link UsageError} for what cannot be read */
    search: (given: LoggedModelSearch): Promise<LoggedModelPage> => searchLoggedModels(database, given),
  }

  async function change(
    queries: Queries,
    modelId: string,
    values: { readonly status?: string; readonly lifecycle_stage?: string },
  ): Promise<void> {
    const { numUpdatedRows } = await queries
      .updateTable('logged_models')
      .set({ ...values, last_update_time: time() })
      .where('model_id', '=', modelId)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw noLoggedModel(modelId)
  }
}

const deletedExperiment = (experimentId: string): ConflictError =>
  new ConflictError(`The experiment '${experimentId}' is deleted. Restore it before logging models in it.`, {
    kind: 'experiment',
    id: experimentId,
    lifecycleStage: 'deleted',
  })
