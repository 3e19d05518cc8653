// What every kernel reads: the control block, copied into globals of this thread's instance.
import {
  CONTROL, REALS, REAL_LAMBDA, REAL_LEARNING_RATE, REAL_MIN_CHILD_WEIGHT, REAL_MIN_GAIN, REAL_SUBSAMPLE,
  WORD_BIN_COUNTS, WORD_BLOCKS, WORD_CANDIDATES, WORD_CELL_OFFSETS, WORD_COLUMNS, WORD_COLUMNS_PER_NODE,
  WORD_COLUMNS_PER_TREE, WORD_COLUMN_BINS, WORD_EXACT, WORD_EXTRA_TREES, WORD_HISTOGRAMS,
  WORD_HISTOGRAM_CELLS, WORD_MAX_DEPTH, WORD_MAX_LEAVES, WORD_MIN_SAMPLES_LEAF, WORD_NODES, WORD_OBJECTIVE,
  WORD_ORDER, WORD_OUTPUTS, WORD_PACKED, WORD_PAIRS, WORD_PRIVATE, WORD_PRIVATE_BYTES, WORD_PROBABILITY,
  WORD_ROWS, WORD_SCORE, WORD_SCRATCH_LEFT, WORD_SCRATCH_RIGHT, WORD_SEED, WORD_SLOTS, WORD_TARGET,
  WORD_THREADS, WORD_THRESHOLDS, WORD_TILES, WORD_TILE_BINS, WORD_TILE_STARTS, WORD_VALIDATION_BLOCKS,
  WORD_VALIDATION_ROWS, WORD_VALIDATION_SCORE, WORD_VALIDATION_TARGET, WORD_VALIDATION_TILES,
  WORD_VALIDATION_WEIGHT, WORD_WEIGHT, ACCUMULATOR_BYTES, LEAF_BYTES,
} from './control-words'

export let thread: i32 = 0
export let threads: i32 = 1

export let rows: i32 = 0
export let columns: i32 = 0
export let tiles: i32 = 0
export let objective: i32 = 0
export let outputs: i32 = 1
export let maxLeaves: i32 = 0
export let maxDepth: i32 = 0
export let minSamplesLeaf: i32 = 1
export let columnsPerTree: i32 = 0
export let columnsPerNode: i32 = 0
export let extraTrees: bool = false
export let exactOnly: bool = false
export let seed: u32 = 0
export let histogramCells: i32 = 0
/** Histograms that there is room for. */
export let slots: i32 = 0

export let learningRate: f64 = 0
export let lambda: f64 = 0
export let minChildWeight: f64 = 0
export let minGain: f64 = 0
export let subsample: f64 = 1

export let tileStarts: usize = 0
/** Bins by row, 16 bytes a row and tile. */
export let tileBins: usize = 0
/** The same bins by column, for partitioning. */
export let columnBins: usize = 0
/** Row numbers; the rows of a leaf are contiguous. */
export let order: usize = 0
export let scratchLeft: usize = 0
export let scratchRight: usize = 0
export let target: usize = 0
/** Row weights, or 0 when all rows count the same. */
export let weight: usize = 0
/** Raw scores, float32, output by output. */
export let score: usize = 0
export let probability: usize = 0
/** Gradient and hessian of each row, two float32. */
export let pairs: usize = 0
/** The same, rounded into one 32-bit word. */
export let packed: usize = 0
/** 256 float32 a column, padded with +∞. */
export let thresholds: usize = 0
/** Value bins of each column; the code after the last is "missing". */
export let binCounts: usize = 0
/** First cell of each column in a histogram. */
export let cellOffsets: usize = 0
export let histograms: usize = 0
/** Sums of blocks of rows. */
export let blocks: usize = 0
export let candidates: usize = 0
export let nodes: usize = 0

export let validationRows: i32 = 0
export let validationTiles: usize = 0
export let validationTarget: usize = 0
export let validationWeight: usize = 0
export let validationScore: usize = 0
export let validationBlocks: usize = 0

