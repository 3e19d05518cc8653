// One step back: an alias points to where it pointed before.
import { ConflictError } from '../../base/index.js'
import type { ModelVersion, Store } from '../store/index.js'
import { moveKinds, placesOf } from './alias-history.js'

export interface RollbackOptions {
  /** Why; kept with the record. */
  readonly note?: string | undefined
  readonly userId?: string | undefined
}

/** Behind {@link Registry.rollback}. */
export async function rollback(
  store: Store,
  name: string,
  alias: string,
  { note, userId }: RollbackOptions = {},
): Promise<ModelVersion> {
  const model = await store.models.get(name)
  const from = Object.hasOwn(model.aliases, alias) ? model.aliases[alias]! : null
  const places = placesOf(alias, await store.models.events(name, { kinds: moveKinds }))
  const living = new Set((await store.models.versions(name)).map(({ version }) => version))
  const to = places
    .slice(0, -1)
    .findLast((version) => version !== null && version !== from && living.has(version))
  if (to === undefined || to === null) {
    throw new ConflictError(
      `There is nothing to roll back to: the alias '${alias}' of model '${name}' ${from === null ? 'points nowhere' : `points to version ${from}`} and pointed to no other version before that still exists. Set it with setAlias (modelwright models alias).`,
      { kind: 'alias', id: `${name}@${alias}` },
    )
  }
  await store.models.moveAlias(name, {
    alias,
    version: to,
    expected: from,
    event: { kind: 'rolled-back', userId, details: { ...(note !== undefined && { note }) } },
  })
  return store.models.getVersion(name, to)
}
