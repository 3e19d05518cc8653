// Fewer points, chosen without luck: a curve keeps its shape, a cloud keeps a seeded random part.
import { rng } from '../../base/index.js'

/** A curve needs no more points than a plot has pixels across. */
const CURVE_POINTS = 240

/** Above this a cloud is sampled: more dots hide each other, and every dot costs 90 bytes in the page. */
export const CLOUD_POINTS = 1500

/** Points of a curve as x and y, evenly thinned by their place along it; the ends always stay. */
export function thinCurve(
  x: readonly number[],
  y: readonly number[],
): { readonly x: number; readonly y: number }[] {
  const n = Math.min(x.length, y.length)
  const kept = Math.min(n, CURVE_POINTS)
  const lengths = pathLengths(x, y, n)
  const points: { x: number; y: number }[] = []
  let next = 0
  for (let i = 0; i < n; i++) {
    const isEnd = i === n - 1
    if (lengths[i]! < ((lengths[n - 1] ?? 0) * next) / (kept - 1) && !isEnd && n > CURVE_POINTS) continue
    points.push({ x: rounded(x[i]!), y: rounded(y[i]!) })
    while (lengths[i]! >= ((lengths[n - 1] ?? 0) * next) / (kept - 1) && next < kept) next++
  }
  return points
}

/** How far along the curve each point lies, both axes scaled to their range. */
function pathLengths(x: readonly number[], y: readonly number[], n: number): Float64Array {
  const lengths = new Float64Array(n)
  const [widthX, widthY] = [rangeOf(x), rangeOf(y)]
  for (let i = 1; i < n; i++) {
    const step = Math.hypot((x[i]! - x[i - 1]!) / widthX, (y[i]! - y[i - 1]!) / widthY)
    lengths[i] = lengths[i - 1]! + (Number.isFinite(step) ? step : 0)
  }
  return lengths
}

function rangeOf(values: readonly number[]): number {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high > low ? high - low : 1
}

/** Rows of a cloud: all of them, or a random part in row order. The same rows for the same count. */
export function sampleRows(n: number, limit = CLOUD_POINTS): Int32Array {
  if (n <= limit) return Int32Array.from({ length: n }, (_, i) => i)
  return rng(0).split('plot-sample').permutation(n).slice(0, limit).sort()
}

/** Five significant digits: finer than a pixel, and short in the page. */
export const rounded = (value: number): number => Number(value.toPrecision(5))
