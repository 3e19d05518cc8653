// Counts distinct values in typed arrays; a JavaScript Set of a million numbers takes ten times as long.
import { combine32, mix32 } from '../base/index.js'
import { type Column, missingBoolean } from './column.js'

export interface DistinctCount {
  /** Different values, missing not counted. */
  readonly distinct: number
  /** Rows with a value. */
  readonly present: number
}

/** Counts the values and the different ones. Cost: one pass, 16 bytes of memory per row for numbers. */
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

function countNumbers(values: ArrayLike<number>): DistinctCount {
  // At most half full; NaN marks a free slot.
  const mask = 2 ** Math.ceil(Math.log2(values.length * 2 + 2)) - 1
  const slots = new Float64Array(mask + 1).fill(Number.NaN)
  const number = new Float64Array(1)
  const words = new Int32Array(number.buffer)
  let [present, distinct] = [0, 0]
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    present++
    // −0 equals 0.
    number[0] = value + 0
    let at = mix32(combine32(words[0]!, words[1]!)) & mask
    while (!Number.isNaN(slots[at]!) && slots[at] !== value) at = (at + 1) & mask
    if (Number.isNaN(slots[at]!)) {
      slots[at] = value
      distinct++
    }
  }
  return { distinct, present }
}
