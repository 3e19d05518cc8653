// Streams the chunks of a query: DuckDB keeps at most a small buffer ahead of us, so memory does not grow with the file.
import { checkpoint } from '../../base/index.js'
import { connect } from './connection.js'
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
 * The chunks (up to 2,048 rows each) of a query's result, in order.
 *
 * @throws {@link DataError} or {@link NotFoundError} with the engine's message put in our words
 */
export async function* queryChunks(sql: string, options: QueryOptions): AsyncGenerator<Chunk, void> {
  const { signal, parameters = [], subject } = options
  const { connection, close } = await connect(signal)
  try {
    const result = await connection.stream(sql, [...parameters])
    for (;;) {
      const chunk = await result.fetchChunk()
      if (chunk === null || chunk.rowCount === 0) return
      yield chunk
      await checkpoint(signal)
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw engineError(error, subject)
  } finally {
    close()
  }
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
