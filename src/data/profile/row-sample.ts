// Which rows to look at where looking at all would take too long.
import { rng } from '../../base/index.js'

/** All rows when there are few, otherwise `count` of them at random, in order; the same every time. */
export function sampleRows(rows: number, count: number): Int32Array {
  if (rows <= count) return Int32Array.from({ length: rows }, (_, row) => row)
  // One row from each of `count` equal stretches: spread over the file, without a permutation of all rows.
  const random = rng(0).split('profile')
  const stretch = rows / count
  return Int32Array.from({ length: count }, (_, i) =>
    Math.min(rows - 1, Math.floor(i * stretch + random.uniform() * stretch)),
  )
}
