// Where everything lies in a pool's shared memory during one fit. All sizes are in bytes.
import {
  ACCUMULATOR_BYTES,
  BINS,
  BLOCK_BYTES,
  BLOCK_ROWS,
  CANDIDATE_BYTES,
  HEAP,
  LEAF_BYTES,
  NODE_BYTES,
  TILE_COLUMNS,
} from './control-words.js'
import type { BoostingInput, BoostingParams } from './types.js'

/** Addresses of the arrays of a fit, and what the sizes were derived from. */
export interface BoostingLayout {
  readonly tiles: number
  readonly tileStarts: number
  readonly thresholds: number
  readonly binCounts: number
  readonly cellOffsets: number
  readonly tileBins: number
  readonly columnBins: number
  readonly target: number
  readonly weight: number
  readonly score: number
  readonly probability: number
  readonly validationTiles: number
  readonly validationTarget: number
  readonly validationWeight: number
  readonly validationScore: number
  readonly validationBlocks: number
  /** While binning, chunks of the float matrix; afterwards the arrays below take its place. */
  readonly staging: number
  readonly stagingBytes: number
  /** First byte after everything whose size is known before the bins are. */
  readonly end: number
  /** Bytes needed up to the end of the staging area. */
  readonly bytesToBin: number
}

/** The arrays that are needed only while trees grow. */
export interface GrowingLayout {
  readonly order: number
  readonly scratchLeft: number
  readonly scratchRight: number
  readonly pairs: number
  readonly packed: number
  readonly blocks: number
  readonly candidates: number
  readonly nodes: number
  readonly privates: number
  readonly privateBytes: number
  /** Histograms that there is room for. */
  readonly slots: number
  readonly histograms: number
  readonly bytes: number
}

// 8 MiB hold some 75,000 rows of 28 columns: large enough that a message per chunk costs nothing.
export const CHUNK_BYTES = 8 * 1024 * 1024
/** Rows from which quantiles are taken: with 255 bins their error is far below the width of a bin. */
export const SAMPLE_ROWS = 200_000
// 256 bytes: kernels read and write whole vectors of up to 64 bytes past the last row.
const PADDING = 256

/** Hands out addresses one after the other; every array starts on a cache line. */
function allocator(start: number): { take: (bytes: number) => number; end: () => number } {
  let top = start
  return {
    take(bytes) {
      if (bytes === 0) return 0
      const at = Math.ceil(top / 64) * 64
      top = at + bytes + PADDING
      return at
    },
    end: () => Math.ceil(top / 64) * 64,
  }
}

/** Bytes of an array with one float32 per row, rows rounded up to whole vectors. */
export const rowBytes = (rows: number): number => Math.ceil(rows / 4) * 16

/** Tiles of at most 16 columns, the same number for each thread where there are enough columns. */
export function tileCount(columns: number, threads: number): number {
  const least = Math.ceil(columns / TILE_COLUMNS)
  return Math.min(Math.ceil(least / threads) * threads, columns)
}

/** First column of each tile, and the number of columns at the end. */
export function tileStarts(columns: number, tiles: number): Int32Array {
  return Int32Array.from({ length: tiles + 1 }, (_, tile) => Math.floor((columns * tile) / tiles))
}

