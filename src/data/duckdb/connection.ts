// The one place that loads DuckDB: on first use, one engine per process, one connection per piece of work.
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { EngineMissingError } from '../../base/index.js'

export type Connection = DuckDBConnection

// How far the engine reads ahead of us: its threads stop when this is full. A million rows × 28 numbers took 2.3 s with its
// default of 1 MB, 2.0 s with 8, 1.5 s with 32 (where a mere scan takes 0.75 s); beyond that nothing is gained but memory.
const readAhead = "set streaming_buffer_size = '32MB'"

/** A table of one row and one column of this name: what stands behind the last row of a stream. */
export const endMark = '__modelwright_end'

let engine: Promise<DuckDBInstance> | undefined

async function open(): Promise<DuckDBInstance> {
  const { DuckDBInstance: instances } = await import('@duckdb/node-api').catch((error: unknown) => {
    throw new EngineMissingError(
      `DuckDB, which reads data files, could not be loaded: ${String(error)}. Install it with: npm install @duckdb/node-api`,
      { engine: 'duckdb', install: 'npm install @duckdb/node-api' },
      error,
    )
  })
  const instance = await instances.create(':memory:', {
    // Nothing is fetched from the network behind the user's back.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    threads: String(availableParallelism()),
    // Rows come back in file order whatever the number of threads.
    preserve_insertion_order: 'true',
    // The default is a folder in the working directory.
    temp_directory: join(tmpdir(), `modelwright-duckdb-${process.pid}`),
  })
  const connection = await instance.connect()
  await connection.run(`create table "${endMark}" as select true as "${endMark}"`)
  connection.closeSync()
  return instance
}

/**
 * Runs work on a connection of its own and closes it; an abort interrupts the running query.
 *
 * @throws the signal's reason when aborted
 */
export async function withConnection<T>(
  signal: AbortSignal | undefined,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { connection, close } = await connect(signal)
  try {
    return await work(connection)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    close()
  }
}

/** A connection to be closed by the caller; for generators, which cannot hand a callback. */
export async function connect(
  signal: AbortSignal | undefined,
): Promise<{ connection: Connection; close(): void }> {
  signal?.throwIfAborted()
  const connection = await (await (engine ??= open())).connect()
  await connection.run(readAhead)
  const interrupt = (): void => connection.interrupt()
  signal?.addEventListener('abort', interrupt, { once: true })
  return {
    connection,
    close() {
      signal?.removeEventListener('abort', interrupt)
      connection.closeSync()
    },
  }
}

/** The version of DuckDB that is in use, for benchmarks and `doctor`. */
export async function duckdbVersion(): Promise<string> {
  return withConnection(undefined, async (connection) => {
    const reader = await connection.runAndReadAll('select version()')
    return String(reader.getRows()[0]?.[0])
  })
}
