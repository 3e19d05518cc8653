// Sorting row numbers by a float64 key. Radix sort, since the fast native sort of typed arrays cannot carry row numbers.

// 11 bits a pass: three passes cover a word, and the 2,048 counters stay in the first-level cache (8 bits was slower).
const BITS = 11
const MASK = (1 << BITS) - 1
const SHIFTS = [0, BITS, 2 * BITS] as const

// An entry is low word, high word, row: side by side, so that moving one touches one cache line and not three.
const STRIDE = 3
const LOW = 0
const HIGH = 1
const ROW = 2

/**
 * Row numbers by falling value; equal values (−0 and 0 too) keep their row order. Values must not be NaN.
 *
 * Cost: O(n) time, 24 bytes a row; 1M random rows take about 0.12 s.
 */
export function descendingOrder(values: Float64Array): Uint32Array {
  let from = descendingEntries(values)
  let to: Uint32Array = new Uint32Array(from.length)
  for (const word of [LOW, HIGH]) {
    for (const shift of SHIFTS) {
      const starts = bucketStarts(from, word, shift)
      if (starts === undefined) continue
      for (let at = 0; at < from.length; at += STRIDE) {
        const bucket = (from[at + word]! >>> shift) & MASK
        const target = starts[bucket]!
        starts[bucket] = target + STRIDE
        to[target + LOW] = from[at + LOW]!
        to[target + HIGH] = from[at + HIGH]!
        to[target + ROW] = from[at + ROW]!
      }
      ;[from, to] = [to, from]
    }
  }
  const order = new Uint32Array(values.length)
  for (let rank = 0; rank < order.length; rank++) order[rank] = from[rank * STRIDE + ROW]!
  return order
}

/** Entries whose 64-bit key rises, read as unsigned, when the values fall. */
function descendingEntries(values: Float64Array): Uint32Array {
  const entries = new Uint32Array(values.length * STRIDE)
  const value = new Float64Array(1)
  // Low word first: WebAssembly is little-endian, and so is every platform on which Node runs it.
  const words = new Uint32Array(value.buffer)
  for (let row = 0; row < values.length; row++) {
    // Adding 0 turns −0 into 0.
    value[0] = values[row]! + 0
    const high = words[1]!
    const low = words[0]!
    // Bits of negative numbers rise while the value falls, and their sign bit sorts them last; the others are turned.
    const negative = high >>> 31 === 1
    entries[row * STRIDE + LOW] = negative ? low : ~low
    entries[row * STRIDE + HIGH] = negative ? high : ~high & 0x7fffffff
    entries[row * STRIDE + ROW] = row
  }
  return entries
}

/** Where each bucket begins, or undefined when all keys share the digit and the pass would change nothing. */
function bucketStarts(entries: Uint32Array, word: number, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(MASK + 1)
  for (let at = word; at < entries.length; at += STRIDE) starts[(entries[at]! >>> shift) & MASK]!++
  // The low bits of widened float32 scores are all 0: two passes saved.
  if (starts.includes(entries.length / STRIDE)) return undefined
  let start = 0
  for (let bucket = 0; bucket <= MASK; bucket++) {
    const count = starts[bucket]!
    starts[bucket] = start
    start += count * STRIDE
  }
  return starts
}
