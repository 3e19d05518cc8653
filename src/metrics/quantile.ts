// The one definition of a quantile that all figures here share.

/**
 * The quantile of rising values, linear between neighbors (Hyndman & Fan 1996, type 7; NumPy's default).
 *
 * @param rising - sorted values, length n ≥ 1
 * @param q - in [0, 1]
 */
export function sortedQuantile(rising: Float64Array, q: number): number {
  const position = q * (rising.length - 1)
  const below = Math.floor(position)
  const lower = rising[below]!
  const upper = rising[Math.min(below + 1, rising.length - 1)]!
  return lower + (upper - lower) * (position - below)
}
