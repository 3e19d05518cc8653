// From float32 values to one-byte bins: thresholds between quantiles of a sample, then a branch-free search per value.
import { BINS } from './control-words'
import { binCounts, columns, rows, thread, threads, thresholds, tileStart, tiles } from './state.as'

/** Bit patterns whose unsigned order is the order of the floats; −0 becomes 0, missing values are left out. */
function sortableKeys(values: usize, count: i32, keys: usize): i32 {
  let kept: usize = keys
  for (let i = 0; i < count; i++) {
    const value = load<f32>(values + (<usize>i << 2)) + <f32>0
    if (value == value) {
      const bits = reinterpret<u32>(value)
      store<u32>(kept, bits ^ (<u32>(<i32>bits >> 31) | 0x80000000))
      kept += 4
    }
  }
  return <i32>((kept - keys) >> 2)
}

function keyToFloat(key: u32): f32 {
  return reinterpret<f32>(key & 0x80000000 ? key ^ 0x80000000 : ~key)
}

/** Radix sort, three passes of 11 bits. Returns where the sorted keys are: `keys` and `other` swap roles. */
function radixSort(keys: usize, other: usize, count: i32, counters: usize): usize {
  for (let pass = 0; pass < 3; pass++) {
    const shift = <u32>pass * 11
    memory.fill(counters, 0, 8192)
    for (let i = 0; i < count; i++) {
      const at = counters + (<usize>((load<u32>(keys + (<usize>i << 2)) >> shift) & 2047) << 2)
      store<u32>(at, load<u32>(at) + 1)
    }
    let sum: u32 = 0
    for (let digit = 0; digit < 2048; digit++) {
      const at = counters + (<usize>digit << 2)
      const seen = load<u32>(at)
      store<u32>(at, sum)
      sum += seen
    }
    for (let i = 0; i < count; i++) {
      const key = load<u32>(keys + (<usize>i << 2))
      const at = counters + (<usize>((key >> shift) & 2047) << 2)
      const place = load<u32>(at)
      store<u32>(at, place + 1)
      store<u32>(other + (<usize>place << 2), key)
    }
    const swap = keys
    keys = other
    other = swap
  }
  return keys
}

/** The end of the run of equal keys that starts at `i`. */
@inline
function runEnd(sorted: usize, i: i32, count: i32): i32 {
  const key = load<u32>(sorted + (<usize>i << 2))
  let end = i + 1
  while (end < count && load<u32>(sorted + (<usize>end << 2)) == key) end++
  return end
}

/** A threshold between two neighbors: the middle, but never the upper value itself. */
function between(sorted: usize, upper: i32): f32 {
  const a = keyToFloat(load<u32>(sorted + (<usize>(upper - 1) << 2)))
  const b = keyToFloat(load<u32>(sorted + (<usize>upper << 2)))
  const middle = <f32>((<f64>a + <f64>b) * 0.5)
  // Also false for NaN, the middle of −∞ and +∞.
  return middle < b && middle >= a ? middle : a
}

/**
 * Cuts sorted keys into at most `maxBins` bins: a bin per distinct value when they suffice; otherwise frequent values
 * get bins of their own and the others share the rest evenly. Writes the thresholds, returns the number of bins.
 */
function cutBins(sorted: usize, count: i32, maxBins: i32, out: usize): i32 {
  let distinct = 0
  for (let i = 0; i < count && distinct <= maxBins; i = runEnd(sorted, i, count)) distinct++
  const frequent = distinct <= maxBins ? 1 : max(1, count / maxBins)
  let commonRows = 0
  let commonBins = maxBins
  for (let i = 0; i < count; ) {
    const end = runEnd(sorted, i, count)
    if (end - i >= frequent) commonBins--
    else commonRows += end - i
    i = end
  }
  const share = <f64>commonRows / <f64>max(1, commonBins)
  let bins = 0
  let filled: f64 = 0
  for (let i = 0; i < count; ) {
    const end = runEnd(sorted, i, count)
    if (end == count) break
    filled += <f64>(end - i)
    const own = end - i >= frequent
    // A nearly empty bin before a frequent value would waste a threshold: they are merged.
    const nextOwn = filled * 2 >= share && runEnd(sorted, end, count) - end >= frequent
    if ((own || filled >= share || nextOwn) && bins < maxBins - 1) {
      store<f32>(out + (<usize>bins << 2), between(sorted, end))
      bins++
      // What a bin holds beyond its share is taken from the next, so that the bins last to the end.
      filled = own || nextOwn ? 0 : filled - share
    }
    i = end
  }
  for (let k = bins; k < BINS; k++) store<f32>(out + (<usize>k << 2), Infinity)
  return bins + 1
}

