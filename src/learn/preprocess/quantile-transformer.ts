// Numbers as their rank among the training values, spread evenly or as a normal distribution.
import { defineOptions, integer, oneOf } from '../../base/index.js'
import {
  add,
  cast,
  clip,
  div,
  equal,
  type GraphBuilder,
  greaterOrEqual,
  less,
  mul,
  sub,
  tensor,
  type Value,
  where,
} from '../../engine/onnx/index.js'
import { defineTransformer, tensorColumns } from '../contracts/index.js'
import { normalQuantile, normalQuantileInGraph } from './normal-quantile.js'
import {
  allNumbers,
  mapEach,
  mapNumbers,
  numberTypes,
  presentNumbers,
  rowConstant,
} from './number-columns.js'
import { quantileOfSorted } from './order-statistics.kernel.js'

/** Options of {@link quantileTransformer}. */
export interface QuantileTransformerOptions {
  /** Points of the distribution function that are kept; at most the number of rows. @default 1000 */
  readonly nQuantiles: number
  /** What the training values become. @default 'uniform' */
  readonly outputDistribution: 'uniform' | 'normal'
}

/** The distribution function of one column: distinct values, and what happens at and after each. */
interface Steps {
  readonly knots: Float64Array
  /** The result at a knot. */
  readonly at: Float64Array
  /** The result just after a knot. */
  readonly after: Float64Array
  /** The distance to the next knot, and how much the result rises to it. */
  readonly width: Float64Array
  readonly rise: Float64Array
}

interface Distributions {
  readonly columns: readonly Steps[]
}

// Normal quantiles of 0 and 1 are infinite; scikit-learn cuts at the same place, ±5.2.
const edge = 1e-7

/**
 * Maps numbers through the distribution function of the training values: to [0, 1] evenly, or to a standard normal.
 *
 * F is linear between `nQuantiles` quantiles; equal quantiles give the middle of their ranks, the least value 0 and the
 * greatest 1. For 'normal', z = Φ⁻¹(F(x)) with F limited to [1e-7, 1 − 1e-7]. Outliers lose their pull, order is kept.
 * Missing values stay missing.
 *
 * Cost: O(n · log n · p). In the graph a binary search. Columns keep their names.
 *
 * @param options - see {@link QuantileTransformerOptions}
 * @returns a transformer of number, boolean and timestamp columns
 * @see values checked against scikit-learn's QuantileTransformer (without its subsampling)
 * @example
 * ```ts
 * const rank = await quantileTransformer().fit([{ age: 20 }, { age: 30 }, { age: 90 }])
 * rank.apply(fromRows([{ age: 60 }, { age: 500 }])).toRows() // => [{ age: 0.75 }, { age: 1 }]
 * ```
 */
export const quantileTransformer = defineTransformer<QuantileTransformerOptions, Distributions>({
  kind: 'quantile-transformer',
  options: defineOptions<QuantileTransformerOptions>({
    nQuantiles: integer({ min: 2, default: 1000 }),
    outputDistribution: oneOf(['uniform', 'normal'], { default: 'uniform' }),
  }),
  accepts: numberTypes,
  fit: ({ x }, { nQuantiles }) => ({
    columns: allNumbers(x).map((values) => stepsOf(presentNumbers(values).sort(), nQuantiles)),
  }),
  outputs: (_, inputs) => inputs.map((field) => field.name),
  apply: ({ columns }, x, { outputDistribution }) =>
    mapNumbers(x, (values, j) => {
      const steps = columns[j]!
      const make = outputDistribution === 'uniform' ? rankOf : normalOf
      return mapEach(values, (value) => make(value, steps))
    }),
  compileRow({ columns }, { outputDistribution }) {
    const make = outputDistribution === 'uniform' ? rankOf : normalOf
    return (row) => row.map((value, j) => make(Number(value), columns[j]!))
  },
  toGraph({ columns }, x, { outputDistribution }) {
    const { graph } = x
    const ranks = ranksInGraph(graph, x.stack(), columns)
    const normal = (): Value => normalQuantileInGraph(graph, clip(graph, ranks, { min: edge, max: 1 - edge }))
    return tensorColumns(graph, outputDistribution === 'uniform' ? ranks : normal(), x.names)
  },
})

