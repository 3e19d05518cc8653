// Fills missing values with a number or text that stands for the column.
import { custom, defineOptions, flag, InvalidOptionError, oneOf, quote } from '../../base/index.js'
import {
  type Column,
  type NumberArray,
  numberColumn,
  type StringColumn,
  stringColumn,
  table,
  timestampColumn,
} from '../../data/index.js'
import { equal, isNaN, lookupIndex, tensor, where } from '../../engine/onnx/index.js'
import {
  defineTransformer,
  type FitData,
  joinColumns,
  type SymbolicTable,
  tensorColumns,
  uniqueNames,
} from '../contracts/index.js'
import { hasMissing, indicatorColumn, indicatorsInGraph } from './missing.js'
import { meanOf } from './moments.kernel.js'
import { mostFrequentNumber, mostFrequentText } from './most-frequent.js'
import { numbersOf, numberTypes, presentNumbers, rowConstant } from './number-columns.js'
import { medianInPlace } from './order-statistics.kernel.js'

/** Options of {@link imputer}. */
export interface ImputerOptions {
  /** What stands for the column; text takes `most-frequent` and `constant` only. @default 'mean' */
  readonly strategy: 'mean' | 'median' | 'most-frequent' | 'constant'
  /** For `constant`; null means 0 for numbers and 'missing' for text. @default null */
  readonly fillValue: number | string | null
  /** Add a column `<name>_missing` of 0 and 1 for each column that has missing values in training. @default false */
  readonly addIndicator: boolean
}

interface Filling {
  /** One fill per column. */
  readonly fills: readonly (number | string)[]
  /** Positions of the columns that get an indicator. */
  readonly indicators: readonly number[]
  /** Names of the indicators, which no column has. */
  readonly indicatorNames: readonly string[]
}

/**
 * Fills missing values with the mean, the median, the most frequent value, or a constant.
 *
 * Among equally frequent values the smallest is taken. A column without any value is filled with 0 (text: 'missing'),
 * and a warning event says so. Booleans become numbers, timestamps stay timestamps. Sample weights are not used.
 *
 * Cost: O(n·p), the median by selection.
 *
 * @param options - see {@link ImputerOptions}
 * @returns a transformer of any columns
 * @throws {@link InvalidOptionError} when the strategy or the fill value does not suit a column
 * @see values checked against scikit-learn's SimpleImputer
 * @example
 * ```ts
 * const fill = await imputer({ strategy: 'median' }).fit([{ age: 20 }, { age: null }, { age: 40 }, { age: 90 }])
 * fill.apply(fromRows([{ age: null }])).col('age').at(0) // => 40
 * ```
 */
export const imputer = defineTransformer<ImputerOptions, Filling>({
  kind: 'imputer',
  options: defineOptions<ImputerOptions>({
    strategy: oneOf(['mean', 'median', 'most-frequent', 'constant'], { default: 'mean' }),
    fillValue: custom<number | string | null>({
      default: null,
      expected: 'a finite number, a string that is not empty, or null',
      accepts: (value) =>
        value === null || Number.isFinite(value) || (typeof value === 'string' && value !== ''),
    }),
    addIndicator: flag({ default: false }),
  }),
  accepts: [...numberTypes, 'string'],
  fit(data, options) {
    const { x } = data
    const fills = x.names.map((name) => fillOf(name, data, options))
    const indicators = options.addIndicator
      ? [...x.names.keys()].filter((j) => hasMissing(x.col(x.names[j]!)))
      : []
    const wanted = indicators.map((j) => `${x.names[j]!}_missing`)
    const indicatorNames = uniqueNames([...x.names, ...wanted]).slice(x.names.length)
    return { fills, indicators, indicatorNames }
  },
  outputs: ({ indicatorNames }, inputs) => [...inputs.map((field) => field.name), ...indicatorNames],
  apply({ fills, indicators, indicatorNames }, x) {
    const filled = x.names.map((name, j) => [name, fill(x.col(name), fills[j]!)] as const)
    const flags = indicators.map((j, k) => [indicatorNames[k]!, indicatorColumn(x.col(x.names[j]!))] as const)
    return table(new Map<string, Column>([...filled, ...flags]))
  },
  compileRow:
    ({ fills, indicators }) =>
    (row) => [
      ...row.map((value, j) => (isAbsent(value) ? fills[j]! : value)),
      ...indicators.map((j) => (isAbsent(row[j]!) ? 1 : 0)),
    ],
  toGraph: ({ fills, indicators, indicatorNames }, x) =>
    joinColumns(x.graph, [
      fillInGraph(x, fills),
      indicatorsInGraph(x.select(indicators.map((j) => x.names[j]!)), indicatorNames),
    ]),
})

