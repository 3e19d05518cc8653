// Powers that make skewed numbers more like a normal distribution.
import { DataError, defineOptions, flag, oneOf } from '../../base/index.js'
import type { NumberArray, Table } from '../../data/index.js'
import {
  add,
  div,
  type GraphBuilder,
  greater,
  log,
  neg,
  pow,
  sub,
  tensor,
  type Value,
  where,
} from '../../engine/onnx/index.js'
import { defineTransformer, tensorColumns } from '../contracts/index.js'
import { moments } from './moments.kernel.js'
import {
  allNumbers,
  mapEach,
  mapNumbers,
  numberTypes,
  presentNumbers,
  rowConstant,
} from './number-columns.js'
import { spread } from './standard-scaler.js'
import { boxCoxLambda, yeoJohnsonLambda } from './power-likelihood.js'

/** Options of {@link powerTransformer}. */
export interface PowerTransformerOptions {
  /** Box–Cox takes positive numbers only. @default 'yeo-johnson' */
  readonly method: 'yeo-johnson' | 'box-cox'
  /** Scale the result to mean 0 and variance 1. @default true */
  readonly standardize: boolean
}

interface Powers {
  readonly lambdas: Float64Array
  readonly center: Float64Array
  readonly scale: Float64Array
}

/**
 * Makes each column as normal as a power can: λ is chosen by maximum likelihood, then the result is standardized.
 *
 * With b(u, λ) = (uᵏ − 1)/λ at k = λ, and ln u for λ = 0: Box–Cox is b(x, λ); Yeo–Johnson b(1 + x, λ) for x ≥ 0 and
 * −b(1 − x, 2 − λ) otherwise. λ lies within [−5, 5]; columns of over 100,000 rows choose it by as many evenly spaced
 * rows. Constant columns keep λ = 1. Missing values stay missing; Box–Cox of a number that is not positive is missing.
 *
 * Cost: O(n·p), times about 30 for λ. Columns keep their names.
 *
 * @param options - see {@link PowerTransformerOptions}
 * @returns a transformer of number, boolean and timestamp columns
 * @throws {@link DataError} when Box–Cox meets a number that is not positive while fitting
 * @see Yeo & Johnson 2000, doi:10.1093/biomet/87.4.954; Box & Cox 1964; values checked against scikit-learn's
 * PowerTransformer
 * @example
 * ```ts
 * const power = await powerTransformer({ method: 'box-cox' }).fit([{ income: 1 }, { income: 10 }, { income: 100 }])
 * power.apply(fromRows([{ income: 10 }])).col('income').at(0) // => 0
 * ```
 */
export const powerTransformer = defineTransformer<PowerTransformerOptions, Powers>({
  kind: 'power-transformer',
  options: defineOptions<PowerTransformerOptions>({
    method: oneOf(['yeo-johnson', 'box-cox'], { default: 'yeo-johnson' }),
    standardize: flag({ default: true }),
  }),
  accepts: numberTypes,
  fit({ x }, { method, standardize }) {
    if (method === 'box-cox') checkPositive(x)
    const columns = allNumbers(x)
    const chooseLambda = method === 'box-cox' ? boxCoxLambda : yeoJohnsonLambda
    const lambdas = Float64Array.from(columns, (values) => chooseLambda(evenlySpaced(presentNumbers(values))))
    const found = columns.map((values, j) => moments(powered(values, lambdas[j]!, method)))
    const scaled = (j: number): boolean => standardize && found[j]!.count > 0
    return {
      lambdas,
      center: lambdas.map((_, j) => (scaled(j) ? found[j]!.mean : 0)),
      scale: lambdas.map((_, j) => (standardize ? spread(found[j]!) : 1)),
    }
  },
  outputs: (_, inputs) => inputs.map((field) => field.name),
  apply: ({ lambdas, center, scale }, x, { method }) =>
    mapNumbers(x, (values, j) => {
      const result = powered(values, lambdas[j]!, method)
      const shift = center[j]!
      const unit = scale[j]!
      for (let row = 0; row < result.length; row++) result[row] = (result[row]! - shift) / unit
      return result
    }),
  compileRow: ({ lambdas, center, scale }, { method }) => {
    const make = method === 'box-cox' ? boxCox : yeoJohnson
    return (row) => row.map((value, j) => (make(Number(value), lambdas[j]!) - center[j]!) / scale[j]!)
  },
  toGraph({ lambdas, center, scale }, x, { method }) {
    const { graph } = x
    const make = method === 'box-cox' ? boxCoxInGraph : yeoJohnsonInGraph
    const centered = sub(graph, make(graph, x.stack(), lambdas), rowConstant(graph, center))
    return tensorColumns(graph, div(graph, centered, rowConstant(graph, scale)), x.names)
  },
})

