// Counts distinct values in typed arrays; a JavaScript Set of a million numbers takes ten times as long.
import { combine32, mix32 } from '../base/index.js'
import { type Column, missingBoolean } from './column.js'

export interface DistinctCount {
  /** Different values, missing not counted. */
  readonly distinct: number
  /** Rows with a value. */
  readonly present: number
}

/** Counts the values and the different ones. Cost: a few passes, 18 bytes of memory per row for numbers. */
export function countDistinct(column: Column): DistinctCount {
  if (column.type === 'string') return countCodes(column.codes, column.dictionary.length)
  if (column.type === 'boolean') {
    return countCodes(
      Int32Array.from(column.values, (value) => (value === missingBoolean ? -1 : value)),
      2,
    )
  }
  return countNumbers(column.values)
}

function countCodes(codes: Int32Array, size: number): DistinctCount {
  const seen = new Uint8Array(size)
  let [present, distinct] = [0, 0]
  for (const code of codes) {
    if (code < 0) continue
    present++
    if (seen[code] === 0) {
      seen[code] = 1
      distinct++
    }
  }
  return { distinct, present }
}

// A part's slots, 2 to 4 for each of so many rows, lie in the processor's second cache: a million rows in one table take
// three times as long.
const rowsPerPart = 1 << 13

function countNumbers(values: ArrayLike<number>): DistinctCount {
  const present = withoutMissing(values)
  // At most 2¹⁰ parts: more would not fit the first cache while numbers are dealt to them.
  const bits = Math.max(0, Math.min(10, Math.ceil(Math.log2(present.length / rowsPerPart))))
  const { dealt, ends } = deal(present, bits)
  let distinct = 0
  let slots = new Float64Array(0)
  for (let part = 0, from = 0; part < ends.length; from = ends[part++]!) {
    const size = slotsFor(ends[part]! - from)
    if (slots.length < size) slots = new Float64Array(size)
    distinct += countPart(dealt.subarray(from, ends[part]), slots.subarray(0, size))
  }
  return { distinct, present: present.length }
}

/** The numbers that are there, −0 as 0. */
function withoutMissing(values: ArrayLike<number>): Float64Array {
  const present = new Float64Array(values.length)
  let count = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (!Number.isNaN(value)) present[count++] = value + 0
  }
  return present.subarray(0, count)
}

const wordsOf = (values: Float64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length * 2)

const hashOf = (words: Int32Array, i: number): number =>
  mix32(combine32(combine32(0, words[i * 2]!), words[i * 2 + 1]!))

/** Equal numbers go to one of 2^bits parts, by the first bits of their hash; `ends[i]` is where part i ends. */
function deal(values: Float64Array, bits: number): { dealt: Float64Array; ends: Int32Array } {
  if (bits === 0) return { dealt: values, ends: Int32Array.of(values.length) }
  const words = wordsOf(values)
  const parts = new Uint16Array(values.length)
  const next = new Int32Array((1 << bits) + 1)
  for (let i = 0; i < values.length; i++) {
    const part = hashOf(words, i) >>> (32 - bits)
    parts[i] = part
    next[part + 1]!++
  }
  for (let part = 1; part < next.length; part++) next[part]! += next[part - 1]!
  const dealt = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) dealt[next[parts[i]!]!++] = values[i]!
  // Each part was filled up to where the next one began.
  return { dealt, ends: next.subarray(0, -1) }
}

/** At most half full. */
const slotsFor = (count: number): number => 2 ** Math.ceil(Math.log2(count * 2 + 2))

/** Counts different numbers by an open-addressing table; the last bits of the hash say where to begin. */
function countPart(values: Float64Array, slots: Float64Array): number {
  const words = wordsOf(values)
  const mask = slots.length - 1
  let distinct = 0
  // NaN marks a free slot.
  slots.fill(Number.NaN)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    let at = hashOf(words, i) & mask
    while (!Number.isNaN(slots[at]!) && slots[at] !== value) at = (at + 1) & mask
    if (slots[at] === value) continue
    slots[at] = value
    distinct++
  }
  return distinct
}
