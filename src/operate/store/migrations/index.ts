// Brings a database forward to the schema of this version, one step after the other, all or nothing.
import { type Kysely, sql } from 'kysely'
import { FormatError } from '../../../base/index.js'
import type { Dialect } from './define.js'
import { begin } from './0001-begin.js'

export type { Dialect } from './define.js'

/** Never changed once released; a new one is added at the end. */
const migrations: readonly ((db: Kysely<unknown>, dialect: Dialect) => Promise<void>)[] = [begin]

/** The schema that this version reads and writes. */
export const schemaVersion = migrations.length

/** Any number that nothing else in the same Postgres locks: the letters 'mdlw'. */
const advisoryLock = 0x6d646c77

/**
 * Called within a transaction that no other process can be in at the same time.
 *
 * @throws {@link FormatError} when the database was written by a newer version; nothing is changed then
 */
export async function migrate(db: Kysely<unknown>, dialect: Dialect, where: string): Promise<void> {
  if (dialect === 'postgres') await sql`select pg_advisory_xact_lock(${advisoryLock})`.execute(db)
  const found = await versionOf(db, dialect)
  if (found > schemaVersion) {
    throw new FormatError(
      `The store '${where}' has schema version ${found}, expected at most ${schemaVersion}: a newer Modelwright wrote it. Update modelwright, or give another store by the option 'store' or MODELWRIGHT_STORE (--store).`,
      { format: 'modelwright-store', version: found },
    )
  }
  for (const step of migrations.slice(found)) await step(db, dialect)
  if (found < schemaVersion) await sql`update schema_version set version = ${schemaVersion}`.execute(db)
}

async function versionOf(db: Kysely<unknown>, dialect: Dialect): Promise<number> {
  const integer = sql.raw(dialect === 'sqlite' ? 'integer' : 'bigint')
  await sql`create table if not exists schema_version (version ${integer} not null)`.execute(db)
  const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(db)
  if (rows[0] !== undefined) return Number(rows[0].version)
  await sql`insert into schema_version (version) values (0)`.execute(db)
  return 0
}
