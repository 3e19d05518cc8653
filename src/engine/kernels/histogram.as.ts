// Sums of gradients by bin. Of two siblings only the smaller is counted, the other is parent minus sibling.
// A histogram holds for each cell (h, g) as two float64 and, in a second plane, the number of rows.
import { BINS, TILE_COLUMNS } from './control-words'
import { addRows } from './tile-rows.as'
import { gradientUnit, hessianUnit, integers } from './rounding.as'
import {
  accumulators, binCount, cellOffset, columnBins, histogramCells, histograms, order, packed, pairs, rows,
  tileBins, tileStart,
} from './state.as'

// One 64-bit cell: 28 bits of g, 22 of h, 14 of the count; one addition updates all three. With |g| ≤ 8191 and
// h ≤ 255 so many rows cannot overflow any of them.
const ROWS_PER_FLUSH: i32 = 16383
// WebAssembly has no prefetch: rows are gathered into this thread's first cache, then added, six times as fast as
// gathering while adding. 128 rows are 2.5 KB.
const ROWS_PER_GATHER: i32 = 128
/** Float64 pairs of so many rows are gathered once for all columns: 16 KB. */
const PAIRS_PER_GATHER: i32 = 1024

@inline
export function histogramAt(slot: i32): usize {
  return histograms + <usize>slot * histogramBytes()
}

@inline
export function histogramBytes(): usize {
  return <usize>histogramCells * 20
}

/** Cells of a column: its value bins, one for missing values, and none to three more for whole vectors. */
@inline
function paddedCells(column: i32): i32 {
  return (binCount(column) + 4) & ~3
}

/** The (h, g) cells of a column. */
@inline
export function cellsOf(histogram: usize, column: i32): usize {
  return histogram + (cellOffset(column) << 4)
}

/** The row counts of a column. */
@inline
export function countsOf(histogram: usize, column: i32): usize {
  return histogram + (<usize>histogramCells << 4) + (cellOffset(column) << 2)
}

/** Whether the accumulators hold the first, and only, part of the tile's rows. */
let firstPart: bool = true

/** Empties this thread's accumulators; {@link finishColumn} leaves them empty. */
export function clearAccumulators(): void {
  memory.fill(accumulators, 0, TILE_COLUMNS * BINS * 8)
}

/**
 * Counts the rows `begin … begin + count` of the order into the columns of a tile. A column's histogram is complete
 * after {@link finishColumn}.
 */
export function countTile(tile: i32, histogram: usize, begin: i32, count: i32): void {
  if (integers) countIntegers(tile, histogram, begin, count)
  else countExact(tile, histogram, begin, count)
}

/** Completes the column's histogram. */
export function finishColumn(histogram: usize, column: i32, indexInTile: i32): void {
  if (integers) flush(histogram, column, accumulators + <usize>indexInTile * BINS * 8, firstPart)
}

function countIntegers(tile: i32, histogram: usize, begin: i32, count: i32): void {
  const first = tileStart(tile)
  const width = tileStart(tile + 1) - first
  const bins = tileBins + <usize>tile * <usize>rows * 16
  for (let done = 0; done < count; done += ROWS_PER_FLUSH) {
    const part = min(ROWS_PER_FLUSH, count - done)
    if (done > 0) {
      for (let j = 0; j < width; j++) {
        flush(histogram, first + j, accumulators + <usize>j * BINS * 8, done == ROWS_PER_FLUSH)
      }
    }
    // All rows in their own order need no gathering.
    if (count == rows) addRows(width, bins + (<usize>done << 4), packed + (<usize>done << 2), part, accumulators)
    else addGathered(width, bins, order + (<usize>(begin + done) << 2), part)
  }
  firstPart = count <= ROWS_PER_FLUSH
}

function addGathered(width: i32, bins: usize, rowsAt: usize, count: i32): void {
  const gatheredBins = accumulators + 32768
  const gatheredGradients = gatheredBins + ROWS_PER_GATHER * 16
  for (let done = 0; done < count; done += ROWS_PER_GATHER) {
    const part = min(ROWS_PER_GATHER, count - done)
    let to = gatheredBins
    let toGradient = gatheredGradients
    for (let i = 0; i < part; i++) {
      const row = <usize>load<u32>(rowsAt)
      v128.store(to, v128.load(bins + (row << 4)))
      store<i32>(toGradient, load<i32>(packed + (row << 2)))
      to += 16
      toGradient += 4
      rowsAt += 4
    }
    addRows(width, gatheredBins, gatheredGradients, part, accumulators)
  }
}

