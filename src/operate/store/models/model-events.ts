// What happened to models: added to, read, never changed. Events of a deleted model are found by its name.
import type { Queries } from '../database.js'
import { type ModelRow, noModel } from './model-rows.js'
import type { ModelEvent, ModelEventKind, NewModelEvent } from './model-types.js'

/** Which events are read: the newest first. */
export interface EventQuery {
  readonly kinds?: readonly ModelEventKind[] | undefined
  readonly version?: number | undefined
  /** Only those before this event: the last of the page before. */
  readonly before?: number | undefined
  /** @default all */
  readonly limit?: number | undefined
}

/** Adds an event within the transaction that does what it tells. */
export async function addEvent(
  queries: Queries,
  model: ModelRow,
  { kind, version, userId, details }: NewModelEvent,
  time: number,
): Promise<ModelEvent> {
  const values = {
    model: model.id,
    name: model.name,
    version: version ?? null,
    time,
    user_id: userId ?? '',
    kind,
    details: JSON.stringify(details ?? {}),
  }
  const { id } = await queries
    .insertInto('model_events')
    .values(values)
    .returning('id')
    .executeTakeFirstOrThrow()
  return eventOf({ ...values, id })
}

/** Events of a model, or of those that bore this name and are no more. @throws {@link NotFoundError} */
export async function readEvents(queries: Queries, name: string, query: EventQuery): Promise<ModelEvent[]> {
  const model = await queries
    .selectFrom('registered_models')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst()
  let rows = queries.selectFrom('model_events').selectAll()
  rows =
    model === undefined
      ? rows.where('name', '=', name).where('model', 'is', null)
      : rows.where('model', '=', model.id)
  if (query.kinds !== undefined) rows = rows.where('kind', 'in', query.kinds)
  if (query.version !== undefined) rows = rows.where('version', '=', query.version)
  if (query.before !== undefined) rows = rows.where('id', '<', query.before)
  if (query.limit !== undefined) rows = rows.limit(query.limit)
  const found = await rows.orderBy('id', 'desc').execute()
  if (model === undefined && found.length === 0) throw noModel(name)
  return found.map(eventOf)
}

const eventOf = (row: {
  readonly id: number
  readonly kind: string
  readonly version: number | null
  readonly time: number
  readonly user_id: string
  readonly details: string
}): ModelEvent => ({
  eventId: row.id,
  kind: row.kind as ModelEventKind,
  version: row.version ?? undefined,
  time: row.time,
  userId: row.user_id,
  details: JSON.parse(row.details) as Record<string, unknown>,
})
