// API keys. Only a hash is kept: whoever reads the database cannot call the server.
import { createHash, randomBytes } from 'node:crypto'
import { ConflictError, InvalidOptionError, NotFoundError, quote } from '../../base/index.js'
import type { Database } from './database.js'
import type { ApiKeysTable } from './schema.js'

/** What a key allows. `admin` allows everything, `write` also reading; `predict:churn` predictions of the model churn alone. */
export type Scope = 'predict' | 'read' | 'write' | 'admin' | `predict:${string}`

/** A key as it is told to others: without itself. */
export interface ApiKey {
  readonly name: string
  /** Its first characters, by which its owner recognizes it. */
  readonly prefix: string
  readonly scopes: readonly Scope[]
  readonly creationTime: number
  readonly expirationTime: number | undefined
  /** To the minute. */
  readonly lastUsedTime: number | undefined
  readonly revokedTime: number | undefined
}

export interface NewApiKey {
  readonly name: string
  readonly scopes: readonly string[]
  /** Milliseconds since 1970. @default never */
  readonly expirationTime?: number | undefined
}

/** 256 bits cannot be guessed, so that one round of SHA-256 is enough of a hash. */
const keyBytes = 32
/** `mw_` and eight more: of a million keys, two share them with a chance of 1 in 500. */
const prefixLength = 11

/** What is kept of a key. */
export const keyHash = (key: string): string => createHash('sha256').update(key).digest('hex')

export function keys({ db }: Database, time: () => number) {
  return {
    /** Makes a key; the answer is the only place where it stands. @throws {@link InvalidOptionError} for a scope that there is not */
    async create({ name, scopes, expirationTime }: NewApiKey): Promise<ApiKey & { readonly key: string }> {
      const allowed = checkedScopes(scopes)
      const now = time()
      if (name === '') throw invalid('name', 'a text that says whose key it is', name)
      if (expirationTime !== undefined && !(expirationTime > now))
        throw invalid('expirationTime', 'a time to come', expirationTime)
      const key = `mw_${randomBytes(keyBytes).toString('base64url')}`
      const row = {
        name,
        prefix: key.slice(0, prefixLength),
        hash: keyHash(key),
        scopes: JSON.stringify(allowed),
        creation_time: now,
        expiration_time: expirationTime ?? null,
        last_used_time: null,
        revoked_time: null,
      }
      await db.insertInto('api_keys').values(row).execute()
      return { ...keyOf(row), key }
    },
    /** All keys, newest first; those that no longer work too. */
    async list(): Promise<ApiKey[]> {
      const rows = await db.selectFrom('api_keys').selectAll().orderBy('id', 'desc').execute()
      return rows.map(keyOf)
    },
    /** The key with this hash, when it works now. */
    async find(hash: string): Promise<ApiKey | undefined> {
      const row = await db
        .selectFrom('api_keys')
        .selectAll()
        .where('hash', '=', hash)
        .where('revoked_time', 'is', null)
        .executeTakeFirst()
      if (row === undefined || (row.expiration_time !== null && row.expiration_time <= time()))
        return undefined
      return keyOf(row)
    },
    /** Whether any key works now. */
    async inUse(): Promise<boolean> {
      const row = await db
        .selectFrom('api_keys')
        .select('id')
        .where('revoked_time', 'is', null)
        .where((eb) => eb.or([eb('expiration_time', 'is', null), eb('expiration_time', '>', time())]))
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },
    /**
     * Ends a key at once, for good.
     *
     * @param which - its prefix, or its name where no other key that works has it
     * @throws {@link NotFoundError}; {@link ConflictError} when several have that name
     */
    async revoke(which: string): Promise<ApiKey> {
      const rows = await db
        .selectFrom('api_keys')
        .selectAll()
        .where((eb) => eb.or([eb('prefix', '=', which), eb('name', '=', which)]))
        .execute()
      const row = chosen(rows, which)
      if (row.revoked_time !== null) return keyOf(row)
      const revoked_time = time()
      await db.updateTable('api_keys').set({ revoked_time }).where('id', '=', row.id).execute()
      return keyOf({ ...row, revoked_time })
    },
    /** Notes when keys were last used. */
    async used(times: Readonly<Record<string, number>>): Promise<void> {
      for (const [prefix, last_used_time] of Object.entries(times)) {
        await db.updateTable('api_keys').set({ last_used_time }).where('prefix', '=', prefix).execute()
      }
    },
  }
}

type Row = Omit<ApiKeysTable, 'id'>

const keyOf = (row: Row): ApiKey => ({
  name: row.name,
  prefix: row.prefix,
  scopes: JSON.parse(row.scopes) as Scope[],
  creationTime: row.creation_time,
  expirationTime: row.expiration_time ?? undefined,
  lastUsedTime: row.last_used_time ?? undefined,
  revokedTime: row.revoked_time ?? undefined,
})

function chosen<R extends Row>(rows: readonly R[], which: string): R {
  const working = rows.filter(({ revoked_time }) => revoked_time === null)
  const [first] = working.length > 0 ? working : rows
  if (first === undefined) {
    throw new NotFoundError(
      `There is no key ${quote(which)}. Give its first ${prefixLength} characters, as 'modelwright keys list' shows them, or its name.`,
      { kind: 'key', id: which },
    )
  }
  if (working.length > 1) {
    throw new ConflictError(
      `${working.length} keys have the name ${quote(which)}: ${working.map(({ prefix }) => prefix).join(', ')}. Say which by these characters.`,
      { kind: 'key', id: which },
    )
  }
  return first
}

const plainScopes: readonly string[] = ['predict', 'read', 'write', 'admin']

function checkedScopes(scopes: readonly string[]): readonly Scope[] {
  const wrong = scopes.find((scope) => !plainScopes.includes(scope) && !/^predict:.+/.test(scope))
  if (wrong === undefined && scopes.length > 0) return [...new Set(scopes)] as Scope[]
  throw invalid(
    'scopes',
    "one or more of 'predict', 'predict:<model>', 'read', 'write', 'admin'",
    wrong ?? scopes,
  )
}

const invalid = (option: string, expected: string, received: unknown): InvalidOptionError =>
  new InvalidOptionError(`keys: option '${option}' must be ${expected}; received ${quote(received)}.`, {
    option,
    expected,
    received,
  })
