// Where a regression errs: residuals by the size of the prediction, for plots and slices.
import { defineOptions, integer, type GivenOptions } from '../base/index.js'
import type { Numbers } from './checks.js'
import { sum } from './confusion.js'
import { descendingOrder } from './order.js'
import { sortedQuantile } from './quantile.js'
import { valueRows } from './regression.js'

/** How residuals (actual − predicted) spread in a group of rows. */
export interface ResidualSpread {
  readonly count: number
  readonly mean: number
  readonly q05: number
  readonly q25: number
  readonly median: number
  readonly q75: number
  readonly q95: number
}

/** The spread among rows with predictions in one range. */
export interface ResidualBin extends ResidualSpread {
  /** Smallest prediction of the bin. */
  readonly low: number
  /** Largest prediction of the bin. */
  readonly high: number
}

/** Residuals of all rows, and by the size of the prediction. */
export interface ResidualSummary {
  readonly overall: ResidualSpread
  /** By rising prediction, about equally many rows each. */
  readonly bins: readonly ResidualBin[]
}

/** Options of {@link residuals}. */
export interface ResidualOptions {
  /** How many bins at most; equal predictions stay in one bin. @default 20 */
  readonly nBins: number
}

const residualOptions = defineOptions<ResidualOptions>({
  // 10,000 bins are more than any plot can show.
  nBins: integer({ min: 1, max: 10_000, default: 20 }),
})

/**
 * Residuals, actual minus predicted: their quantiles over all rows and in bins of the prediction.
 *
 * A good model has medians near 0 in every bin; a fan shape means that large predictions are less sure.
 *
 * @param yTrue - the true numbers, length n
 * @param yPred - the predicted numbers, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if a number is not finite
 * @example
 * ```ts
 * residuals([1, 2, 5, 6], [1, 2, 4, 5], { nBins: 2 }).bins.map((bin) => bin.median) // => [0, 1]
 * ```
 */
export function residuals(
  yTrue: Numbers,
  yPred: Numbers,
  options: GivenOptions<ResidualOptions> = {},
): ResidualSummary {
  const { nBins } = residualOptions.parse('residuals', options)
  const { actual, predicted } = valueRows('residuals')(yTrue, yPred, {})
  const order = descendingOrder(predicted).reverse()
  const differences = Float64Array.from(order, (row) => actual[row]! - predicted[row]!)
  const bins: ResidualBin[] = []
  for (let start = 0; start < order.length;) {
    const end = binEnd(order, predicted, { start, bins: nBins - bins.length })
    bins.push({
      low: predicted[order[start]!]!,
      high: predicted[order[end - 1]!]!,
      ...spreadOf(differences.slice(start, end)),
    })
    start = end
  }
  return { overall: spreadOf(differences), bins }
}

/** The end of the bin that starts here: an even share of what is left, stretched over equal predictions. */
function binEnd(
  order: Uint32Array,
  predicted: Float64Array,
  { start, bins }: { readonly start: number; readonly bins: number },
): number {
  let end = start + Math.ceil((order.length - start) / bins)
  while (end < order.length && predicted[order[end]!] === predicted[order[end - 1]!]) end++
  return end
}

function spreadOf(values: Float64Array): ResidualSpread {
  const rising = values.slice().sort()
  return {
    count: rising.length,
    mean: sum(rising) / rising.length,
    q05: sortedQuantile(rising, 0.05),
    q25: sortedQuantile(rising, 0.25),
    median: sortedQuantile(rising, 0.5),
    q75: sortedQuantile(rising, 0.75),
    q95: sortedQuantile(rising, 0.95),
  }
}
