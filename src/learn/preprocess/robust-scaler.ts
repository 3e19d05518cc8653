// Centers and scales numbers by quantiles, which outliers do not move.
import { custom, defineOptions, flag } from '../../base/index.js'
import { div, sub } from '../../engine/onnx/index.js'
import { defineTransformer, tensorColumns } from '../contracts/index.js'
import { allNumbers, mapNumbers, numberTypes, presentNumbers, rowConstant } from './number-columns.js'
import { quantileOfSorted } from './order-statistics.kernel.js'
import { shiftAndDivide } from './standard-scaler.js'

/** Options of {@link robustScaler}. */
export interface RobustScalerOptions {
  /** Subtract the median. @default true */
  readonly withCentering: boolean
  /** Divide by the distance of the quantiles. @default true */
  readonly withScaling: boolean
  /** The quantiles, in percent. @default [25, 75] */
  readonly quantileRange: readonly [number, number]
}

interface Scaling {
  readonly center: Float64Array
  readonly scale: Float64Array
}

/**
 * Scales numbers by the median and the interquartile range: z = (x − q₅₀) / (q₇₅ − q₂₅).
 *
 * Where the quantiles are equal, the divisor is 1. Missing values are left out of the quantiles, and stay missing.
 *
 * Cost: O(n · log n · p). Columns keep their names.
 *
 * @param options - see {@link RobustScalerOptions}
 * @returns a transformer of number, boolean and timestamp columns
 * @see values checked against scikit-learn's RobustScaler
 * @example
 * ```ts
 * const scaler = await robustScaler().fit([{ age: 1 }, { age: 2 }, { age: 3 }, { age: 4 }, { age: 1000 }])
 * scaler.apply(fromRows([{ age: 5 }])).col('age').at(0) // => 1
 * ```
 */
export const robustScaler = defineTransformer<RobustScalerOptions, Scaling>({
  kind: 'robust-scaler',
  options: defineOptions<RobustScalerOptions>({
    withCentering: flag({ default: true }),
    withScaling: flag({ default: true }),
    quantileRange: custom<readonly [number, number]>({
      default: [25, 75],
      expected: 'two percentages between 0 and 100, the smaller first',
      accepts: (value) =>
        Array.isArray(value) &&
        value.length === 2 &&
        value.every(Number.isFinite) &&
        value[0] >= 0 &&
        value[0] < value[1] &&
        value[1] <= 100,
    }),
  }),
  accepts: numberTypes,
  fit({ x }, { withCentering, withScaling, quantileRange: [low, high] }) {
    const sorted = allNumbers(x).map((values) => presentNumbers(values).sort())
    return {
      center: Float64Array.from(sorted, (values) =>
        withCentering && values.length > 0 ? quantileOfSorted(values, 0.5) : 0,
      ),
      scale: Float64Array.from(sorted, (values) => {
        if (!withScaling || values.length === 0) return 1
        const width = quantileOfSorted(values, high / 100) - quantileOfSorted(values, low / 100)
        return width > 0 ? width : 1
      }),
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