function stepsOf(sorted: Float64Array, nQuantiles: number): Steps {
  // A column without numbers gives 0 wherever there is one.
  if (sorted.length === 0) return stepsOf(Float64Array.of(0), 2)
  const count = Math.max(2, Math.min(nQuantiles, sorted.length))
  const reference = (i: number): number => i / (count - 1)
  const quantiles = Float64Array.from({ length: count }, (_, i) => quantileOfSorted(sorted, reference(i)))
  const runs = runsOf(quantiles)
  const last = runs.length - 1
  const next = (i: number): Run => runs[i + 1]!
  return {
    knots: Float64Array.from(runs, ({ value }) => value),
    at: Float64Array.from(runs, ({ first, end }, i) =>
      i === 0 ? 0 : i === last ? 1 : (reference(first) + reference(end)) / 2,
    ),
    after: Float64Array.from(runs, ({ end }) => reference(end)),
    width: Float64Array.from(runs, ({ value }, i) => (i === last ? 1 : next(i).value - value)),
    rise: Float64Array.from(runs, ({ end }, i) =>
      i === last ? 0 : reference(next(i).first) - reference(end),
    ),
  }
}

/** Equal numbers in a row, by their first and last position. */
interface Run {
  readonly value: number
  readonly first: number
  readonly end: number
}

function runsOf(sorted: Float64Array): Run[] {
  const runs: Run[] = []
  for (let first = 0; first < sorted.length;) {
    let end = first
    while (end + 1 < sorted.length && sorted[end + 1] === sorted[first]) end++
    runs.push({ value: sorted[first]!, first, end })
    first = end + 1
  }
  return runs
}

function rankOf(value: number, { knots, at, after, width, rise }: Steps): number {
  if (value < knots[0]!) return 0
  let i = 0
  // The last knot that is not greater, by halving.
  for (let high = knots.length; high - i > 1;) {
    const middle = (i + high) >> 1
    if (value >= knots[middle]!) i = middle
    else high = middle
  }
  if (value === knots[i]) return at[i]!
  return after[i]! + ((value - knots[i]!) / width[i]!) * rise[i]!
}

const normalOf = (value: number, steps: Steps): number =>
  normalQuantile(Math.min(1 - edge, Math.max(edge, rankOf(value, steps))))

/** The same for all columns at once: a binary search over tables [p · size] by Gather, then one step. */
function ranksInGraph(graph: GraphBuilder, x: Value, columns: readonly Steps[]): Value {
  const longest = Math.max(...columns.map(({ knots }) => knots.length))
  const size = 2 ** Math.ceil(Math.log2(longest))
  const tableOf = (part: keyof Steps, padding: number): Value => {
    const flat = new Float64Array(columns.length * size).fill(padding)
    columns.forEach((steps, j) => flat.set(steps[part], j * size))
    return graph.initializer(part, tensor('float64', flat))
  }
  const pick = (from: Value, at: Value): Value => graph.node('Gather', [from, at], {}, { type: 'float64' })
  // No number reaches the padding, so that the search stays within the knots.
  const knots = tableOf('knots', Infinity)
  const starts = columns.map((_, j) => j * size)
  let at = graph.initializer('starts', tensor('int64', starts, [1, columns.length]))
  for (let step = size / 2; step >= 1; step /= 2) {
    const further = add(graph, at, step)
    const reached = cast(graph, greaterOrEqual(graph, x, pick(knots, further)), 'int64')
    at = add(graph, at, mul(graph, reached, step))
  }
  const knot = pick(knots, at)
  const share = div(graph, sub(graph, x, knot), pick(tableOf('width', 1), at))
  const between = add(graph, pick(tableOf('after', 1), at), mul(graph, share, pick(tableOf('rise', 0), at)))
  const rank = where(graph, equal(graph, x, knot), [pick(tableOf('at', 1), at), between])
  const least = rowConstant(
    graph,
    columns.map(({ knots: own }) => own[0]!),
  )
  return where(graph, less(graph, x, least), [0, rank])
}
