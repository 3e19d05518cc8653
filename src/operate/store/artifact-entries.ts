// Entries of artifacts: which blob stands under which path of a run or a model. Two kinds of them are not files: pins, which keep a blob
// that is about to get an entry, and marks of blobs that are about to be removed. Both stand in the same table, so that "does any
// entry mention this hash" is one question.
import { randomUUID } from 'node:crypto'
import { type Expression, sql, type SqlBool, type Transaction } from 'kysely'
import { ConflictError } from '../../base/index.js'
import type { Database } from './database.js'
import type { Schema } from './schema.js'

/** A file of a run or a model. */
export interface ArtifactEntry {
  /** Whose it is, such as `runs/<run id>`. */
  readonly root: string
  /** Below the root, with slashes. */
  readonly path: string
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string
  readonly size: number
  readonly contentType: string | undefined
  readonly creationTime: number
}

export type NewArtifactEntry = Omit<ArtifactEntry, 'creationTime' | 'contentType'> & {
  readonly contentType?: string | undefined
}

/** A file or a folder, directly in a folder. */
export interface ArtifactItem {
  readonly path: string
  readonly isDir: boolean
  /** Undefined for folders. */
  readonly fileSize: number | undefined
}

export interface EntryRange {
  /** A file, or a folder with everything in it; the whole root when empty. @default '' */
  readonly under?: string | undefined
  /** Only paths behind this one, in the order of their bytes. */
  readonly after?: string | undefined
  readonly limit: number
}

/** No root of a user begins with a dot: `checkRoot` of artifacts sees to it. */
const pins = '.pins'
const marks = '.garbage'

export type ArtifactEntries = ReturnType<typeof artifactEntries>

