// What a column of numbers (or of times, in ms) looks like.

/** Moments and range are of all rows, quantiles of at most 100,000. */
export interface NumberSummary {
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Of the sample, with n − 1. */
  readonly standardDeviation: number
  /** Third standardized moment, population form; 0 when the values do not vary. */
  readonly skew: number
  readonly zeros: number
  readonly quantiles: {
    readonly [Share in '0.01' | '0.05' | '0.25' | '0.5' | '0.75' | '0.95' | '0.99']: number
  }
  /** `counts[i]` values lie in [edges[i], edges[i + 1]), the last one included in the last. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] }
  /** Share beyond three interquartile ranges from the quartiles (Tukey's far-out fence). */
  readonly outlierShare: number
}

// As many bars as a small picture can show.
const bars = 30

/** Summarizes numbers; undefined when all are missing. `sample`: the rows that quantiles are taken of. */
export function summarizeNumbers(values: ArrayLike<number>, sample: Int32Array): NumberSummary | undefined {
  const range = rangeOf(values)
  if (range.count === 0) return undefined
  const { min, max, count, zeros } = range
  const mean = range.sum / count
  const { second, third } = centralMoments(values, mean)
  const sorted = sortedSample(values, sample)
  const quantiles = {
    '0.01': quantile(sorted, 0.01),
    '0.05': quantile(sorted, 0.05),
    '0.25': quantile(sorted, 0.25),
    '0.5': quantile(sorted, 0.5),
    '0.75': quantile(sorted, 0.75),
    '0.95': quantile(sorted, 0.95),
    '0.99': quantile(sorted, 0.99),
  }
  const variance = second / count
  return {
    min,
    max,
    mean,
    standardDeviation: count > 1 ? Math.sqrt(second / (count - 1)) : 0,
    skew: max > min && variance > 0 ? third / count / variance ** 1.5 : 0,
    zeros,
    quantiles,
    histogram: histogramOf(values, min, max),
    outlierShare: outliers(values, quantiles['0.25'], quantiles['0.75']) / count,
  }
}

function rangeOf(values: ArrayLike<number>): {
  min: number
  max: number
  sum: number
  count: number
  zeros: number
} {
  let [min, max, sum, count, zeros] = [Infinity, -Infinity, 0, 0, 0]
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    if (value < min) min = value
    if (value > max) max = value
    if (value === 0) zeros++
    sum += value
    count++
  }
  return { min, max, sum, count, zeros }
}

// Two passes: sums of powers cancel when the mean is large against the spread.
function centralMoments(values: ArrayLike<number>, mean: number): { second: number; third: number } {
  let [second, third] = [0, 0]
  for (let row = 0; row < values.length; row++) {
    const away = values[row]! - mean
    if (Number.isNaN(away)) continue
    second += away * away
    third += away * away * away
  }
  return { second, third }
}

function sortedSample(values: ArrayLike<number>, sample: Int32Array): Float64Array {
  const picked = new Float64Array(sample.length)
  let count = 0
  for (let i = 0; i < sample.length; i++) {
    const value = values[sample[i]!]!
    if (!Number.isNaN(value)) picked[count++] = value
  }
  // A sample of a column that is nearly all missing may catch nothing.
  const present =
    count > 0 ? picked.subarray(0, count) : Float64Array.from(values).filter((value) => !Number.isNaN(value))
  return present.sort()
}

/** Linear between order statistics (type 7 of Hyndman & Fan 1996, as numpy). */
function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share
  const below = Math.floor(position)
  const value = sorted[below]!
  const next = sorted[Math.min(sorted.length - 1, below + 1)]!
  return value + (next - value) * (position - below)
}

function histogramOf(values: ArrayLike<number>, min: number, max: number): NumberSummary['histogram'] {
  if (min === max) return { edges: [min, max], counts: [countPresent(values)] }
  const counts = Array.from<number>({ length: bars }).fill(0)
  const scale = bars / (max - min)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (!Number.isNaN(value)) counts[Math.min(bars - 1, Math.floor((value - min) * scale))]!++
  }
  const edges = Array.from({ length: bars + 1 }, (_, i) =>
    i === bars ? max : min + (i * (max - min)) / bars,
  )
  return { edges, counts }
}

function countPresent(values: ArrayLike<number>): number {
  let count = 0
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row]!)) count++
  return count
}

function outliers(values: ArrayLike<number>, lower: number, upper: number): number {
  const range = upper - lower
  // A column whose middle half is one value has no scale to be far out on.
  if (range === 0) return 0
  const [low, high] = [lower - 3 * range, upper + 3 * range]
  let count = 0
  for (let row = 0; row < values.length; row++) if (values[row]! < low || values[row]! > high) count++
  return count
}