/** Unpacks a column's accumulators into its histogram, two cells at a time, and empties them. */
function flush(histogram: usize, column: i32, from: usize, first: bool): void {
  const units = f64x2.replace_lane(f64x2.splat(hessianUnit), 1, gradientUnit)
  const zero = i64x2.splat(0)
  let to = cellsOf(histogram, column)
  let toCount = countsOf(histogram, column)
  const end = from + (<usize>paddedCells(column) << 3)
  for (; from < end; from += 16) {
    const cells = v128.load(from)
    v128.store(from, zero)
    // Each 64-bit lane becomes (h, g) as two 32-bit integers.
    const both = v128.or(
      i64x2.shl(i64x2.shr_s(cells, 36), 32),
      v128.and(i64x2.shr_u(cells, 14), i64x2.splat(0x3fffff)),
    )
    let low = f64x2.mul(f64x2.convert_low_i32x4_s(both), units)
    let high = f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<i64>(both, both, 1, 1)), units)
    const wide = v128.and(cells, i64x2.splat(16383))
    let counts = v128.shuffle<i32>(wide, wide, 0, 2, 0, 2)
    if (!first) {
      low = f64x2.add(low, v128.load(to))
      high = f64x2.add(high, v128.load(to, 16))
      counts = i32x4.add(counts, v128.load64_zero(toCount))
    }
    v128.store(to, low)
    v128.store(to, high, 16)
    v128.store64_lane(toCount, counts, 0)
    to += 32
    toCount += 8
  }
}

function countExact(tile: i32, histogram: usize, begin: i32, count: i32): void {
  for (let f = tileStart(tile); f < tileStart(tile + 1); f++) {
    memory.fill(cellsOf(histogram, f), 0, <usize>paddedCells(f) << 4)
    memory.fill(countsOf(histogram, f), 0, <usize>paddedCells(f) << 2)
  }
  for (let done = 0; done < count; done += PAIRS_PER_GATHER) {
    const part = min(PAIRS_PER_GATHER, count - done)
    const rowsAt = order + (<usize>(begin + done) << 2)
    for (let i = 0; i < part; i++) {
      const pair = v128.load64_zero(pairs + (<usize>load<u32>(rowsAt + (<usize>i << 2)) << 3))
      v128.store(accumulators + (<usize>i << 4), f64x2.promote_low_f32x4(v128.shuffle<f32>(pair, pair, 1, 0, 2, 3)))
    }
    for (let f = tileStart(tile); f < tileStart(tile + 1); f++) addColumn(histogram, f, rowsAt, part)
  }
}

function addColumn(histogram: usize, column: i32, rowsAt: usize, count: i32): void {
  const bins = columnBins + <usize>column * <usize>rows
  const cells = cellsOf(histogram, column)
  const counts = countsOf(histogram, column)
  for (let i = 0; i < count; i++) {
    const bin = <usize>load<u8>(bins + <usize>load<u32>(rowsAt + (<usize>i << 2)))
    const cell = cells + (bin << 4)
    v128.store(cell, f64x2.add(v128.load(cell), v128.load(accumulators + (<usize>i << 4))))
    const counter = counts + (bin << 2)
    store<u32>(counter, load<u32>(counter) + 1)
  }
}

/** parent ← parent − child, for one column. */
export function subtractColumn(parent: usize, child: usize, column: i32): void {
  const cells = paddedCells(column)
  let a = cellsOf(parent, column)
  let b = cellsOf(child, column)
  for (let k = 0; k < cells; k += 2) {
    v128.store(a, f64x2.sub(v128.load(a), v128.load(b)))
    v128.store(a, f64x2.sub(v128.load(a, 16), v128.load(b, 16)), 16)
    a += 32
    b += 32
  }
  a = countsOf(parent, column)
  b = countsOf(child, column)
  for (let k = 0; k < cells; k += 4) {
    v128.store(a, i32x4.sub(v128.load(a), v128.load(b)))
    a += 16
    b += 16
  }
}
