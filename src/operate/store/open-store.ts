// Opens a store: finds out which database an address means, brings its schema forward, and joins the groups.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kysely } from 'kysely'
import { NotFoundError, UsageError, wallClock } from '../../base/index.js'
import type { Database } from './database.js'
import { migrate, schemaVersion } from './migrations/index.js'
import { openPostgres } from './postgres.js'
import { openSqlite } from './sqlite.js'
import { type Store, storeGroups, wrapGroups } from './store.js'
import { isPostgres, storeUrl, withoutSecrets } from './store-url.js'

export interface StoreOptions {
  /** Milliseconds since 1970. @default the clock of this machine */
  readonly time?: (() => number) | undefined
  /** Make the file where there is none. @default true */
  readonly create?: boolean | undefined
}

/** Behind the door of this name: doors.ts. */
export async function openStore(
  url?: string,
  { time = wallClock, create = true }: StoreOptions = {},
): Promise<Store> {
  const address = storeUrl(url)
  if (!create) requireStore(address)
  const database = await openDatabase(address)
  const shown = withoutSecrets(address)
  try {
    if (!(await isCurrent(database))) {
      await database.write((queries) =>
        migrate(queries as unknown as Kysely<unknown>, database.dialect, shown),
      )
      await addDefaultExperiment(database, time())
    }
  } catch (error) {
    await database.close()
    throw database.explain(error)
  }
  const groups = wrapGroups(storeGroups(database, time), (work) => async (...args) => {
    try {
      return await work(...args)
    } catch (error) {
      throw database.explain(error)
    }
  })
  return { ...groups, url: shown, close: database.close, [Symbol.asyncDispose]: database.close }
}

/** Whether there is nothing to do before it is used: then it may be one that can only be read. */
async function isCurrent({ db }: Database): Promise<boolean> {
  try {
    const version = await db.selectFrom('schema_version').select('version').executeTakeFirst()
    const first = await db.selectFrom('experiments').select('id').where('id', '=', 0).executeTakeFirst()
    return version?.version === schemaVersion && first !== undefined
  } catch {
    // There are no tables yet; what else is wrong is told by who makes them.
    return false
  }
}

/** The database behind an address, whatever its schema. */
export function openDatabase(address: string): Promise<Database> {
  if (isPostgres(address)) return openPostgres(address)
  const path = fileOf(address)
  if (path !== undefined) return openSqlite(path)
  throw new UsageError(
    `The store's address begins with '${schemeOf(address)}:', expected a path, 'sqlite:<path>' or 'postgres://user:password@host/database' by the option 'store' or MODELWRIGHT_STORE (--store).`,
    { argument: 'store' },
  )
}

const schemeOf = (address: string): string | undefined => /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]

/** The file that an address means; undefined where it means another kind of place. */
function fileOf(address: string): string | undefined {
  const scheme = schemeOf(address)
  if (scheme === undefined) return resolve(address)
  if (scheme === 'file') return fileURLToPath(address)
  return scheme === 'sqlite' ? resolve(address.replace(/^sqlite:(\/\/\/?)?/, '')) : undefined
}

/** Who only looks must not find an empty store where a name was mistyped. @throws {@link NotFoundError} */
function requireStore(address: string): void {
  const path = fileOf(address)
  if (path === undefined || existsSync(path)) return
  throw new NotFoundError(
    `There is no store at '${address}': nothing was logged or registered here. Give another place by the option 'store' or MODELWRIGHT_STORE (--store), or begin one by a tracked training (--track).`,
    { kind: 'store', id: address },
  )
}

/** MLflow's clients log into experiment 0 when they name none. */
async function addDefaultExperiment({ write }: Database, at: number): Promise<void> {
  await write((queries) =>
    queries
      .insertInto('experiments')
      .values({
        id: 0,
        name: 'Default',
        artifact_location: 'mlflow-artifacts:/0',
        lifecycle_stage: 'active',
        creation_time: at,
        last_update_time: at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
}
