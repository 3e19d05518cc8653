// Products of columns, so that linear models can see what columns say together.
import { DataError, defineOptions, flag, integer } from '../../base/index.js'
import { numberColumn, table } from '../../data/index.js'
import { concat, gather, mul, tensor, type Value } from '../../engine/onnx/index.js'
import { defineTransformer, type SymbolicTable, tensorColumns, uniqueNames } from '../contracts/index.js'
import { allNumbers, mapEach, numberTypes } from './number-columns.js'

/** Options of {@link polynomialFeatures}. */
export interface PolynomialFeaturesOptions {
  /** The most factors of a product. @default 2 */
  readonly degree: number
  /** Leave out powers of one column. @default false */
  readonly interactionOnly: boolean
  /** Add a column of ones, first. @default false */
  readonly includeBias: boolean
}

/** A product: an earlier product (by position among those of one factor less) times a column. */
interface Product {
  readonly left: number
  readonly column: number
}

interface Products {
  /** For 2, 3, … factors. */
  readonly degrees: readonly (readonly Product[])[]
  readonly names: readonly string[]
}

// Beyond this even the names alone fill the memory of a small machine, and no learner gains.
const mostOutputs = 20_000

/**
 * Adds all products of up to `degree` columns: for degree 2 and columns a, b these are a, b, a², ab, b².
 *
 * Named as in scikit-learn: `a^2`, `a b`. A product with a missing factor is missing. Scale before, so that products
 * are of like size.
 *
 * Cost: O(n · C(p + degree, degree)).
 *
 * @param options - see {@link PolynomialFeaturesOptions}
 * @returns a transformer of number, boolean and timestamp columns
 * @throws {@link DataError} when more than 20,000 columns would come out
 * @see values checked against scikit-learn's PolynomialFeatures
 * @example
 * ```ts
 * const products = await polynomialFeatures({ interactionOnly: true }).fit([{ a: 2, b: 3 }])
 * products.apply(fromRows([{ a: 4, b: 5 }])).toRows() // => [{ a: 4, b: 5, 'a b': 20 }]
 * ```
 */
export const polynomialFeatures = defineTransformer<PolynomialFeaturesOptions, Products>({
  kind: 'polynomial-features',
  options: defineOptions<PolynomialFeaturesOptions>({
    degree: integer({ min: 1, max: 5, default: 2 }),
    interactionOnly: flag({ default: false }),
    includeBias: flag({ default: false }),
  }),
  accepts: numberTypes,
  fit: ({ x }, options) => productsOf(x.names, options),
  outputs: ({ names }) => names,
  apply({ degrees, names }, x, { includeBias }) {
    const columns = allNumbers(x).map((values) => mapEach(values, (value) => value))
    const all = [...columns]
    let previous: readonly Float64Array[] = columns
    for (const products of degrees) {
      previous = products.map(({ left, column }) => {
        const factor = columns[column]!
        return previous[left]!.map((value, row) => value * factor[row]!)
      })
      all.push(...previous)
    }
    if (includeBias) all.unshift(new Float64Array(x.rowCount).fill(1))
    return table(new Map(names.map((name, j) => [name, numberColumn(all[j]!)])))
  },
  compileRow:
    ({ degrees }, { includeBias }) =>
    (row) => {
      const columns = row.map(Number)
      const all = includeBias ? [1, ...columns] : [...columns]
      let previous: readonly number[] = columns
      for (const products of degrees) {
        const factors = previous
        previous = products.map(({ left, column }) => factors[left]! * columns[column]!)
        all.push(...previous)
      }
      return all
    },
  toGraph: ({ degrees, names }, x, { includeBias }) =>
    tensorColumns(x.graph, productsInGraph(x, degrees, includeBias), names),
})

function productsOf(columns: readonly string[], options: PolynomialFeaturesOptions): Products {
  const { degree, interactionOnly, includeBias } = options
  const degrees: Product[][] = []
  // Factors by column, in rising order, of all products of the last degree.
  let factors: (readonly number[])[] = columns.map((_, j) => [j])
  const names = includeBias ? ['1', ...columns] : [...columns]
  for (let d = 2; d <= degree; d++) {
    const products: Product[] = []
    const next: (readonly number[])[] = []
    factors.forEach((own, left) => {
      const from = own.at(-1)! + (interactionOnly ? 1 : 0)
      if (names.length + next.length + columns.length - from > mostOutputs)
        throw tooMany(columns.length, options)
      for (let column = from; column < columns.length; column++) {
        products.push({ left, column })
        next.push([...own, column])
      }
    })
    if (products.length === 0) break
    degrees.push(products)
    names.push(...next.map((own) => productName(own, columns)))
    factors = next
  }
  return { degrees, names: uniqueNames(names) }
}

function productName(factors: readonly number[], columns: readonly string[]): string {
  const powers = new Map<number, number>()
  for (const column of factors) powers.set(column, (powers.get(column) ?? 0) + 1)
  return [...powers]
    .map(([column, power]) => (power === 1 ? columns[column]! : `${columns[column]!}^${power}`))
    .join(' ')
}

function tooMany(columns: number, { degree }: PolynomialFeaturesOptions): DataError {
  return new DataError(
    `polynomialFeatures: ${columns} columns at degree ${degree} give more than ${mostOutputs} columns. Choose fewer columns with onColumns(), or a lower degree.`,
    { count: columns },
  )
}

function productsInGraph(
  x: SymbolicTable,
  degrees: readonly (readonly Product[])[],
  includeBias: boolean,
): Value {
  const { graph } = x
  const columns = x.stack()
  const parts = [columns]
  let previous = columns
  for (const products of degrees) {
    const lefts = gather(graph, previous, { indices: products.map(({ left }) => left) })
    previous = mul(graph, lefts, gather(graph, columns, { indices: products.map(({ column }) => column) }))
    parts.push(previous)
  }
  return concat(graph, includeBias ? [onesLike(x), ...parts] : parts)
}

/** A column of ones as long as the table. */
function onesLike({ graph, single, names }: SymbolicTable): Value {
  const sizes = graph.node('Shape', [single(names[0]!)], {}, { type: 'int64' })
  return graph.node('ConstantOfShape', [sizes], { value: tensor('float64', [1]) }, { type: 'float64' })
}
