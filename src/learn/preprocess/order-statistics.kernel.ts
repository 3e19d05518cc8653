// Quantiles of arrays without missing values. Selection for the median, because sorting a million numbers costs five
// times as much; sorting where many quantiles are asked for.

/**
 * The median; the mean of the two middle numbers of an even count. Reorders the array.
 *
 * Hoare's selection with the middle of three as pivot: O(n) expected.
 */
export function medianInPlace(values: Float64Array): number {
  const n = values.length
  if (n === 0) return Number.NaN
  const middle = n >> 1
  const upper = selectInPlace(values, middle)
  if (n % 2 === 1) return upper
  let lower = -Infinity
  for (let i = 0; i < middle; i++) if (values[i]! > lower) lower = values[i]!
  // Halved first: the sum of two great numbers may overflow.
  return lower / 2 + upper / 2
}

/** The k-th smallest number (from 0); afterwards none before position k is greater. Reorders the array. */
function selectInPlace(values: Float64Array, k: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = middleOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!)
    let i = low
    let j = high
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i <= j) {
        const held = values[i]!
        values[i++] = values[j]!
        values[j--] = held
      }
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else break
  }
  return values[k]!
}

const middleOfThree = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))

/**
 * A quantile of sorted numbers, linear between neighbors (Hyndman & Fan 1996, type 7, as NumPy).
 *
 * @param q - between 0 and 1
 */
export function quantileOfSorted(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  const share = at - below
  // From the nearer end, so that equal neighbors give themselves and the result never decreases in q.
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
}
