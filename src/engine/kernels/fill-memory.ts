// Writes targets, weights, starting scores and the control block into a pool's shared memory.
import * as words from './control-words.js'
import { type BoostingLayout, type GrowingLayout, rowBytes, tileStarts } from './layout.js'
import type { Pool } from './pool.js'
import type { BoostingParams, BoostingRows, BoostingTask } from './types.js'
import type { SharedMemory } from './webassembly.js'

/** The targets as float32; squared error stores their distance from the base score in units, so that scores start at 0. */
export function writeTargets(memory: SharedMemory, layout: BoostingLayout, task: BoostingTask): void {
  const { input } = task
  writePart(memory, task, {
    part: input,
    target: layout.target,
    weight: layout.weight,
    score: layout.score,
  })
  if (input.validation === undefined) return
  writePart(memory, task, {
    part: input.validation,
    target: layout.validationTarget,
    weight: layout.validationWeight,
    score: layout.validationScore,
  })
}

interface PartAddresses {
  readonly part: BoostingRows
  readonly target: number
  readonly weight: number
  readonly score: number
}

function writePart(memory: SharedMemory, { params, base, unit }: BoostingTask, at: PartAddresses): void {
  const { rows, y, sampleWeight } = at.part
  const squared = params.objective === 'squared-error'
  const stride = rowBytes(rows) / 4
  const shift = squared ? base[0]! : 0
  const target = new Float32Array(memory.buffer, at.target, stride)
  for (let i = 0; i < rows; i++) target[i] = (y[i]! - shift) / unit
  if (sampleWeight !== undefined) new Float32Array(memory.buffer, at.weight, stride).set(sampleWeight)
  base.forEach((score, output) => {
    new Float32Array(memory.buffer, at.score + output * stride * 4, stride).fill(squared ? 0 : score)
  })
}

type ControlLayout = BoostingLayout & Partial<GrowingLayout> & { readonly cells: number }

const OBJECTIVE_CODES = {
  'squared-error': words.SQUARED_ERROR,
  logistic: words.LOGISTIC,
  multinomial: words.MULTINOMIAL,
} satisfies Record<BoostingParams['objective'], number>

// Below this many rows float64 histograms cost little, and small data deserves exact splits.
const ROWS_FOR_INTEGERS = 20_000

/** Writes everything that the kernels read on `configure`. */
export function writeControl(pool: Pool, task: BoostingTask, layout: ControlLayout): void {
  const { input, params, base, unit } = task
  new Int32Array(pool.memory.buffer, layout.tileStarts, layout.tiles + 1).set(
    tileStarts(input.columns, layout.tiles),
  )
  const control = new Int32Array(pool.memory.buffer, words.CONTROL, words.WORD_COUNT)
  const { perTree, perNode } = columnShares(params, input.columns)
  const sizes: readonly (readonly [number, number])[] = [
    [words.WORD_ROWS, input.rows],
    [words.WORD_COLUMNS, input.columns],
    [words.WORD_THREADS, pool.threads],
    [words.WORD_TILES, layout.tiles],
    [words.WORD_MAX_LEAVES, params.maxLeaves],
    // No path has more splits than there are leaves.
    [words.WORD_MAX_DEPTH, params.maxDepth ?? params.maxLeaves],
    [words.WORD_MIN_SAMPLES_LEAF, params.minSamplesLeaf],
    [words.WORD_OBJECTIVE, OBJECTIVE_CODES[params.objective]],
    [words.WORD_OUTPUTS, base.length],
    [words.WORD_SEED, params.seed | 0],
    [words.WORD_COLUMNS_PER_TREE, perTree],
    [words.WORD_COLUMNS_PER_NODE, perNode],
    [words.WORD_EXTRA_TREES, params.extraTrees ? 1 : 0],
    [words.WORD_EXACT, input.rows < ROWS_FOR_INTEGERS ? 1 : 0],
    [words.WORD_HISTOGRAM_CELLS, layout.cells],
    [words.WORD_SLOTS, layout.slots ?? 0],
    [words.WORD_PRIVATE_BYTES, layout.privateBytes ?? 0],
    [words.WORD_VALIDATION_ROWS, input.validation?.rows ?? 0],
  ]
  for (const [word, value] of [...sizes, ...addresses(layout)]) control[word] = value
  const reals = new Float64Array(pool.memory.buffer, words.REALS, 8)
  reals[words.REAL_LEARNING_RATE] = params.learningRate
  reals[words.REAL_LAMBDA] = params.lambda
  reals[words.REAL_MIN_CHILD_WEIGHT] = params.minChildWeight
  reals[words.REAL_MIN_GAIN] = params.gamma / unit ** 2
  reals[words.REAL_SUBSAMPLE] = params.subsample
}

function columnShares(params: BoostingParams, columns: number): { perTree: number; perNode: number } {
  const perTree = Math.max(1, Math.round(params.colsampleByTree * columns))
  return { perTree, perNode: Math.max(1, Math.round(params.colsampleByNode * perTree)) }
}

function addresses(layout: ControlLayout): readonly (readonly [number, number])[] {
  return [
    [words.WORD_TILE_STARTS, layout.tileStarts],
    [words.WORD_TILE_BINS, layout.tileBins],
    [words.WORD_COLUMN_BINS, layout.columnBins],
    [words.WORD_ORDER, layout.order ?? 0],
    [words.WORD_SCRATCH_LEFT, layout.scratchLeft ?? 0],
    [words.WORD_SCRATCH_RIGHT, layout.scratchRight ?? 0],
    [words.WORD_TARGET, layout.target],
    [words.WORD_WEIGHT, layout.weight],
    [words.WORD_SCORE, layout.score],
    [words.WORD_PROBABILITY, layout.probability],
    [words.WORD_PAIRS, layout.pairs ?? 0],
    [words.WORD_PACKED, layout.packed ?? 0],
    [words.WORD_THRESHOLDS, layout.thresholds],
    [words.WORD_BIN_COUNTS, layout.binCounts],
    [words.WORD_CELL_OFFSETS, layout.cellOffsets],
    [words.WORD_HISTOGRAMS, layout.histograms ?? 0],
    [words.WORD_PRIVATE, layout.privates ?? 0],
    [words.WORD_BLOCKS, layout.blocks ?? 0],
    [words.WORD_CANDIDATES, layout.candidates ?? 0],
    [words.WORD_NODES, layout.nodes ?? 0],
    [words.WORD_VALIDATION_TILES, layout.validationTiles],
    [words.WORD_VALIDATION_TARGET, layout.validationTarget],
    [words.WORD_VALIDATION_WEIGHT, layout.validationWeight],
    [words.WORD_VALIDATION_SCORE, layout.validationScore],
    [words.WORD_VALIDATION_BLOCKS, layout.validationBlocks],
  ]
}
