// One column of 0 and 1 per level of a column of text or codes; rare levels share one.
import { custom, DataError, defineOptions, integer, nullable, oneOf, quote } from '../../base/index.js'
import {
  type Column,
  listNames,
  numberColumn,
  type StringColumn,
  table,
  type Table,
} from '../../data/index.js'
import {
  add,
  cast,
  equal,
  type GraphBuilder,
  intsAttribute,
  isNaN,
  matmul,
  mul,
  reduceSum,
  stringsAttribute,
  sub,
  tensor,
  type Value,
} from '../../engine/onnx/index.js'
import {
  asTexts,
  countLevels,
  defineTransformer,
  indexOf,
  joinColumns,
  type LevelCounts,
  type SymbolicTable,
  tensorColumns,
  uniqueNames,
} from '../contracts/index.js'
import { rowConstant } from './number-columns.js'

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /**
   * Levels that occur less often share the level `(rare)`: below 1 a share of the rows, from 1 on a count.
   * @default 0
   */
  readonly minFrequency: number
  /** At most so many levels per column, `(rare)` among them; the most frequent are kept. null: no limit. @default null */
  readonly maxCategories: number | null
  /**
   * What a text that training did not have becomes: zeros, the rare level (zeros where there is none), or an error.
   * The graph cannot raise errors and gives zeros. @default 'ignore'
   */
  readonly unknown: 'ignore' | 'rare' | 'error'
  /** Leave out one level, so that the columns are not collinear. null: none. @default null */
  readonly drop: null | 'first' | 'if-binary'
}

/** One column as its indicator columns. */
interface Levels {
  readonly name: string
  /** Known texts; '' is the missing text. */
  readonly keys: readonly string[]
  /** The output column of each key, −1 for the level that was dropped. */
  readonly slots: Int32Array
  /** The output column of unknown texts, −1 for zeros. */
  readonly unknownSlot: number
  /** Names of the output columns. */
  readonly outputs: readonly string[]
}

interface OneHotState {
  readonly columns: readonly Levels[]
}

/**
 * Encodes levels as indicators: the column `city=Oslo` is 1 where `city` is Oslo, otherwise 0.
 *
 * Levels stand in the order of their text's code units, then `(rare)`. Missing values are a level `(missing)` of their own
 * if training has it, otherwise they are unknown. Numbers and booleans (0 and 1) are levels by their value.
 *
 * Cost: O(n · levels) bytes in memory, one byte per cell.
 *
 * @param options - see {@link OneHotOptions}
 * @returns a transformer of text, number and boolean columns
 * @throws {@link DataError} when no column is left; from `apply`, for unknown texts when `unknown` is 'error'
 * @see values checked against scikit-learn's OneHotEncoder (min_frequency, max_categories, drop)
 * @example
 * ```ts
 * const encode = await oneHot().fit([{ city: 'Oslo' }, { city: 'Bern' }])
 * encode.apply(fromRows([{ city: 'Bern' }, { city: 'Riga' }])).toRows()
 * // => [{ 'city=Bern': 1, 'city=Oslo': 0 }, { 'city=Bern': 0, 'city=Oslo': 0 }]
 * ```
 */
