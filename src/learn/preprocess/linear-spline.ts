// Bends a straight line: what lets a linear model follow a curve, column by column.
import { defineOptions, integer, oneOf } from '../../base/index.js'
import { type Column, numberColumn, type NumberArray, table } from '../../data/index.js'
import { concat, constant, gather, type GraphBuilder, sub, type Value } from '../../engine/onnx/index.js'
import { defineTransformer, tensorColumns, uniqueNames } from '../contracts/index.js'
import { allNumbers, mapEach, numberTypes, presentNumbers, rowConstant } from './number-columns.js'
import { quantileOfSorted } from './order-statistics.kernel.js'

/** Options of {@link linearSpline}. */
export interface LinearSplineOptions {
  /** Bends per column at most, at evenly spaced quantiles. @default 5 */
  readonly nKnots: number
  /** Outside of the training range go on straight, or stay at its ends. @default 'linear' */
  readonly extrapolation: 'linear' | 'constant'
}

interface Knot {
  /** The position of its column. */
  readonly column: number
  readonly at: number
}

interface Spline {
  readonly knots: readonly Knot[]
  /** The training range of each column. */
  readonly low: Float64Array
  readonly high: Float64Array
  readonly names: readonly string[]
}

/**
 * Adds to each column x the hinges max(0, x − t) at its knots t, so that a linear model of the result is a continuous
 * curve of straight pieces in each column (an additive model by linear splines).
 *
 * Knots are the quantiles i/(k + 1), i = 1 … k; equal ones are one, and those at the ends of the range none, so that
 * columns of two values stay as they are. The columns come first, then the hinges `age>37.5`. Missing values stay missing.
 *
 * Cost: O(n · log n · p) to fit, O(n · p · k) to apply.
 *
 * @param options - see {@link LinearSplineOptions}
 * @returns a transformer of number, boolean and timestamp columns
 * @see Friedman 1991, doi:10.1214/aos/1176347963, section 3.3 (the basis; not the search for knots)
 * @example
 * ```ts
 * const bend = await linearSpline({ nKnots: 1 }).fit([{ age: 10 }, { age: 30 }, { age: 80 }])
 * bend.apply(fromRows([{ age: 20 }, { age: 50 }])).toRows() // => [{ age: 20, 'age>30': 0 }, { age: 50, 'age>30': 20 }]
 * ```
 */
export const linearSpline = defineTransformer<LinearSplineOptions, Spline>({
  kind: 'linear-spline',
  options: defineOptions<LinearSplineOptions>({
    nKnots: integer({ min: 1, max: 100, default: 5 }),
    extrapolation: oneOf(['linear', 'constant'], { default: 'linear' }),
  }),
  accepts: numberTypes,
  fit({ x }, { nKnots }) {
    const sorted = allNumbers(x).map((values) => presentNumbers(values).sort())
    const knots = sorted.flatMap((values, column) => knotsOf(values, nKnots).map((at) => ({ column, at })))
    const hinges = knots.map(({ column, at }) => `${x.names[column]!}>${Number(at.toPrecision(4))}`)
    return {
      knots,
      low: Float64Array.from(sorted, (values) => values[0] ?? -Infinity),
      high: Float64Array.from(sorted, (values) => values.at(-1) ?? Infinity),
      names: uniqueNames([...x.names, ...hinges]),
    }
  },
  outputs: ({ names }) => names,
  apply({ knots, low, high, names }, x, { extrapolation }) {
    const within = (values: NumberArray, j: number): NumberArray =>
      extrapolation === 'linear'
        ? values
        : mapEach(values, (value) => Math.min(Math.max(value, low[j]!), high[j]!))
    const columns = allNumbers(x).map(within)
    const hinges = knots.map(({ column, at }) =>
      mapEach(columns[column]!, (value) => Math.max(value - at, 0)),
    )
    return table(
      new Map<string, Column>([...columns, ...hinges].map((values, j) => [names[j]!, numberColumn(values)])),
    )
  },
  compileRow({ knots, low, high }, { extrapolation }) {
    return (row) => {
      const columns = row.map((value, j) =>
        extrapolation === 'linear' ? Number(value) : Math.min(Math.max(Number(value), low[j]!), high[j]!),
      )
      return [...columns, ...knots.map(({ column, at }) => Math.max(columns[column]! - at, 0))]
    }
  },
  toGraph({ knots, low, high, names }, x, { extrapolation }) {
    const { graph } = x
    const columns =
      extrapolation === 'linear'
        ? x.stack()
        : extreme(graph, 'Min', [
            extreme(graph, 'Max', [x.stack(), rowConstant(graph, low)]),
            rowConstant(graph, high),
          ])
    if (knots.length === 0) return tensorColumns(graph, columns, names)
    const sources = gather(graph, columns, { indices: knots.map(({ column }) => column) })
    const positions = rowConstant(
      graph,
      knots.map(({ at }) => at),
    )
    const hinges = extreme(graph, 'Max', [sub(graph, sources, positions), constant(graph, 0)])
    return tensorColumns(graph, concat(graph, [columns, hinges]), names)
  },
})

const extreme = (graph: GraphBuilder, operator: 'Min' | 'Max', of: readonly Value[]): Value =>
  graph.node(operator, of, {}, { type: 'float64' })

/** Distinct quantiles strictly within the range. */
function knotsOf(sorted: Float64Array, count: number): number[] {
  if (sorted.length === 0) return []
  const quantiles = Array.from({ length: count }, (_, i) => quantileOfSorted(sorted, (i + 1) / (count + 1)))
  return [...new Set(quantiles)].filter((at) => at > sorted[0]! && at < sorted.at(-1)!)
}
