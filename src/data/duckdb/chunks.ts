// Streams the chunks of a query: DuckDB keeps at most a small buffer ahead of us, so memory does not grow with the file.
import { checkpoint, DataError } from '../../base/index.js'
import { type Connection, connect, endMark } from './connection.js'
import { engineError } from './engine-errors.js'
import type { Chunk } from './vectors.js'

export type SqlParameter = string | number | boolean | bigint | null

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined
  readonly parameters?: readonly SqlParameter[] | undefined
  /** What the query reads, for messages. */
  readonly subject: string
}

/**
 * The chunks (up to 2,048 rows each) of a query's result, in order; its columns must have names of their own.
 *
 * An error in the middle of a stream looks to the package like its end. So one more row is asked for behind the last
 * one; a stream that ends without it broke, and is run once more in a way that tells the error.
 *
 * @throws {@link DataError} or {@link NotFoundError} with the engine's message put in our words
 */
export async function* queryChunks(sql: string, options: QueryOptions): AsyncGenerator<Chunk, void> {
  const { signal, parameters = [], subject } = options
  const { connection, close } = await connect(signal)
  try {
    // From a table, because behind a mere `select true` the engine would stream with one thread.
    const marked = `from (${sql}\n) union all by name from main."${endMark}"`
    const result = await connection.stream(marked, [...parameters])
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return await tellError(connection, sql, options)
      const ended = endsHere(chunk)
      if (ended) chunk.rowCount -= 1
      if (chunk.rowCount > 0) yield chunk
      if (ended) return
      await checkpoint(signal)
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw engineError(error, subject)
  } finally {
    close()
  }
}

/** The mark is the last column, true in the row behind the last. */
const endsHere = (chunk: Chunk): boolean =>
  chunk.getColumnVector(chunk.columnCount - 1).getItem(chunk.rowCount - 1) === true

/** Always throws: the engine's error, or that there is none to be had. */
async function tellError(connection: Connection, sql: string, options: QueryOptions): Promise<never> {
  options.signal?.throwIfAborted()
  // Looks at every value of every column, and collects nothing.
  await connection.run(`select count(columns(*)) from (${sql}\n)`, [...(options.parameters ?? [])])
  throw new DataError(
    `${options.subject}: reading broke off before the end. Check that the file is not being written.`,
    {},
  )
}

/** A small result as rows of JavaScript values. */
export async function queryRows(sql: string, options: QueryOptions): Promise<unknown[][]> {
  const { signal, parameters = [], subject } = options
  const { connection, close } = await connect(signal)
  try {
    const reader = await connection.runAndReadAll(sql, [...parameters])
    return reader.getRowsJS()
  } catch (error) {
    signal?.throwIfAborted()
    throw engineError(error, subject)
  } finally {
    close()
  }
}

/** The names of a query's columns as it gives them, repeated ones included. */
export async function queryNames(sql: string, options: QueryOptions): Promise<string[]> {
  const { connection, close } = await connect(options.signal)
  try {
    const prepared = await connection.prepare(sql)
    return Array.from({ length: prepared.columnCount }, (_, column) => prepared.columnName(column))
  } catch (error) {
    options.signal?.throwIfAborted()
    throw engineError(error, options.subject)
  } finally {
    close()
  }
}