/**
 * Thresholds of `count` columns from samples of `sampleRows` values each, column by column at `samples`.
 * Every thread has `sampleRows × 8 + 8192` bytes at `scratch`.
 */
export function findBins(samples: usize, sampleRows: i32, first: i32, count: i32, maxBins: i32, scratch: usize): void {
  const room = (<usize>sampleRows << 3) + 8192
  const keys = scratch + <usize>thread * room
  const other = keys + (<usize>sampleRows << 2)
  for (let j = thread; j < count; j += threads) {
    const kept = sortableKeys(samples + <usize>j * (<usize>sampleRows << 2), sampleRows, keys)
    const sorted = radixSort(keys, other, kept, other + (<usize>sampleRows << 2))
    const column = <usize>(first + j)
    store<i32>(binCounts + (column << 2), cutBins(sorted, kept, maxBins, thresholds + (column << 10)))
  }
}

/** How many thresholds lie below the value: eight halving steps without a branch. Missing values get `missing`. */
@inline
function binOf(table: usize, value: f32, missing: u32): u32 {
  let at = table
  at += <usize>(<i32>(load<f32>(at, 508) < value) << 9)
  at += <usize>(<i32>(load<f32>(at, 252) < value) << 8)
  at += <usize>(<i32>(load<f32>(at, 124) < value) << 7)
  at += <usize>(<i32>(load<f32>(at, 60) < value) << 6)
  at += <usize>(<i32>(load<f32>(at, 28) < value) << 5)
  at += <usize>(<i32>(load<f32>(at, 12) < value) << 4)
  at += <usize>(<i32>(load<f32>(at, 4) < value) << 3)
  at += <usize>(<i32>(load<f32>(at) < value) << 2)
  return select<u32>(<u32>((at - table) >> 2), missing, value == value)
}

// Rows whose values stay in the first cache while their columns are binned one after the other.
const STRIP: i32 = 512

/**
 * Bins `count` rows of values at `values` into rows `first…` of the tiles at `tilesAt` (which hold `totalRows` rows)
 * and of the columns at `columnsAt` (0: no copy by column).
 */
export function binRows(values: usize, first: i32, count: i32, tilesAt: usize, columnsAt: usize, totalRows: i32): void {
  const strips = (count + STRIP - 1) / STRIP
  for (let strip = thread; strip < strips; strip += threads) {
    const begin = strip * STRIP
    const end = min(begin + STRIP, count)
    for (let tile = 0; tile < tiles; tile++) {
      const tileAt = tilesAt + <usize>tile * <usize>totalRows * 16
      for (let f = tileStart(tile); f < tileStart(tile + 1); f++) {
        const out = tileAt + (<usize>(first + begin) << 4) + <usize>(f - tileStart(tile))
        const column: usize = columnsAt == 0 ? 0 : columnsAt + <usize>f * <usize>totalRows + <usize>(first + begin)
        binStrip(values + (<usize>begin * <usize>columns + <usize>f) * 4, end - begin, f, out, column)
      }
    }
  }
}

function binStrip(values: usize, count: i32, f: i32, out: usize, column: usize): void {
  const table = thresholds + (<usize>f << 10)
  const missing = load<u32>(binCounts + (<usize>f << 2))
  const stride = <usize>columns << 2
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const a = binOf(table, load<f32>(values), missing)
    const b = binOf(table, load<f32>(values + stride), missing)
    const c = binOf(table, load<f32>(values + 2 * stride), missing)
    const d = binOf(table, load<f32>(values + 3 * stride), missing)
    store<u8>(out, a)
    store<u8>(out, b, 16)
    store<u8>(out, c, 32)
    store<u8>(out, d, 48)
    if (column != 0) store<u32>(column + <usize>i, a | (b << 8) | (c << 16) | (d << 24))
    values += 4 * stride
    out += 64
  }
  for (; i < count; i++) {
    const a = binOf(table, load<f32>(values), missing)
    store<u8>(out, a)
    if (column != 0) store<u8>(column + <usize>i, a)
    values += stride
    out += 16
  }
}
