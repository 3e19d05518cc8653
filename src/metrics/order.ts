// Sorting row numbers by a float64 key. Radix sort, since the fast native sort of typed arrays cannot carry row numbers.

// 11 bits a pass: three passes cover a 32-bit word, and the 2,048 counters stay in the first-level cache.
const BITS = 11
const BUCKETS = 1 << BITS
const SHIFTS = [0, BITS, 2 * BITS] as const

/** Keys and the rows they belong to, sorted together. */
interface Keyed {
  readonly high: Uint32Array
  readonly low: Uint32Array
  readonly rows: Uint32Array
}

const keyed = (n: number): Keyed => ({
  high: new Uint32Array(n),
  low: new Uint32Array(n),
  rows: new Uint32Array(n),
})

/**
 * Row numbers by falling value; equal values (−0 and 0 too) keep their row order. Values must not be NaN.
 *
 * Cost: O(n); memory for 24 bytes a row.
 */
export function descendingOrder(values: Float64Array): Uint32Array {
  let from = descendingKeys(values)
  let to = keyed(values.length)
  for (const word of ['low', 'high'] as const) {
    for (const shift of SHIFTS) {
      const starts = bucketStarts(from[word], shift)
      if (starts === undefined) continue
      scatter(from, to, { digits: from[word], shift, starts })
      ;[from, to] = [to, from]
    }
  }
  return from.rows
}

/** 64-bit keys that rise, read as unsigned, when the values fall. */
function descendingKeys(values: Float64Array): Keyed {
  const keys = keyed(values.length)
  const value = new Float64Array(1)
  // WebAssembly fixed the platform's byte order for us: every Node that runs the kernels is little-endian.
  const words = new Uint32Array(value.buffer)
  for (let i = 0; i < values.length; i++) {
    // Adding 0 turns −0 into 0.
    value[0] = values[i]! + 0
    const high = words[1]!
    const low = words[0]!
    // Falling order: negative numbers already rise in magnitude; of the others every bit but the sign is turned.
    const negative = high >>> 31 === 1
    keys.high[i] = negative ? high : ~high & 0x7fffffff
    keys.low[i] = negative ? low : ~low
    keys.rows[i] = i
  }
  return keys
}

/** Where each bucket begins, or undefined when all keys share the digit and the pass would change nothing. */
function bucketStarts(digits: Uint32Array, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(BUCKETS)
  for (let i = 0; i < digits.length; i++) starts[(digits[i]! >>> shift) & (BUCKETS - 1)]!++
  // The low bits of widened float32 scores are all 0: two passes saved.
  if (starts.includes(digits.length)) return undefined
  let start = 0
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = starts[bucket]!
    starts[bucket] = start
    start += count
  }
  return starts
}

interface Pass {
  readonly digits: Uint32Array
  readonly shift: number
  readonly starts: Uint32Array
}

function scatter(from: Keyed, to: Keyed, { digits, shift, starts }: Pass): void {
  for (let i = 0; i < digits.length; i++) {
    const at = starts[(digits[i]! >>> shift) & (BUCKETS - 1)]!++
    to.high[at] = from.high[i]!
    to.low[at] = from.low[i]!
    to.rows[at] = from.rows[i]!
  }
}
