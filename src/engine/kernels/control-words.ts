// Where the two languages meet: the fixed places in shared memory that TypeScript writes and the WebAssembly kernels
// read. This file is compiled by both compilers, so it holds plain number constants only.

/** Address of the control block; below it lie AssemblyScript's own few static bytes. */
export const CONTROL = 4096
/** Address of the words that threads synchronize on; each on a cache line (64 bytes) of its own. */
export const SYNC = 8192
/** First address that may be allocated. */
export const HEAP = 16384

// Cache lines of the synchronization block, in bytes from SYNC.
export const SYNC_ARRIVED = 0
export const SYNC_GENERATION = 64
/** Set by the main thread to end the work. */
export const SYNC_ABORT = 128
/** Thread 0's copy of the abort word, published before a barrier so that all threads read the same answer. */
export const SYNC_STOP = 192
/** Left rows counted by each thread while a leaf is partitioned: one cache line per thread. */
export const SYNC_COUNTS = 1024
/** So many threads fit between SYNC_COUNTS and HEAP. */
export const MAX_THREADS = 64

// Objectives.
export const SQUARED_ERROR = 0
export const LOGISTIC = 1
export const MULTINOMIAL = 2

// 32-bit words of the control block, by index: sizes, switches, then addresses.
export const WORD_ROWS = 0
export const WORD_COLUMNS = 1
export const WORD_THREADS = 2
export const WORD_TILES = 3
export const WORD_MAX_LEAVES = 4
export const WORD_MAX_DEPTH = 5
export const WORD_MIN_SAMPLES_LEAF = 6
export const WORD_OBJECTIVE = 7
export const WORD_OUTPUTS = 8
export const WORD_SEED = 9
export const WORD_COLUMNS_PER_TREE = 10
export const WORD_COLUMNS_PER_NODE = 11
export const WORD_EXTRA_TREES = 12
/** 0: histograms of small integers where they are precise enough; 1: always float64. */
export const WORD_EXACT = 13
export const WORD_HISTOGRAM_CELLS = 14
export const WORD_PRIVATE_BYTES = 15
export const WORD_VALIDATION_ROWS = 16
export const WORD_TILE_STARTS = 17
export const WORD_TILE_BINS = 18
export const WORD_COLUMN_BINS = 19
export const WORD_ORDER = 20
export const WORD_SCRATCH_LEFT = 21
export const WORD_SCRATCH_RIGHT = 22
export const WORD_TARGET = 23
export const WORD_WEIGHT = 24
export const WORD_SCORE = 25
export const WORD_PROBABILITY = 26
export const WORD_PAIRS = 27
export const WORD_PACKED = 28
export const WORD_THRESHOLDS = 29
export const WORD_BIN_COUNTS = 30
export const WORD_CELL_OFFSETS = 31
export const WORD_HISTOGRAMS = 32
export const WORD_PRIVATE = 33
export const WORD_BLOCKS = 34
export const WORD_CANDIDATES = 35
export const WORD_NODES = 36
export const WORD_VALIDATION_TILES = 37
export const WORD_VALIDATION_TARGET = 38
export const WORD_VALIDATION_WEIGHT = 39
export const WORD_VALIDATION_SCORE = 40
export const WORD_VALIDATION_BLOCKS = 41
export const WORD_SLOTS = 42
export const WORD_COUNT = 48

// float64 words of the control block, by index, after the 32-bit words.
export const REALS = 4352 // CONTROL + 64 words of 4 bytes
export const REAL_LEARNING_RATE = 0
export const REAL_LAMBDA = 1
export const REAL_MIN_CHILD_WEIGHT = 2
export const REAL_MIN_GAIN = 3
export const REAL_SUBSAMPLE = 4

/** Rows that are summed by one thread in one go. Sums are added block by block, so they do not depend on threads. */
export const BLOCK_ROWS = 4096
/** Bytes of one block's sums. */
export const BLOCK_BYTES = 80

/** Cells reserved for a column while a histogram is accumulated: 255 value bins and one for missing values. */
export const BINS = 256
/** Most columns in a tile: their bins are read by one 128-bit load. */
export const TILE_COLUMNS = 16

// A tree node as the kernels write it.
export const NODE_BYTES = 56
export const NODE_FEATURE = 0
export const NODE_BIN = 4
export const NODE_LEFT = 8
export const NODE_RIGHT = 12
export const NODE_MISSING_LEFT = 16
export const NODE_SAMPLES = 20
export const NODE_THRESHOLD = 24
export const NODE_VALUE = 32
export const NODE_GAIN = 40
export const NODE_COVER = 48

// Sizes of a thread's private memory, in bytes.
export const LEAF_BYTES = 128
/** One tile's accumulators (16 × 256 × 8) and the rows gathered before they are added (1024 × 24). */
export const ACCUMULATOR_BYTES = 57344
/** One thread's two split candidates, each on a cache line of its own. */
export const CANDIDATE_BYTES = 128

// A node as prediction reads it.
export const PACKED_NODE_BYTES = 16
