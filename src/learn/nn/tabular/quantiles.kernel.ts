// Quantiles of sorted numbers.

/** The quantile at a share from 0 to 1, linear between neighbours. */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  const part = place - below
  // Weighted apart: the difference of two great numbers may be infinite.
  return part === 0 ? low : low * (1 - part) + high * part
}