/** Plans the arrays that binning fills. */
export function planBinning(input: BoostingInput, params: BoostingParams, threads: number): BoostingLayout {
  const { rows, columns, validation } = input
  const outputs = params.objective === 'multinomial' ? params.nClasses : 1
  const tiles = tileCount(columns, threads)
  const { take, end } = allocator(HEAP)
  const checked = validation?.rows ?? 0
  const arrays = {
    tiles,
    tileStarts: take((tiles + 1) * 4),
    thresholds: take(columns * BINS * 4),
    binCounts: take(columns * 4),
    cellOffsets: take(columns * 4),
    tileBins: take(tiles * rows * 16),
    columnBins: take(columns * rows),
    target: take(rowBytes(rows)),
    weight: take(input.sampleWeight === undefined ? 0 : rowBytes(rows)),
    score: take(rowBytes(rows) * outputs),
    probability: take(outputs > 1 ? rowBytes(rows) * outputs : 0),
    validationTiles: take(tiles * checked * 16),
    validationTarget: take(rowBytes(checked)),
    validationWeight: take(validation?.sampleWeight === undefined ? 0 : rowBytes(checked)),
    validationScore: take(rowBytes(checked) * outputs),
    validationBlocks: take(Math.ceil(checked / BLOCK_ROWS) * BLOCK_BYTES),
  }
  const staging = end()
  const stagingBytes = Math.max(stagingFor(rows, columns, threads), stagingFor(checked, columns, threads))
  return { ...arrays, staging, stagingBytes, end: staging, bytesToBin: staging + stagingBytes + PADDING }
}

/** Room for the sample's columns and each thread's sorting, or for two chunks of rows, whichever is more. */
function stagingFor(rows: number, columns: number, threads: number): number {
  const sample = Math.min(rows, SAMPLE_ROWS)
  const group = columnsPerGroup(sample, columns)
  const finding = sample * 4 * group + threads * (sample * 8 + 8192)
  return Math.max(finding, 2 * rowsPerChunk(rows, columns) * columns * 4)
}

/** Columns whose samples are sorted in one go. */
export function columnsPerGroup(sampleRows: number, columns: number): number {
  return Math.max(1, Math.min(columns, Math.floor((2 * CHUNK_BYTES) / Math.max(1, sampleRows * 4))))
}

/** Rows that are copied and binned in one go. */
export function rowsPerChunk(rows: number, columns: number): number {
  return Math.max(1, Math.min(rows, Math.floor(CHUNK_BYTES / (columns * 4))))
}

// Two float64 sums and a count.
const CELL_BYTES = 20

/** One histogram per leaf, or as many as there is memory for; a split needs its parent's and its children's. */
function histogramSlots({ maxLeaves, cells, histogramMemory }: GrowingSizes): number {
  return Math.min(maxLeaves, Math.max(3, Math.floor(histogramMemory / (cells * CELL_BYTES))))
}

export interface GrowingSizes {
  readonly rows: number
  readonly columns: number
  readonly outputs: number
  readonly maxLeaves: number
  readonly threads: number
  /** Cells of one histogram. */
  readonly cells: number
  /** Bytes that histograms may take. */
  readonly histogramMemory: number
  /** First free byte. */
  readonly start: number
}

/** Plans the arrays that growing needs; they take the place of the staging area. */
export function planGrowing(sizes: GrowingSizes): GrowingLayout {
  const { rows, columns, outputs, maxLeaves, threads, cells } = sizes
  const slots = histogramSlots(sizes)
  const { take, end } = allocator(sizes.start)
  const privateBytes =
    Math.ceil((ACCUMULATOR_BYTES + maxLeaves * LEAF_BYTES + 3 * columns + maxLeaves) / 4096) * 4096
  const arrays = {
    order: take(rowBytes(rows)),
    scratchLeft: take(rowBytes(rows)),
    scratchRight: take(rowBytes(rows)),
    pairs: take(rowBytes(rows) * 2),
    packed: take(rowBytes(rows)),
    // Leaves are summed in pieces of a block each, every leaf with a last piece that is not full.
    blocks: take((Math.ceil(rows / BLOCK_ROWS) + maxLeaves) * BLOCK_BYTES),
    candidates: take(threads * CANDIDATE_BYTES),
    nodes: take(outputs * 2 * maxLeaves * NODE_BYTES),
    privates: take(threads * privateBytes),
    privateBytes,
    slots,
    histograms: take(slots * cells * CELL_BYTES),
  }
  return { ...arrays, bytes: end() }
}
