// Aliases: names of versions that are moved, each move at once with its event.
import type { Transaction } from 'kysely'
import { ConflictError } from '../../../base/index.js'
import type { Schema } from '../schema.js'
import { addEvent } from './model-events.js'
import { lockModel, type ModelRow, versionRow } from './model-rows.js'
import type { AliasMove, ModelEvent } from './model-types.js'

/**
 * Moves an alias if it points where it is expected to, and records the move. Nothing to move and no event given: nothing happens.
 *
 * @throws {@link NotFoundError} for the model or the version
 * @throws {@link ConflictError} when the alias points elsewhere than expected
 */
export async function moveAlias(
  queries: Transaction<Schema>,
  name: string,
  move: AliasMove,
  time: number,
): Promise<ModelEvent | undefined> {
  const model = await lockModel(queries, name)
  const { alias, version, event } = move
  if (version !== null) await versionRow(queries, model, version)
  const from = await pointedTo(queries, model, alias)
  requireExpected(name, move, from)
  if (from === version && event === undefined) return undefined
  if (version === null) {
    await queries
      .deleteFrom('model_aliases')
      .where('model', '=', model.id)
      .where('alias', '=', alias)
      .execute()
  } else {
    await queries
      .insertInto('model_aliases')
      .values({ model: model.id, alias, version })
      .onConflict((conflict) => conflict.columns(['model', 'alias']).doUpdateSet({ version }))
      .execute()
  }
  const kind = event?.kind ?? (version === null ? 'alias-deleted' : 'alias-set')
  const details = { ...event?.details, alias, from, to: version }
  return addEvent(
    queries,
    model,
    { kind, userId: event?.userId, version: version ?? undefined, details },
    time,
  )
}

function requireExpected(name: string, { alias, expected }: AliasMove, from: number | null): void {
  if (expected === undefined || expected === from) return
  const said = (version: number | null): string => (version === null ? 'no version' : `version ${version}`)
  throw new ConflictError(
    `The alias '${alias}' of model '${name}' points to ${said(from)}, expected ${said(expected)}: somebody moved it meanwhile. Look at the model again, then decide anew.`,
    { kind: 'alias', id: `${name}@${alias}`, expected, received: from },
  )
}

async function pointedTo(
  queries: Transaction<Schema>,
  model: ModelRow,
  alias: string,
): Promise<number | null> {
  const row = await queries
    .selectFrom('model_aliases')
    .select('version')
    .where('model', '=', model.id)
    .where('alias', '=', alias)
    .executeTakeFirst()
  return row?.version ?? null
}

/** Takes all aliases of a version away, each with its event. */
export async function dropAliases(
  queries: Transaction<Schema>,
  model: ModelRow,
  { version, userId, time }: { readonly version: number; readonly userId: string; readonly time: number },
): Promise<void> {
  const dropped = await queries
    .deleteFrom('model_aliases')
    .where('model', '=', model.id)
    .where('version', '=', version)
    .returning('alias')
    .execute()
  for (const { alias } of dropped) {
    const details = { alias, from: version, to: null }
    await addEvent(queries, model, { kind: 'alias-deleted', userId, details }, time)
  }
}
