// Gradient boosting of histogram trees on a pool of threads.
import type { WorkEvent } from '../../base/index.js'
import { baseScore, targetUnit } from './base-score.js'
import { type BinningWork, binRows, findBins } from './bin-data.js'
import { checkInput } from './check-input.js'
import { assembleEnsemble } from './ensemble.js'
import { writeControl, writeTargets } from './fill-memory.js'
import type { BoostResult, RoundReport } from './jobs.js'
import { planBinning, planGrowing } from './layout.js'
import type { Pool } from './pool.js'
import { defaultThreads, withPool } from './pool-queue.js'
import type { BoostingInput, BoostingParams, BoostingTask, KernelOptions, TreeEnsemble } from './types.js'

/** Behind the door of this name: doors.ts. */
export async function trainBoosting(
  input: BoostingInput,
  given: BoostingParams,
  options: KernelOptions = {},
): Promise<TreeEnsemble> {
  checkInput(input, given)
  const params = { ...given, maxLeaves: usefulLeaves(input.rows, given) }
  const threads = options.threads ?? worthwhileThreads(input)
  const base = baseScore(input, params)
  const task: BoostingTask = { input, params, base, unit: targetUnit(input, params, base) }
  const result = await withPool({ threads, signal: options.signal }, (pool) => fit(task, options, pool))
  return assembleEnsemble(result, {
    columns: input.columns,
    outputs: base.length,
    baseScore: base,
    unit: task.unit,
  })
}

/** Leaves that a tree can reach at all: memory need not be laid out for more. */
function usefulLeaves(rows: number, { maxLeaves, maxDepth, minSamplesLeaf }: BoostingParams): number {
  return Math.max(1, Math.min(maxLeaves, Math.floor(rows / minSamplesLeaf), 2 ** (maxDepth ?? Infinity)))
}

// Below some 20,000 values per thread a tree takes so short that waiting at barriers outweighs the shared work.
const VALUES_PER_THREAD = 20_000

function worthwhileThreads(input: BoostingInput): number {
  const useful = Math.floor((input.rows * input.columns) / VALUES_PER_THREAD)
  return Math.max(1, Math.min(defaultThreads(), useful, input.columns))
}

// Enough for 31 leaves of 6,500 columns or 1,000 leaves of 200.
const HISTOGRAM_MEMORY = 1024 * 1024 * 1024

async function fit(task: BoostingTask, options: KernelOptions, pool: Pool): Promise<BoostResult> {
  const { input, params, base } = task
  const outputs = base.length
  const what = `trainBoosting on ${input.rows} rows and ${input.columns} columns`
  const layout = planBinning(input, params, pool.threads)
  pool.reserve(layout.bytesToBin, what)
  const cells = await binAll(task, { pool, layout, signal: options.signal })
  const { rows, columns } = input
  const { maxLeaves } = params
  const growing = planGrowing({
    rows,
    columns,
    outputs,
    maxLeaves,
    threads: pool.threads,
    cells,
    histogramMemory: options.histogramMemory ?? HISTOGRAM_MEMORY,
    start: layout.end,
  })
  pool.reserve(growing.bytes, what)
  writeTargets(pool.memory, layout, task)
  writeControl(pool, task, { ...layout, ...growing, cells })
  return boost(task, options, pool)
}

/** Bins training and validation rows; returns the number of cells of a histogram. */
async function binAll(task: BoostingTask, work: BinningWork): Promise<number> {
  const { pool, layout } = work
  const { input, params } = task
  writeControl(pool, task, { ...layout, cells: 0 })
  await findBins(input, params, work)
  const binCounts = new Int32Array(pool.memory.buffer, layout.binCounts, input.columns)
  const offsets = new Int32Array(pool.memory.buffer, layout.cellOffsets, input.columns)
  let cells = 0
  binCounts.forEach((bins, column) => {
    offsets[column] = cells
    // One more for missing values, in fours: kernels read whole vectors.
    cells += Math.ceil((bins + 1) / 4) * 4
  })
  await binRows(input, input.columns, work, { tiles: layout.tileBins, columns: layout.columnBins })
  if (input.validation !== undefined) {
    await binRows(input.validation, input.columns, work, { tiles: layout.validationTiles, columns: 0 })
  }
  return cells
}

async function boost(task: BoostingTask, options: KernelOptions, pool: Pool): Promise<BoostResult> {
  const { params, input, base } = task
  const { signal, onEvent } = options
  signal?.throwIfAborted()
  const onAbort = (): void => pool.abort()
  signal?.addEventListener('abort', onAbort, { once: true })
  let failed: { readonly error: unknown } | undefined
  const tell = (report: RoundReport): void => {
    if (failed !== undefined) return
    try {
      onEvent?.(roundEvent(report, task.unit))
    } catch (error) {
      // Thrown from the listener of a worker's messages it would end the process. The kernels end first, so that the pool
      // can serve again.
      failed = { error }
      pool.abort()
    }
  }
  try {
    const result = await pool.run(
      {
        type: 'boost',
        nEstimators: params.nEstimators,
        outputs: base.length,
        maxLeaves: params.maxLeaves,
        patience: params.earlyStoppingRounds,
        validates: input.validation !== undefined,
      },
      tell,
    )
    if (failed !== undefined) throw failed.error
    signal?.throwIfAborted()
    return result!
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
}

function roundEvent(report: RoundReport, unit: number): WorkEvent {
  const { iteration, validationLoss } = report
  const trainLoss = report.trainLoss * unit ** 2
  return validationLoss === undefined
    ? { type: 'iteration-end', iteration, trainLoss }
    : { type: 'iteration-end', iteration, trainLoss, validationLoss: validationLoss * unit ** 2 }
}
