// Maps numbers onto a range.
import { custom, defineOptions, flag } from '../../base/index.js'
import type { NumberArray } from '../../data/index.js'
import { add, clip, mul } from '../../engine/onnx/index.js'
import { defineTransformer, tensorColumns } from '../contracts/index.js'
import { allNumbers, mapEach, mapNumbers, numberTypes, rowConstant } from './number-columns.js'

/** Options of {@link minMaxScaler}. */
export interface MinMaxScalerOptions {
  /** Where the least and the greatest training value go. @default [0, 1] */
  readonly featureRange: readonly [number, number]
  /** Limit fresh values to the range. @default false */
  readonly clip: boolean
}

interface Stretch {
  readonly scale: Float64Array
  readonly offset: Float64Array
}

/**
 * Maps numbers linearly so that the training values fill a range: x′ = (x − min) / (max − min) · (b − a) + a.
 *
 * A constant column becomes a. Missing values stay missing.
 *
 * Cost: O(n·p). Columns keep their names.
 *
 * @param options - see {@link MinMaxScalerOptions}
 * @returns a transformer of number, boolean and timestamp columns
 * @see values checked against scikit-learn's MinMaxScaler
 * @example
 * ```ts
 * const scaler = await minMaxScaler().fit([{ age: 20 }, { age: 40 }])
 * scaler.apply(fromRows([{ age: 25 }])).col('age').at(0) // => 0.25
 * ```
 */
export const minMaxScaler = defineTransformer<MinMaxScalerOptions, Stretch>({
  kind: 'min-max-scaler',
  options: defineOptions<MinMaxScalerOptions>({
    featureRange: custom<readonly [number, number]>({
      default: [0, 1],
      expected: 'two finite numbers, the smaller first',
      accepts: (value) =>
        Array.isArray(value) && value.length === 2 && value.every(Number.isFinite) && value[0] < value[1],
    }),
    clip: flag({ default: false }),
  }),
  accepts: numberTypes,
  fit({ x }, { featureRange: [low, high] }) {
    const ranges = allNumbers(x).map(rangeOf)
    const scale = Float64Array.from(ranges, ({ min, max }) => (high - low) / (max > min ? max - min : 1))
    return { scale, offset: Float64Array.from(ranges, ({ min }, j) => low - min * scale[j]!) }
  },
  outputs: (_, inputs) => inputs.map((field) => field.name),
  apply(state, x, { featureRange: [low, high], clip: limited }) {
    return mapNumbers(x, (values, j) => {
      const scale = state.scale[j]!
      const offset = state.offset[j]!
      return limited
        ? mapEach(values, (value) => Math.min(high, Math.max(low, value * scale + offset)))
        : mapEach(values, (value) => value * scale + offset)
    })
  },
  compileRow({ scale, offset }, { featureRange: [low, high], clip: limited }) {
    return (row) =>
      row.map((value, j) => {
        const stretched = Number(value) * scale[j]! + offset[j]!
        return limited ? Math.min(high, Math.max(low, stretched)) : stretched
      })
  },
  toGraph({ scale, offset }, x, { featureRange: [min, max], clip: limited }) {
    const { graph } = x
    const stretched = add(graph, mul(graph, x.stack(), rowConstant(graph, scale)), rowConstant(graph, offset))
    return tensorColumns(graph, limited ? clip(graph, stretched, { min, max }) : stretched, x.names)
  },
})

/** The least and the greatest number; both 0 when there is none. */
function rangeOf(values: NumberArray): { readonly min: number; readonly max: number } {
  let min = Infinity
  let max = -Infinity
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value < min) min = value
    if (value > max) max = value
  }
  return min <= max ? { min, max } : { min: 0, max: 0 }
}
