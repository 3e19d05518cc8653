// Brings the float matrix into shared memory as bins, chunk by chunk: the whole matrix is never held twice.
import { rng } from '../../base/index.js'
import type { Job } from './jobs.js'
import { type BoostingLayout, SAMPLE_ROWS, columnsPerGroup, rowsPerChunk } from './layout.js'
import type { Pool } from './pool.js'
import type { BoostingInput, BoostingParams, BoostingRows } from './types.js'

export interface BinningWork {
  readonly pool: Pool
  readonly layout: BoostingLayout
  readonly signal: AbortSignal | undefined
}

/** Finds every column's thresholds from a sample of rows. */
export async function findBins(
  input: BoostingInput,
  params: BoostingParams,
  { pool, layout, signal }: BinningWork,
): Promise<void> {
  const { x, columns } = input
  const sampled = sampleRows(input.rows, params.seed)
  const group = columnsPerGroup(sampled.length, columns)
  for (let first = 0; first < columns; first += group) {
    signal?.throwIfAborted()
    const count = Math.min(group, columns - first)
    const staging = new Float32Array(pool.memory.buffer, layout.staging, sampled.length * count)
    for (let i = 0; i < sampled.length; i++) {
      const from = sampled[i]! * columns + first
      for (let j = 0; j < count; j++) staging[j * sampled.length + i] = x[from + j]!
    }
    await pool.run({
      type: 'find-bins',
      samples: layout.staging,
      sampleRows: sampled.length,
      first,
      count,
      maxBins: params.maxBins,
      scratch: layout.staging + Math.ceil((sampled.length * 4 * group) / 64) * 64,
    })
  }
}

/** All rows, or one at random from each of equally many equal stretches. */
function sampleRows(rows: number, seed: number): Int32Array {
  const count = Math.min(rows, SAMPLE_ROWS)
  if (count === rows) return Int32Array.from({ length: rows }, (_, i) => i)
  const random = rng(seed).split('bins')
  return Int32Array.from({ length: count }, (_, i) =>
    Math.min(rows - 1, Math.floor(((i + random.uniform()) * rows) / count)),
  )
}

export interface BinTarget {
  readonly tiles: number
  /** 0: no copy by column. */
  readonly columns: number
}

/** Bins all rows; while the threads work on one chunk, this thread copies the next. */
export async function binRows(
  part: BoostingRows,
  columns: number,
  { pool, layout, signal }: BinningWork,
  target: BinTarget,
): Promise<void> {
  const chunk = rowsPerChunk(part.rows, columns)
  let running: Promise<unknown> = Promise.resolve()
  for (let first = 0, turn = 0; first < part.rows; first += chunk, turn = 1 - turn) {
    const count = Math.min(chunk, part.rows - first)
    const values = layout.staging + turn * chunk * columns * 4
    const from = first * columns
    new Float32Array(pool.memory.buffer, values, count * columns).set(
      part.x.subarray(from, from + count * columns),
    )
    await running
    signal?.throwIfAborted()
    const job: Job = { type: 'bin-rows', values, first, count, totalRows: part.rows, ...target }
    running = pool.run(job)
  }
  await running
}