export const oneHot = defineTransformer<OneHotOptions, OneHotState>({
  kind: 'one-hot',
  options: defineOptions<OneHotOptions>({
    minFrequency: custom({
      default: 0,
      expected: 'a share of at least 0 and below 1, or a whole number of rows',
      accepts: (value) =>
        typeof value === 'number' && ((value >= 0 && value < 1) || (value >= 1 && Number.isInteger(value))),
    }),
    maxCategories: nullable(integer({ min: 1, default: 1 })),
    unknown: oneOf(['ignore', 'rare', 'error'], { default: 'ignore' }),
    drop: nullable(oneOf(['first', 'if-binary'], { default: 'first' })),
  }),
  accepts: ['string', 'number', 'boolean'],
  fit({ x }, options) {
    const found = x.names.map((name) => levelsOf(name, asTexts(x.col(name)), options))
    const names = uniqueNames(found.flatMap(({ outputs }) => outputs))
    if (names.length === 0) throw nothingLeft(x.names)
    let at = 0
    return {
      columns: found.map((levels) => ({
        ...levels,
        outputs: names.slice(at, (at += levels.outputs.length)),
      })),
    }
  },
  outputs: ({ columns }) => columns.flatMap(({ outputs }) => outputs),
  apply({ columns }, x, { unknown }) {
    if (unknown === 'error') for (const levels of columns) checkKnown(levels, x)
    return table(
      new Map<string, Column>(
        columns.flatMap((levels) => {
          const indicators = indicate(levels, asTexts(x.col(levels.name)))
          return levels.outputs.map((name, slot) => [name, numberColumn(indicators[slot]!)] as const)
        }),
      ),
    )
  },
  compileRow({ columns }, { unknown }) {
    const none = columns.flatMap(({ outputs }) => outputs.map(() => 0))
    let end = 0
    const starts = columns.map(({ outputs }) => (end += outputs.length) - outputs.length)
    return (row) => {
      const indicators = [...none]
      columns.forEach(({ name, keys, slots, unknownSlot }, j) => {
        const text = textOf(row[j]!)
        const at = indexOf(keys).get(text)
        if (at === undefined && unknown === 'error') throw unknownText(name, text)
        const slot = at === undefined ? unknownSlot : slots[at]!
        if (slot >= 0) indicators[starts[j]! + slot] = 1
      })
      return indicators
    }
  },
  toGraph: ({ columns }, x) =>
    joinColumns(
      x.graph,
      columns
        .filter(({ outputs }) => outputs.length > 0)
        .map((levels) => tensorColumns(x.graph, indicatorsOf(x, levels), levels.outputs)),
    ),
})

function levelsOf(name: string, column: StringColumn, options: OneHotOptions): Levels {
  const counted = countLevels(column)
  const rare = rareLevels(counted, column.length, options)
  const kept = counted.levels.filter((_, level) => !rare.has(level))
  const size = kept.length + (rare.size > 0 ? 1 : 0)
  const dropped = options.drop === 'first' || (options.drop === 'if-binary' && size === 2) ? 1 : 0
  const slotOf = new Map(kept.map((text, i) => [text, i - dropped]))
  const rareSlot = kept.length - dropped
  // Where the unknown are rare too, rare texts need not be remembered.
  const keys = options.unknown === 'rare' && rare.size > 0 ? kept : counted.levels
  const labels = [
    ...kept.map((text) => (text === '' ? '(missing)' : text)),
    ...(rare.size > 0 ? ['(rare)'] : []),
  ]
  return {
    name,
    keys,
    slots: Int32Array.from(keys, (text) => slotOf.get(text) ?? rareSlot),
    unknownSlot: options.unknown === 'rare' && rare.size > 0 ? rareSlot : -1,
    outputs: labels.slice(dropped).map((label) => `${name}=${label}`),
  }
}

function nothingLeft(columns: readonly string[]): DataError {
  return new DataError(
    `oneHot: no column is left, because each has one level and { drop: 'first' } leaves it out (${listNames(columns)}). Remove these columns, or pass { drop: null }.`,
    { column: columns[0] },
  )
}

/** Positions of the levels that share `(rare)`. */
function rareLevels(
  { levels, counts }: LevelCounts,
  rows: number,
  { minFrequency, maxCategories }: OneHotOptions,
): ReadonlySet<number> {
  const least = minFrequency < 1 ? minFrequency * rows : minFrequency
  const rare = new Set([...levels.keys()].filter((level) => counts[level]! < least))
  const limit = maxCategories ?? Infinity
  if (levels.length - rare.size + (rare.size > 0 ? 1 : 0) <= limit) return rare
  // Stable: among equally frequent levels the first in order stay.
  const byCount = [...levels.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b)
  for (const level of byCount.slice(Math.max(0, limit - 1))) rare.add(level)
  return rare
}

const textOf = (value: string | number | null): string =>
  value === null || Number.isNaN(value) ? '' : String(value)

const unknownText = (name: string, text: string): DataError =>
  new DataError(
    `oneHot: column '${name}' has a value not seen during fit (${text === '' ? 'missing' : quote(text)}). Pass { unknown: 'ignore' } to encode it as zeros.`,
    { column: name },
  )

