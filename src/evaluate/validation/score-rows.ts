// Parts of row-major scores, and which rows stand for many.

/** At most `most` of n rows, evenly spaced. */
export function evenRows(n: number, most: number): Int32Array {
  const m = Math.min(n, most)
  return Int32Array.from({ length: m }, (_, i) => Math.floor((i * n) / m))
}

/**
 * The scores of the given rows.
 *
 * @param scores - rows × width, row-major
 */
export function takeScores(scores: Float64Array, rows: ArrayLike<number>, width: number): Float64Array {
  const taken = new Float64Array(rows.length * width)
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!
    taken.set(scores.subarray(row * width, (row + 1) * width), at * width)
  }
  return taken
}