// This thread's private memory.
export let accumulators: usize = 0
export let leaves: usize = 0
export let treeMask: usize = 0
/** Columns that each of the two leaves at hand may use. */
export let nodeMask: usize = 0
export let slotMask: usize = 0

@inline
function word(index: i32): i32 {
  return load<i32>(<usize>CONTROL + (<usize>index << 2))
}

@inline
function address(index: i32): usize {
  return <usize>load<u32>(<usize>CONTROL + (<usize>index << 2))
}

@inline
function real(index: i32): f64 {
  return load<f64>(<usize>REALS + (<usize>index << 3))
}

/** Reads the control block. Called by every thread before a phase. */
export function configure(threadIndex: i32): void {
  thread = threadIndex
  threads = word(WORD_THREADS)
  rows = word(WORD_ROWS)
  columns = word(WORD_COLUMNS)
  tiles = word(WORD_TILES)
  objective = word(WORD_OBJECTIVE)
  outputs = word(WORD_OUTPUTS)
  maxLeaves = word(WORD_MAX_LEAVES)
  maxDepth = word(WORD_MAX_DEPTH)
  minSamplesLeaf = word(WORD_MIN_SAMPLES_LEAF)
  columnsPerTree = word(WORD_COLUMNS_PER_TREE)
  columnsPerNode = word(WORD_COLUMNS_PER_NODE)
  extraTrees = word(WORD_EXTRA_TREES) != 0
  exactOnly = word(WORD_EXACT) != 0
  seed = <u32>word(WORD_SEED)
  histogramCells = word(WORD_HISTOGRAM_CELLS)
  slots = word(WORD_SLOTS)
  learningRate = real(REAL_LEARNING_RATE)
  lambda = real(REAL_LAMBDA)
  minChildWeight = real(REAL_MIN_CHILD_WEIGHT)
  minGain = real(REAL_MIN_GAIN)
  subsample = real(REAL_SUBSAMPLE)
  readAddresses()
}

function readAddresses(): void {
  tileStarts = address(WORD_TILE_STARTS)
  tileBins = address(WORD_TILE_BINS)
  columnBins = address(WORD_COLUMN_BINS)
  order = address(WORD_ORDER)
  scratchLeft = address(WORD_SCRATCH_LEFT)
  scratchRight = address(WORD_SCRATCH_RIGHT)
  target = address(WORD_TARGET)
  weight = address(WORD_WEIGHT)
  score = address(WORD_SCORE)
  probability = address(WORD_PROBABILITY)
  pairs = address(WORD_PAIRS)
  packed = address(WORD_PACKED)
  thresholds = address(WORD_THRESHOLDS)
  binCounts = address(WORD_BIN_COUNTS)
  cellOffsets = address(WORD_CELL_OFFSETS)
  histograms = address(WORD_HISTOGRAMS)
  blocks = address(WORD_BLOCKS)
  candidates = address(WORD_CANDIDATES)
  nodes = address(WORD_NODES)
  validationRows = word(WORD_VALIDATION_ROWS)
  validationTiles = address(WORD_VALIDATION_TILES)
  validationTarget = address(WORD_VALIDATION_TARGET)
  validationWeight = address(WORD_VALIDATION_WEIGHT)
  validationScore = address(WORD_VALIDATION_SCORE)
  validationBlocks = address(WORD_VALIDATION_BLOCKS)
  accumulators = address(WORD_PRIVATE) + <usize>thread * address(WORD_PRIVATE_BYTES)
  leaves = accumulators + <usize>ACCUMULATOR_BYTES
  treeMask = leaves + <usize>maxLeaves * <usize>LEAF_BYTES
  nodeMask = treeMask + <usize>columns
  slotMask = nodeMask + 2 * <usize>columns
}

@inline
export function tileStart(tile: i32): i32 {
  return load<i32>(tileStarts + (<usize>tile << 2))
}

@inline
export function binCount(column: i32): i32 {
  return load<i32>(binCounts + (<usize>column << 2))
}

@inline
export function cellOffset(column: i32): usize {
  return <usize>load<u32>(cellOffsets + (<usize>column << 2))
}