export function artifactEntries({ db, dialect, write, bulkInsert }: Database, time: () => number) {
  const within = (root: string) => db.selectFrom('artifacts').where('root', '=', root)
  return {
    async find(root: string, path: string): Promise<ArtifactEntry | undefined> {
      const row = await within(root).where('path', '=', path).selectAll().executeTakeFirst()
      return row === undefined ? undefined : entryOf(row)
    },
    /** Entries in the order of their paths. */
    async list(root: string, { under = '', after = '', limit }: EntryRange): Promise<ArtifactEntry[]> {
      const rows = await within(root)
        .where(isUnder(under))
        .where('path', '>', after)
        .selectAll()
        .orderBy('path')
        .limit(limit)
        .execute()
      return rows.map(entryOf)
    },
    /** What is directly in a folder, folders too, by name. */
    async items(root: string, folder: string): Promise<ArtifactItem[]> {
      const prefix = folder === '' ? '' : `${folder}/`
      const rest = sql<string>`substr(path, ${[...prefix].length + 1})`
      const slash =
        dialect === 'sqlite' ? sql<number>`instr(${rest}, '/')` : sql<number>`strpos(${rest}, '/')`
      const inside = within(root).where(isBelow(prefix))
      const files = await inside.where(slash, '=', 0).select(['path', 'size']).execute()
      const folders = await inside
        .where(slash, '>', 0)
        .select(sql<string>`substr(${rest}, 1, ${slash} - 1)`.as('name'))
        .distinct()
        .execute()
      return [
        ...folders.map(({ name }) => ({ path: prefix + name, isDir: true, fileSize: undefined })),
        ...files.map(({ path, size }) => ({ path, isDir: false, fileSize: Number(size) })),
      ].toSorted((a, b) => (a.path < b.path ? -1 : 1))
    },
    async count(root: string): Promise<number> {
      const row = await within(root)
        .select(sql<number>`count(*)`.as('count'))
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
    /**
     * Adds entries or replaces those of the same paths, all or none, and gives them as they stand.
     *
     * @throws {@link ConflictError} where a file would have to be a folder too
     */
    set: (entries: readonly NewArtifactEntry[]): Promise<ArtifactEntry[]> =>
      write(async (queries) => {
        for (const entry of entries) await requireFree(queries, entry)
        const at = time()
        await bulkInsert(queries, {
          table: 'artifacts',
          columns: {
            root: 'text',
            path: 'text',
            hash: 'text',
            size: 'integer',
            content_type: 'text',
            creation_time: 'integer',
          },
          values: entries.flatMap(({ root, path, hash, size, contentType }) => [
            root,
            path,
            hash,
            size,
            contentType ?? null,
            at,
          ]),
          suffix:
            'on conflict (root, path) do update set hash = excluded.hash, size = excluded.size, content_type = excluded.content_type, creation_time = excluded.creation_time',
        })
        return entries.map(({ contentType, ...entry }) => ({ ...entry, contentType, creationTime: at }))
      }),
    /** Removes a file, or a folder with everything in it, or with an empty path the whole root; tells how many entries. */
    remove: (root: string, path: string): Promise<number> =>
      write(async (queries) => {
        const { numDeletedRows } = await queries
          .deleteFrom('artifacts')
          .where('root', '=', root)
          .where(isUnder(path))
          .executeTakeFirst()
        return Number(numDeletedRows)
      }),
    /** Those of the hashes that an entry or a pin mentions. */
    async mentioned(hashes: readonly string[]): Promise<string[]> {
      if (hashes.length === 0) return []
      const rows = await db
        .selectFrom('artifacts')
        .where('hash', 'in', hashes)
        .where('root', '!=', marks)
        .select('hash')
        .distinct()
        .execute()
      return rows.map(({ hash }) => hash)
    },
    /** Keeps a blob from being removed, from now on; gives the name of the pin. */
    pin: async (hash: string): Promise<string> => {
      const path = randomUUID()
      await add(pins, path, hash)
      return path
    },
    unpin: (names: readonly string[]): Promise<void> =>
      write(async (queries) => {
        for (const name of names) await drop(queries, pins, name)
      }),
    /** Forgets pins that were made before a time, by processes that have died since. */
    unpinOlder: (before: number): Promise<void> =>
      write(async (queries) => {
        await queries
          .deleteFrom('artifacts')
          .where('root', '=', pins)
          .where('creation_time', '<', before)
          .execute()
      }),
    /** Marks a blob as about to be removed; false where it is marked already. */
    mark: (hash: string): Promise<boolean> => add(marks, hash, hash),
    unmark: (hash: string): Promise<void> => write((queries) => drop(queries, marks, hash)),
    /** When a blob was marked; undefined where it is not. */
    async markedAt(hash: string): Promise<number | undefined> {
      const row = await within(marks).where('path', '=', hash).select('creation_time').executeTakeFirst()
      return row === undefined ? undefined : Number(row.creation_time)
    },
  }

  /** False where there is one already. */
  function add(root: string, path: string, hash: string): Promise<boolean> {
    return write(async (queries) => {
      const row = await queries
        .insertInto('artifacts')
        .values({ root, path, hash, size: 0, content_type: null, creation_time: time() })
        .onConflict((conflict) => conflict.doNothing())
        .returning('path')
        .executeTakeFirst()
      return row !== undefined
    })
  }
}

async function drop(queries: Transaction<Schema>, root: string, path: string): Promise<void> {
  await queries.deleteFrom('artifacts').where('root', '=', root).where('path', '=', path).execute()
}

/** Paths that begin so, as a range of the index: the last letter is a slash, and a zero follows it. */
const isBelow = (prefix: string): Expression<SqlBool> =>
  prefix === ''
    ? sql<SqlBool>`1 = 1`
    : sql<SqlBool>`(path >= ${prefix} and path < ${`${prefix.slice(0, -1)}0`})`

/** The path itself and everything in it; all paths when it is empty. */
const isUnder = (path: string): Expression<SqlBool> =>
  path === '' ? isBelow('') : sql<SqlBool>`(path = ${path} or ${isBelow(`${path}/`)})`

/** A path is a file or a folder, never both: nobody could download them. */
async function requireFree(queries: Transaction<Schema>, { root, path }: NewArtifactEntry): Promise<void> {
  const names = path.split('/')
  const folders = names.slice(1).map((_, i) => names.slice(0, i + 1).join('/'))
  const file = await queries
    .selectFrom('artifacts')
    .where('root', '=', root)
    .where((where) => where.or([where('path', 'in', ['', ...folders]), isBelow(`${path}/`)]))
    .select('path')
    .executeTakeFirst()
  if (file === undefined) return
  throw new ConflictError(
    file.path.startsWith(`${path}/`)
      ? `There is a folder '${path}' among the artifacts already. Choose another name for the file.`
      : `There is a file '${file.path}' among the artifacts already, so nothing can be in it. Choose another folder.`,
    { kind: 'artifact', id: file.path },
  )
}

interface EntryRow {
  readonly root: string
  readonly path: string
  readonly hash: string
  readonly size: number
  readonly content_type: string | null
  readonly creation_time: number
}

const entryOf = (row: EntryRow): ArtifactEntry => ({
  root: row.root,
  path: row.path,
  hash: row.hash,
  size: Number(row.size),
  contentType: row.content_type ?? undefined,
  creationTime: Number(row.creation_time),
})