function checkKnown({ name, keys }: Levels, x: Table): void {
  const column = asTexts(x.col(name))
  const index = indexOf(keys)
  const known = column.dictionary.map((text) => index.has(text))
  const missingKnown = index.has('')
  const unknown = (code: number): boolean => (code < 0 ? !missingKnown : known[code] === false)
  const firstRow = column.codes.findIndex(unknown)
  if (firstRow < 0) return
  const texts = [...new Set(column.codes.filter(unknown))].map((code) => column.dictionary[code] ?? '')
  const shown = texts.slice(0, 5).map((text) => (text === '' ? 'missing' : `'${text}'`))
  throw new DataError(
    `oneHot: column '${name}' has ${texts.length} values not seen during fit (${shown.join(', ')}${texts.length > 5 ? ', …' : ''}); first at row ${firstRow}. Pass { unknown: 'ignore' } to encode them as zeros.`,
    { column: name, count: texts.length, firstRow },
  )
}

function indicate({ keys, slots, unknownSlot, outputs }: Levels, column: StringColumn): Uint8Array[] {
  const index = indexOf(keys)
  const slotOf = (text: string): number => {
    const at = index.get(text)
    return at === undefined ? unknownSlot : slots[at]!
  }
  const byCode = Int32Array.from(column.dictionary, slotOf)
  const missing = slotOf('')
  const indicators = outputs.map(() => new Uint8Array(column.length))
  for (let row = 0; row < column.length; row++) {
    const code = column.codes[row]!
    const slot = code < 0 ? missing : byCode[code]!
    if (slot >= 0) indicators[slot]![row] = 1
  }
  return indicators
}

const indicatorsOf = (x: SymbolicTable, levels: Levels): Value =>
  (x.col(levels.name).type === 'string' ? indicateTexts : indicateNumbers)(
    x.graph,
    x.single(levels.name),
    levels,
  )

/** Text straight to its column's number, then compared with all numbers: [N, 1] to [N, k]. */
function indicateTexts(graph: GraphBuilder, texts: Value, levels: Levels): Value {
  const { keys, slots, unknownSlot, outputs } = levels
  const slot = graph.node(
    'LabelEncoder',
    [texts],
    {
      keys_strings: stringsAttribute(keys),
      values_int64s: intsAttribute(slots),
      default_int64: unknownSlot,
    },
    { domain: 'ai.onnx.ml', type: 'int64' },
  )
  const width = outputs.length
  const positions = tensor(
    'int64',
    outputs.map((_, i) => i),
    [1, width],
  )
  return cast(graph, equal(graph, slot, graph.initializer('positions', positions)), 'float64')
}

/** Numbers compared with all known ones, [N, 1] to [N, keys], and these added up by output column. */
function indicateNumbers(graph: GraphBuilder, numbers: Value, levels: Levels): Value {
  const { keys, slots, unknownSlot, outputs } = levels
  const width = outputs.length
  const missing = cast(graph, isNaN(graph, numbers), 'float64')
  const values = keys.map((key) => (key === '' ? Number.NaN : Number(key)))
  const matches = cast(graph, equal(graph, numbers, rowConstant(graph, values)), 'float64')
  const rowOf = (slot: number): Float64Array => Float64Array.from(outputs, (_, j) => (j === slot ? 1 : 0))
  const known = new Float64Array(keys.length * width)
  keys.forEach((_, i) => known.set(rowOf(slots[i]!), i * width))
  const missingSlot = keys.includes('') ? slots[keys.indexOf('')]! : unknownSlot
  const indicators = add(
    graph,
    matmul(graph, matches, graph.initializer('slots', tensor('float64', known, [keys.length, width]))),
    mul(graph, missing, rowConstant(graph, rowOf(missingSlot))),
  )
  if (unknownSlot < 0) return indicators
  const unknown = sub(graph, 1, add(graph, missing, reduceSum(graph, matches)))
  return add(graph, indicators, mul(graph, unknown, rowConstant(graph, rowOf(unknownSlot))))
}