const isAbsent = (value: number | string | null): boolean =>
  value === null || value === '' || Number.isNaN(value)

function fillOf(name: string, { x, onEvent }: FitData, options: ImputerOptions): number | string {
  const column = x.col(name)
  const found = column.type === 'string' ? textFill(name, column, options) : numberFill(name, column, options)
  // Instants are whole milliseconds.
  if (typeof found === 'number' && column.type === 'timestamp' && found === found) return Math.round(found)
  if (found !== undefined && !Number.isNaN(found)) return found
  const fallback = column.type === 'string' ? missingText : 0
  onEvent?.({
    type: 'warning',
    code: 'all-missing',
    column: name,
    message: `imputer: column '${name}' has no values; it is filled with ${quote(fallback)}. Leave the column out.`,
  })
  return fallback
}

/** The text for a missing value, as in scikit-learn. */
const missingText = 'missing_value'

function textFill(name: string, column: StringColumn, options: ImputerOptions): string | undefined {
  const { strategy, fillValue } = options
  if (strategy === 'most-frequent') return mostFrequentText(column)
  if (strategy === 'constant' && typeof fillValue !== 'number') return fillValue ?? missingText
  const option = strategy === 'constant' ? 'fillValue' : 'strategy'
  const expected =
    strategy === 'constant' ? "a string as 'fillValue'" : "the strategy 'most-frequent' or 'constant'"
  throw unsuited(name, { option, expected, received: options[option], what: 'text' })
}

function numberFill(name: string, column: Column, { strategy, fillValue }: ImputerOptions): number {
  const values = numbersOf(column)
  switch (strategy) {
    case 'mean':
      return meanOf(values).mean
    case 'median':
      return medianInPlace(presentNumbers(values))
    case 'most-frequent':
      return mostFrequentNumber(values)
    case 'constant':
      if (typeof fillValue !== 'string') return fillValue ?? 0
      throw unsuited(name, {
        option: 'fillValue',
        expected: "a number as 'fillValue'",
        received: fillValue,
        what: 'numbers',
      })
  }
}

interface Misfit {
  readonly option: string
  readonly expected: string
  readonly received: unknown
  readonly what: string
}

function unsuited(name: string, { option, expected, received, what }: Misfit): InvalidOptionError {
  return new InvalidOptionError(
    `imputer: column '${name}' holds ${what}, which needs ${expected}; received ${quote(received)}. Give columns of each type an imputer of their own by onColumns().`,
    { option, expected, received },
  )
}

function fill(column: Column, value: number | string): Column {
  if (column.type === 'string') return fillTexts(column, String(value))
  const values = numbersOf(column)
  const filled = hasMissing(column) ? fillNumbers(values, Number(value)) : values
  return column.type === 'timestamp' ? timestampColumn(filled as Float64Array) : numberColumn(filled)
}

function fillNumbers(values: NumberArray, value: number): Float64Array {
  const filled = Float64Array.from(values)
  for (let row = 0; row < filled.length; row++) if (Number.isNaN(filled[row]!)) filled[row] = value
  return filled
}

function fillTexts(column: StringColumn, value: string): StringColumn {
  if (!hasMissing(column)) return column
  const known = column.dictionary.indexOf(value)
  const code = known < 0 ? column.dictionary.length : known
  const dictionary = known < 0 ? [...column.dictionary, value] : column.dictionary
  return stringColumn(
    column.codes.map((own) => (own < 0 || dictionary[own] === '' ? code : own)),
    dictionary,
  )
}

function fillInGraph(x: SymbolicTable, fills: readonly (number | string)[]): SymbolicTable {
  const { graph, names } = x
  const fillBy = new Map(names.map((name, j) => [name, fills[j]!]))
  const numbers = names.filter((name) => x.col(name).type === 'float64')
  const texts = names.filter((name) => x.col(name).type === 'string')
  const parts: SymbolicTable[] = []
  if (numbers.length > 0) {
    const values = x.select(numbers).stack()
    const row = rowConstant(
      graph,
      numbers.map((name) => Number(fillBy.get(name))),
    )
    parts.push(tensorColumns(graph, where(graph, isNaN(graph, values), [row, values]), numbers))
  }
  if (texts.length > 0) {
    const values = x.select(texts).stack()
    const row = graph.initializer(
      'texts',
      tensor(
        'string',
        texts.map((name) => String(fillBy.get(name))),
        [1, texts.length],
      ),
    )
    const missing = equal(graph, lookupIndex(graph, values, { keys: [''] }), 0)
    parts.push(tensorColumns(graph, where(graph, missing, [row, values]), texts, 'string'))
  }
  return joinColumns(graph, parts).select(names)
}
