// Text as what the target was on average where that text stood; out of fold for the rows learned from.
import { custom, defineOptions, integer } from '../../base/index.js'
import { type Column, numberColumn, type StringColumn, table, type Table } from '../../data/index.js'
import { concat, type GraphBuilder, lookupIndex, tensor, type Value } from '../../engine/onnx/index.js'
import {
  countLevels,
  defineTransformer,
  type FitData,
  indexOf,
  type Target,
  tensorColumns,
  uniqueNames,
} from '../contracts/index.js'
import { dealFolds } from './folds.js'
import { levelMeans, sumLevels } from './level-means.kernel.js'
import { requireTarget } from './target-order.js'

/** Options of {@link targetEncoder}. */
export interface TargetEncoderOptions {
  /**
   * How many rows the overall mean counts for; 'auto' sets it for each level by empirical Bayes. @default 'auto'
   */
  readonly smooth: number | 'auto'
  /** Folds of the encoding of the training rows. @default 5 */
  readonly cv: number
}

/** One text column's numbers: a row of `width` per key, and one more for unknown texts. */
interface EncodedColumn {
  /** Known texts; '' is the missing text. */
  readonly keys: readonly string[]
  /** (keys + 1) × width. */
  readonly values: Float64Array
}

interface TargetEncoding {
  /** Columns that come out of each text column: 1, or the number of classes if there are more than two. */
  readonly width: number
  readonly columns: readonly EncodedColumn[]
  readonly names: readonly string[]
}

/**
 * Encodes each level of a text column as the mean of the target where it occurs, shrunk towards the mean of all rows.
 *
 * e = λ·ȳ_level + (1 − λ)·ȳ with λ = n / (n + m) for `smooth` = m; for 'auto' λ = n·τ² / (n·τ² + σ²), where τ² is the
 * variance of the target and σ² that within the level. Two classes: the share of the second. More classes: one column
 * `city:class` for each. Unknown texts get ȳ; missing text is a level of its own where training has it.
 *
 * **Fitting gives the training rows out-of-fold encodings**: each row is encoded by the rows of the other folds, so that
 * a learner does not see a row's own target. Folds are dealt by the seed, class by class.
 *
 * Cost: O(n + folds · levels) per column and class.
 *
 * @param options - see {@link TargetEncoderOptions}
 * @returns a transformer of text columns that needs `fit(x, y)`
 * @see Micci-Barreca 2001, doi:10.1145/507533.507538; the same formulas as scikit-learn's TargetEncoder
 * @example
 * ```ts
 * const x = [{ city: 'Oslo' }, { city: 'Oslo' }, { city: 'Bern' }, { city: 'Bern' }]
 * const encode = await targetEncoder({ smooth: 2 }).fit(x, [4, 4, 0, 0])
 * encode.apply(fromRows([{ city: 'Oslo' }, { city: 'Riga' }])).toRows() // => [{ city: 3 }, { city: 2 }]
 * ```
 */
export const targetEncoder = defineTransformer<TargetEncoderOptions, TargetEncoding>({
  kind: 'target-encoder',
  options: defineOptions<TargetEncoderOptions>({
    smooth: custom<number | 'auto'>({
      default: 'auto',
      expected: "a number of at least 0, or 'auto'",
      accepts: (value) => value === 'auto' || (typeof value === 'number' && value >= 0 && value < Infinity),
    }),
    // Fold numbers are bytes.
    cv: integer({ min: 2, max: 255, default: 5 }),
  }),
  accepts: ['string'],
  needsTarget: true,
  fit(data, { smooth }) {
    const parts = targetParts(requireTarget(data, 'targetEncoder'))
    const { x } = data
    const columns = x.names.map((name) => encodeLevels(x.col(name) as StringColumn, parts, smooth))
    return { width: parts.length, columns, names: outputNames(x.names, parts) }
  },
  outputs: ({ names }) => names,
  apply: ({ width, columns, names }, x) =>
    columnsOf(
      names,
      x.names.flatMap((name, j) => encodeRows(x.col(name) as StringColumn, columns[j]!, width)),
    ),
  compileRow:
    ({ width, columns }) =>
    (row) =>
      row.flatMap((text, j) => {
        const { keys, values } = columns[j]!
        const level = indexOf(keys).get(text === null ? '' : String(text)) ?? keys.length
        return Array.from(values.subarray(level * width, (level + 1) * width))
      }),
  toGraph({ width, columns, names }, x) {
    const { graph } = x
    const encoded = x.names.map((name, j) => encodeInGraph(graph, x.single(name), { ...columns[j]!, width }))
    return tensorColumns(graph, concat(graph, encoded), names)
  },
  applyToTraining: ({ names }, data, options) => outOfFold(names, data, options),
})

