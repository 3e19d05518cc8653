// The most frequent values of a column.
import { type Column, missingBoolean } from '../column.js'

export interface TopValue {
  readonly value: string | number | boolean
  readonly count: number
}

/**
 * The ten most frequent values, most frequent first; of equal counts, the earlier.
 *
 * For numbers and times (in ms) only the single most frequent is certain to be found when it holds more than half of
 * the rows; others are listed when there are at most `few` different ones.
 */
export function topValues(column: Column, distinct: number): readonly TopValue[] {
  if (column.type === 'string')
    return ranked(countCodes(column.codes, column.dictionary.length), column.dictionary)
  if (column.type === 'boolean') {
    const codes = Int32Array.from(column.values, (value) => (value === missingBoolean ? -1 : value))
    return ranked(countCodes(codes, 2), column.labels ?? [false, true])
  }
  if (distinct > few) return majority(column.values)
  return countPresent(column.values) === distinct ? firstOnes(column.values) : countNumbers(column.values)
}

// A Map of so many numbers costs no more than one pass.
const few = 1000
const listed = 10

function countCodes(codes: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(size)
  for (const code of codes) if (code >= 0) counts[code]!++
  return counts
}

function ranked(counts: ArrayLike<number>, values: readonly TopValue['value'][]): TopValue[] {
  const top: TopValue[] = []
  for (let i = 0; i < values.length; i++) {
    const count = counts[i]!
    if (count === 0 || (top.length === listed && count <= top[listed - 1]!.count)) continue
    if (top.length === listed) top.pop()
    const place = top.findIndex((other) => other.count < count)
    top.splice(place < 0 ? top.length : place, 0, { value: values[i]!, count })
  }
  return top
}

function countPresent(values: ArrayLike<number>): number {
  let count = 0
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row]!)) count++
  return count
}

/** Of numbers that all differ. */
function firstOnes(values: ArrayLike<number>): TopValue[] {
  const ones: TopValue[] = []
  for (let row = 0; row < values.length && ones.length < listed; row++) {
    if (!Number.isNaN(values[row]!)) ones.push({ value: values[row]!, count: 1 })
  }
  return ones
}

function countNumbers(values: ArrayLike<number>): TopValue[] {
  const counts = new Map<number, number>()
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return ranked([...counts.values()], [...counts.keys()])
}

/** The value that more than half of the rows hold, if there is one (Boyer & Moore 1981), with its count. */
function majority(values: ArrayLike<number>): TopValue[] {
  let candidate = Number.NaN
  let lead = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    if (lead === 0) candidate = value
    lead += value === candidate ? 1 : -1
  }
  let count = 0
  let present = 0
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row]!)) continue
    present++
    if (values[row] === candidate) count++
  }
  return count * 2 > present ? [{ value: candidate, count }] : []
}
