// Divides the rows of a leaf between its children, keeping their order, so that sums over a leaf's rows are the same
// for any number of threads.
import { SYNC, SYNC_COUNTS } from './control-words'
import { barrier } from './barrier.as'
import { binCount, columnBins, order, rows, scratchLeft, scratchRight, thread, threads } from './state.as'

// Below, one thread is done before the others have met at a second barrier.
const ROWS_FOR_ALL: i32 = 2048

@inline
function countAt(owner: i32): usize {
  return <usize>SYNC + SYNC_COUNTS + <usize>owner * 64
}

/** Writes the row numbers at `from` to either side without a branch; returns how many went left. */
function divide(from: usize, count: i32, column: i32, bin: u32, missingLeft: bool, left: usize, right: usize): i32 {
  const bins = columnBins + <usize>column * <usize>rows
  // No bin has the code 256.
  const missing: u32 = missingLeft ? <u32>binCount(column) : 256
  const start = left
  for (let i = 0; i < count; i++) {
    const row = load<u32>(from)
    from += 4
    const code = <u32>load<u8>(bins + <usize>row)
    const goesLeft = <usize>(code <= bin) | <usize>(code == missing)
    store<u32>(left, row)
    store<u32>(right, row)
    left += goesLeft << 2
    right += (1 - goesLeft) << 2
  }
  return <i32>((left - start) >> 2)
}

/** Divides `count` rows from `begin`; returns how many are on the left. Every thread calls it and gets the answer. */
export function partition(begin: i32, count: i32, column: i32, bin: i32, missingLeft: bool): i32 {
  return threads == 1 || count < ROWS_FOR_ALL
    ? partitionAlone(begin, count, column, bin, missingLeft)
    : partitionTogether(begin, count, column, bin, missingLeft)
}

function partitionAlone(begin: i32, count: i32, column: i32, bin: i32, missingLeft: bool): i32 {
  if (thread == 0) {
    const at = order + (<usize>begin << 2)
    const left = divide(at, count, column, <u32>bin, missingLeft, at, scratchRight)
    memory.copy(at + (<usize>left << 2), scratchRight, <usize>(count - left) << 2)
    store<i32>(countAt(0), left)
  }
  barrier()
  return load<i32>(countAt(0))
}

@inline
function shareStart(count: i32, owner: i32): i32 {
  return <i32>((<i64>count * owner) / threads)
}

function partitionTogether(begin: i32, count: i32, column: i32, bin: i32, missingLeft: bool): i32 {
  const first = shareStart(count, thread)
  const own = shareStart(count, thread + 1) - first
  const offset = <usize>(begin + first) << 2
  const left = divide(order + offset, own, column, <u32>bin, missingLeft, scratchLeft + offset, scratchRight + offset)
  store<i32>(countAt(thread), left)
  barrier()
  let leftBefore = 0
  let rightBefore = 0
  let allLeft = 0
  for (let t = 0; t < threads; t++) {
    const theirs = load<i32>(countAt(t))
    if (t < thread) {
      leftBefore += theirs
      rightBefore += shareStart(count, t + 1) - shareStart(count, t) - theirs
    }
    allLeft += theirs
  }
  memory.copy(order + (<usize>(begin + leftBefore) << 2), scratchLeft + offset, <usize>left << 2)
  memory.copy(
    order + (<usize>(begin + allLeft + rightBefore) << 2),
    scratchRight + offset,
    <usize>(own - left) << 2,
  )
  barrier()
  return allLeft
}