/** A target as numbers: itself, the share of the second class, or one indicator for each class. */
interface TargetPart {
  readonly suffix: string
  readonly y: Float64Array
}

function targetParts(target: Target): TargetPart[] {
  if (target.type === 'values') return [{ suffix: '', y: target.values }]
  const { classes, codes } = target
  if (classes.length === 2) return [{ suffix: '', y: Float64Array.from(codes) }]
  return classes.map((label, c) => ({
    suffix: `:${String(label)}`,
    y: Float64Array.from(codes, (code) => (code === c ? 1 : 0)),
  }))
}

const outputNames = (columns: readonly string[], parts: readonly TargetPart[]): string[] =>
  uniqueNames(columns.flatMap((name) => parts.map(({ suffix }) => `${name}${suffix}`)))

const columnsOf = (names: readonly string[], values: readonly Float64Array[]): Table =>
  table(new Map<string, Column>(names.map((name, j) => [name, numberColumn(values[j]!)])))

function encodeLevels(
  column: StringColumn,
  parts: readonly TargetPart[],
  smooth: TargetEncoderOptions['smooth'],
): EncodedColumn {
  const { levels, ofRow } = countLevels(column)
  const width = parts.length
  const values = new Float64Array((levels.length + 1) * width)
  const one = { level: ofRow, levels: levels.length, fold: new Uint8Array(column.length), folds: 1 }
  parts.forEach(({ y }, part) => {
    const means = levelMeans(sumLevels(y, one), -1, smooth)
    for (let level = 0; level <= levels.length; level++) {
      values[level * width + part] = means.values[level] ?? means.overall
    }
  })
  return { keys: levels, values }
}

function encodeRows(column: StringColumn, { keys, values }: EncodedColumn, width: number): Float64Array[] {
  const index = indexOf(keys)
  const levelOf = (text: string): number => index.get(text) ?? keys.length
  const byCode = Int32Array.from(column.dictionary, levelOf)
  const missing = levelOf('')
  return Array.from({ length: width }, (_, part) =>
    Float64Array.from(column.codes, (code) => values[(code < 0 ? missing : byCode[code]!) * width + part]!),
  )
}

function encodeInGraph(
  graph: GraphBuilder,
  texts: Value,
  { keys, values, width }: EncodedColumn & { readonly width: number },
): Value {
  const index = lookupIndex(graph, texts, { keys, absent: keys.length })
  // [N, 1] picks rows of [keys + 1, width] as [N, 1, width].
  const rows = graph.node('Gather', [
    graph.initializer('encodings', tensor('float64', values, [keys.length + 1, width])),
    index,
  ])
  return graph.node('Reshape', [rows, graph.initializer('sizes', tensor('int64', [-1, width]))])
}

function outOfFold(names: readonly string[], data: FitData, { smooth, cv }: TargetEncoderOptions): Table {
  const target = requireTarget(data, 'targetEncoder')
  const parts = targetParts(target)
  const folds = Math.min(cv, data.x.rowCount)
  const fold = dealFolds(target, folds, data.rng.split('folds'))
  const values = data.x.names.flatMap((name) => {
    const { levels, ofRow } = countLevels(data.x.col(name) as StringColumn)
    const of = { level: ofRow, levels: levels.length, fold, folds }
    return parts.map(({ y }) => {
      const sums = sumLevels(y, of)
      const means = Array.from({ length: folds }, (_, left) => levelMeans(sums, left, smooth).values)
      return Float64Array.from(ofRow, (level, row) => means[fold[row]!]![level]!)
    })
  })
  return columnsOf(names, values)
}