// More rows hardly move λ, and each costs about 30 logarithms.
const rowsForLambda = 100_000

function evenlySpaced(values: Float64Array): Float64Array {
  if (values.length <= rowsForLambda) return values
  const step = values.length / rowsForLambda
  return Float64Array.from({ length: rowsForLambda }, (_, i) => values[Math.floor(i * step)]!)
}

/** (uᵏ − 1) / k, and its limit ln u at k = 0. */
const power = (u: number, k: number): number => (k === 0 ? Math.log(u) : (u ** k - 1) / k)

const boxCox = (value: number, lambda: number): number => (value > 0 ? power(value, lambda) : Number.NaN)

const yeoJohnson = (value: number, lambda: number): number =>
  value < 0 ? -power(1 - value, 2 - lambda) : power(1 + value, lambda)

/** One column under its power. */
function powered(
  values: NumberArray,
  lambda: number,
  method: PowerTransformerOptions['method'],
): Float64Array {
  return method === 'box-cox'
    ? mapEach(values, (value) => boxCox(value, lambda))
    : mapEach(values, (value) => yeoJohnson(value, lambda))
}

function checkPositive(x: Table): void {
  const columns = allNumbers(x)
  x.names.forEach((name, j) => {
    const firstRow = columns[j]!.findIndex((value) => value <= 0)
    if (firstRow < 0) return
    throw new DataError(
      `powerTransformer: Box–Cox takes positive numbers only, and column '${name}' has ${String(x.col(name).at(firstRow))} at row ${firstRow}. Use { method: 'yeo-johnson' }.`,
      { column: name, firstRow },
    )
  })
}

function powerInGraph(graph: GraphBuilder, u: Value, exponents: Float64Array): Value {
  const safe = rowConstant(
    graph,
    exponents.map((k) => (k === 0 ? 1 : k)),
  )
  const general = div(graph, sub(graph, pow(graph, u, safe), 1), safe)
  if (exponents.every((k) => k !== 0)) return general
  const zero = tensor(
    'bool',
    Uint8Array.from(exponents, (k) => Number(k === 0)),
    [1, exponents.length],
  )
  return where(graph, graph.initializer('logarithms', zero), [log(graph, u), general])
}

function boxCoxInGraph(graph: GraphBuilder, x: Value, lambdas: Float64Array): Value {
  return where(graph, greater(graph, x, 0), [powerInGraph(graph, x, lambdas), Number.NaN])
}

/** Both branches are 0 on the other's side, because 1ᵏ − 1 is: so their difference is the result, and NaN stays NaN. */
function yeoJohnsonInGraph(graph: GraphBuilder, x: Value, lambdas: Float64Array): Value {
  const atLeastZero = (value: Value): Value =>
    graph.node('Max', [value, graph.initializer('zero', tensor('float64', [0], []))], {}, { type: 'float64' })
  const upper = powerInGraph(graph, add(graph, atLeastZero(x), 1), lambdas)
  const mirrored = lambdas.map((lambda) => 2 - lambda)
  return sub(graph, upper, powerInGraph(graph, add(graph, atLeastZero(neg(graph, x)), 1), mirrored))
}
