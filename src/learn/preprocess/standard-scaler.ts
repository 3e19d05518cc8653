// Centers and scales numbers to mean 0 and variance 1.
import { defineOptions, flag } from '../../base/index.js'
import type { NumberArray } from '../../data/index.js'
import { div, sub } from '../../engine/onnx/index.js'
import { defineTransformer, tensorColumns } from '../contracts/index.js'
import { moments, type Moments } from './moments.kernel.js'
import { allNumbers, mapNumbers, numberTypes, rowConstant } from './number-columns.js'

/** Options of {@link standardScaler}. */
export interface StandardScalerOptions {
  /** Subtract the mean. @default true */
  readonly withMean: boolean
  /** Divide by the standard deviation. @default true */
  readonly withStd: boolean
}

interface Scaling {
  readonly center: Float64Array
  readonly scale: Float64Array
}

/**
 * Standardizes numbers: z = (x − μ) / σ, with μ and σ of the training rows.
 *
 * σ is the population standard deviation (divided by n), in two passes. A constant column has σ = 1 and becomes 0.
 * Missing values are left out of μ and σ, and stay missing. Sample weights are not used.
 *
 * Cost: O(n·p). Columns keep their names.
 *
 * @param options - see {@link StandardScalerOptions}
 * @returns a transformer of number, boolean and timestamp columns
 * @see values checked against scikit-learn's StandardScaler
 * @example
 * ```ts
 * const scaler = await standardScaler().fit([{ age: 20 }, { age: 40 }])
 * scaler.apply(fromRows([{ age: 50 }])).col('age').at(0) // => 2
 * ```
 */
export const standardScaler = defineTransformer<StandardScalerOptions, Scaling>({
  kind: 'standard-scaler',
  options: defineOptions<StandardScalerOptions>({
    withMean: flag({ default: true }),
    withStd: flag({ default: true }),
  }),
  accepts: numberTypes,
  fit({ x }, { withMean, withStd }) {
    const found = allNumbers(x).map(middleAndSpread)
    return {
      center: Float64Array.from(found, ({ middle }) => (withMean ? middle : 0)),
      scale: Float64Array.from(found, (one) => (withStd ? one.spread : 1)),
    }
  },
  outputs: (_, inputs) => inputs.map((field) => field.name),
  apply: (state, x) =>
    mapNumbers(x, (values, j) => shiftAndDivide(values, state.center[j]!, state.scale[j]!)),
  compileRow:
    ({ center, scale }) =>
    (row) =>
      row.map((value, j) => (Number(value) - center[j]!) / scale[j]!),
  toGraph({ center, scale }, x) {
    const { graph } = x
    const centered = sub(graph, x.stack(), rowConstant(graph, center))
    return tensorColumns(graph, div(graph, centered, rowConstant(graph, scale)), x.names)
  },
})

// A power of two, by which division is exact: squares of the largest numbers then stay below 1e256.
const shrink = 2 ** -600

function middleAndSpread(values: NumberArray): { readonly middle: number; readonly spread: number } {
  const found = moments(values)
  if (found.count === 0) return { middle: 0, spread: 1 }
  if (Number.isFinite(found.variance)) return { middle: found.mean, spread: spread(found) }
  // Beyond 1e154 the square of a number is infinite.
  const small = moments(values.map((value) => value * shrink))
  return { middle: small.mean / shrink, spread: spread(small) / shrink }
}

/** The standard deviation, or 1 where the variance is nothing but rounding of equal numbers. */
export function spread({ count, mean, variance }: Moments): number {
  if (count === 0) return 1
  // The bound on the error of a two-pass variance (Chan, Golub & LeVeque 1983, table 1).
  const rounding = count * Number.EPSILON * variance + (count * mean * Number.EPSILON) ** 2
  return variance <= rounding ? 1 : Math.sqrt(variance)
}

/** (x − center) / scale for each number, in the order of operations that the graph has. */
export function shiftAndDivide(values: NumberArray, center: number, scale: number): Float64Array {
  const scaled = new Float64Array(values.length)
  for (let row = 0; row < scaled.length; row++) scaled[row] = (values[row]! - center) / scale
  return scaled
}
