// Connections to Postgres that are lost while they are used, and what became of what was being written: a connection that was lost during
// its COMMIT does not say, but the server knows afterwards.
import { setTimeout as wait } from 'node:timers/promises'
import type { PostgresPool, PostgresPoolClient } from 'kysely'

/** The server was lost, or silent for too long, in the middle of a query. */
export class LostConnection extends Error {
  override readonly name = 'LostConnection'
  /** Whether what was sent may have been kept. */
  readonly maybeWritten: boolean
  /** The number of the transaction that was being committed. */
  readonly transaction: string | undefined

  constructor(cause: unknown, maybeWritten: boolean, transaction?: string) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.maybeWritten = maybeWritten
    this.transaction = transaction
  }
}

/**
 * The same pool, whose connections end when they were lost. One that was only silent would be used again by others, with a transaction
 * half done that their COMMIT would make whole.
 */
export const withoutLost = (pool: PostgresPool): PostgresPool => ({
  connect: async () => guarded(await pool.connect()),
  end: () => pool.end(),
})

function guarded(client: PostgresPoolClient): PostgresPoolClient {
  let lost: LostConnection | undefined
  let transaction: string | undefined
  const query = async (text: string, values: readonly unknown[]) => {
    if (lost !== undefined) throw lost
    try {
      if (text !== 'begin') return await client.query(text, values)
      transaction = await begin(client)
      return { command: 'BEGIN', rowCount: 0, rows: [] } as never
    } catch (error) {
      if (isAnswer(error)) throw error
      // What is read, and what stands in a transaction that is not being committed, writes nothing.
      const undecided = text === 'commit' || (transaction === undefined && !/^(select|begin)/.test(text))
      lost = new LostConnection(error, undecided, text === 'commit' ? transaction : undefined)
      throw lost
    } finally {
      if (text === 'commit' || text === 'rollback') transaction = undefined
    }
  }
  return {
    query: query as PostgresPoolClient['query'],
    release: (discard) => client.release(discard === true || lost !== undefined),
  }
}

/** Begins a transaction and gives its number, in one round trip. */
async function begin(client: PostgresPoolClient): Promise<string> {
  const text = 'begin; select txid_current()::text as number'
  const answers = (await client.query(text, undefined as never)) as unknown as readonly {
    readonly rows: readonly { readonly number: string }[]
  }[]
  return answers[1]!.rows[0]!.number
}

/** An error that the server told, and after which it listens on. */
const isAnswer = (error: unknown): boolean => (error as { severity?: string }).severity === 'ERROR'

/** Milliseconds before each look: a server that has just lost a connection may still be at its work. */
const looks = [0, 100, 1000]

/** Whether a transaction was committed; undefined while that cannot be known. */
export async function wasCommitted(pool: PostgresPool, transaction: string): Promise<boolean | undefined> {
  for (const pause of looks) {
    await wait(pause)
    const status = await statusOf(pool, transaction).catch(() => undefined)
    if (status === 'committed' || status === 'aborted') return status === 'committed'
    if (status === undefined) return undefined
  }
  return undefined
}

async function statusOf(pool: PostgresPool, transaction: string): Promise<string | undefined> {
  const client = guarded(await pool.connect())
  try {
    const { rows } = await client.query<{ status: string | null }>(
      'select txid_status($1::bigint) as status',
      [transaction],
    )
    return rows[0]?.status ?? undefined
  } finally {
    client.release()
  }
}
