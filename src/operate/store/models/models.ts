// Registered models: names under which versions stand, with aliases that point to them and a record of what happened.
import { ConflictError } from '../../../base/index.js'
import type { Database, Queries } from '../database.js'
import { deletePair, type Pairs, setPairs } from '../pairs.js'
import { bringIn, type BroughtIn, type ModelToBringIn } from './bring-in.js'
import { moveAlias } from './model-aliases.js'
import { addEvent, type EventQuery, readEvents } from './model-events.js'
import { lockModel, modelRow, modelsWithData } from './model-rows.js'
import type {
  AliasMove,
  ModelEvent,
  NewModelEvent,
  NewRegisteredModel,
  RegisteredModel,
} from './model-types.js'
import {
  type ModelPage,
  type ModelSearch,
  searchModels,
  searchVersions,
  type VersionPage,
  type VersionSearch,
} from './model-search.js'
import { modelVersions } from './model-versions.js'

export type Models = ReturnType<typeof models>

export function models(database: Database, time: () => number) {
  const { db, write } = database
  return {
    ...modelVersions(database, time),
    /** @throws {@link ConflictError} when the name is taken */
    create: (given: NewRegisteredModel): Promise<RegisteredModel> =>
      write(async (queries) => {
        const at = time()
        const row = await queries
          .insertInto('registered_models')
          .values({
            name: given.name,
            description: given.description ?? '',
            creation_time: at,
            last_update_time: at,
          })
          // Two that create it at once: the second waits for the first, and is told.
          .onConflict((conflict) => conflict.column('name').doNothing())
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) throw taken(given.name)
        await setPairs(database, queries, 'registered_model_tags', { owner: row.id, pairs: given.tags ?? {} })
        await addEvent(queries, row, { kind: 'model-created', userId: given.userId }, at)
        return (await modelsWithData(queries, [row]))[0]!
      }),
    /** Adds a model of another registry with its numbers and times, all or nothing; what is here already stays as it is. */
    bringIn: (given: ModelToBringIn): Promise<BroughtIn> =>
      write((queries) => bringIn(database, queries, given, time())),
    /** @throws {@link NotFoundError} */
    async get(name: string): Promise<RegisteredModel> {
      return (await modelsWithData(db, [await modelRow(db, name)]))[0]!
    },
    /** Models by filter and order, a page. @throws {@link UsageError} for a filter, an order or a token that cannot be read */
    search: (search: ModelSearch = {}): Promise<ModelPage> => searchModels(database, search),
    /** Versions of all models by filter and order, a page. @throws {@link UsageError} as `search` */
    searchVersions: (search: VersionSearch = {}): Promise<VersionPage> => searchVersions(database, search),
    /** @throws {@link NotFoundError}; {@link ConflictError} when the name is taken */
    rename: (name: string, newName: string, userId = ''): Promise<RegisteredModel> =>
      write(async (queries) => {
        const { id } = await lockModel(queries, name)
        if (newName !== name) await requireFree(queries, newName)
        const at = time()
        const row = await queries
          .updateTable('registered_models')
          .set({ name: newName, last_update_time: at })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        await queries
          .updateTable('model_versions')
          .set({ last_update_time: at })
          .where('model', '=', id)
          .execute()
        const details = { from: name, to: newName }
        await addEvent(queries, row, { kind: 'model-renamed', userId, details }, at)
        return (await modelsWithData(queries, [row]))[0]!
      }),
    /** @throws {@link NotFoundError} */
    describe: (name: string, description: string): Promise<RegisteredModel> =>
      write(async (queries) => {
        const { id } = await lockModel(queries, name)
        const row = await queries
          .updateTable('registered_models')
          .set({ description, last_update_time: time() })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        return (await modelsWithData(queries, [row]))[0]!
      }),
    /** Removes a model with its versions and aliases. Its events remain under its name. @throws {@link NotFoundError} */
    delete: (name: string, userId = ''): Promise<void> =>
      write(async (queries) => {
        const model = await lockModel(queries, name)
        await addEvent(queries, model, { kind: 'model-deleted', userId }, time())
        await queries
          .updateTable('model_events')
          .set({ model: null, name })
          .where('model', '=', model.id)
          .execute()
        const versions = queries.selectFrom('model_versions').select('id').where('model', '=', model.id)
        await queries.deleteFrom('model_version_tags').where('owner', 'in', versions).execute()
        await queries.deleteFrom('registered_model_tags').where('owner', '=', model.id).execute()
        await queries.deleteFrom('model_aliases').where('model', '=', model.id).execute()
        await queries.deleteFrom('model_versions').where('model', '=', model.id).execute()
        await queries.deleteFrom('registered_models').where('id', '=', model.id).execute()
      }),
    /** @throws {@link NotFoundError} */
    setTags: (name: string, pairs: Pairs): Promise<void> =>
      write(async (queries) => {
        const { id } = await modelRow(queries, name)
        await setPairs(database, queries, 'registered_model_tags', { owner: id, pairs })
      }),
    /** @throws {@link NotFoundError} for the model; true when the tag was there */
    async deleteTag(name: string, key: string): Promise<boolean> {
      return deletePair(db, 'registered_model_tags', (await modelRow(db, name)).id, key)
    },
    /**
     * Puts an alias to a version or takes it away, if it points where it is expected to, and records that with it.
     *
     * @returns the event; undefined when there was nothing to do
     * @throws {@link NotFoundError}; {@link ConflictError} when the alias points elsewhere
     */
    moveAlias: (name: string, move: AliasMove): Promise<ModelEvent | undefined> =>
      write((queries) => moveAlias(queries, name, move, time())),
    /** @throws {@link NotFoundError} */
    addEvent: (name: string, event: NewModelEvent): Promise<ModelEvent> =>
      write(async (queries) => addEvent(queries, await modelRow(queries, name), event, time())),
    /** What happened, the newest first; of a deleted model by the name that it had. @throws {@link NotFoundError} */
    events: (name: string, query: EventQuery = {}): Promise<ModelEvent[]> => readEvents(db, name, query),
  }
}

const taken = (name: string): ConflictError =>
  new ConflictError(
    `There is a registered model '${name}' already. Choose another name, or add a version to it.`,
    {
      kind: 'model',
      id: name,
    },
  )

async function requireFree(queries: Queries, name: string): Promise<void> {
  const found = await queries
    .selectFrom('registered_models')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst()
  if (found !== undefined) throw taken(name)
}
