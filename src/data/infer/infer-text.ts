// What a column of text really holds: numbers, yes/no, dates, or text. Works on the dictionary, so that each distinct
// text is looked at once.
import {
  booleanColumn,
  type Column,
  missingBoolean,
  numberColumn,
  type StringColumn,
  stringColumn,
  timestampColumn,
} from '../column.js'
import { quote } from '../../base/index.js'
import { hasOuterSpace, isMissingText } from './missing-tokens.js'
import { booleanLabels, parseBoolean } from './parse-boolean.js'
import {
  isUnsafeInteger,
  isZeroLedCode,
  type NumberFormat,
  numberFormats,
  parseNumber,
} from './parse-number.js'
import { parseTimestamp, type TimestampFormat, timestampFormats } from './parse-timestamp.js'

/** What the reader noticed about a column; the result stands. */
export interface DataWarning {
  readonly code: string
  readonly column: string
  readonly message: string
}

export interface InferredColumn {
  readonly column: Column
  /** The notation of dates or numbers, where it is not the plain one. */
  readonly format?: string
  readonly warnings: readonly DataWarning[]
}

/** What is known of the source beside the texts. */
export interface InferOptions {
  /** Its cells are separated by semicolons, as where the comma stands before decimals. @default false */
  readonly decimalComma?: boolean | undefined
}

/** The distinct texts of a column that mean something, with how often each occurs. */
interface Texts {
  readonly name: string
  readonly distinct: readonly string[]
  readonly counts: readonly number[]
  readonly total: number
  readonly decimalComma: boolean
}

// A column is a number column although some words stand in it when these are few: at most 1 cell in 20, and no more
// than 5 different words. Real categories with so many numbers have not been met.
const wordShare = 0.05
const wordKinds = 5

/**
 * Decides the type of a text column as a person would, and converts it.
 *
 * Missing tokens and white space become missing; outer white space is cut. In this order: all missing → number;
 * numbers (plain, 1,234.5, 12 %, $12, 1.234,5; of files with semicolons 1.234,5 before 1,234.5), where a few words among them become missing with a warning; codes with
 * leading zeros and integers beyond 2⁵³ stay text; yes/no, true/false, t/f, y/n → boolean with labels; dates; text.
 *
 * Cost: one pass over the rows, a few regular expressions per distinct text.
 */
export function inferText(source: StringColumn, name: string, options: InferOptions = {}): InferredColumn {
  const cleaned = clean(source)
  // The empty result of a query says nothing against text.
  if (source.length === 0) return { column: cleaned, warnings: [] }
  const texts = { ...count(cleaned), name, decimalComma: options.decimalComma === true }
  if (texts.total === 0) return { column: allMissing(source.length), warnings: [] }
  return (
    inferNumber(cleaned, texts) ??
    inferBoolean(cleaned, texts) ??
    inferTimestamp(cleaned, texts) ?? { column: cleaned, warnings: largeIntegers(texts) }
  )
}

const allMissing = (length: number): Column => numberColumn(new Float64Array(length).fill(Number.NaN))

/** Missing tokens to −1, outer white space cut, texts that became equal joined. */
export function clean(source: StringColumn): StringColumn {
  const { dictionary, codes, verbatim } = source
  if (!verbatim) return source
  if (!dictionary.some((text) => isMissingText(text) || hasOuterSpace(text)))
    return stringColumn(codes, dictionary, false)
  const known = new Map<string, number>()
  const renamed = dictionary.map((text) => {
    if (isMissingText(text)) return -1
    const trimmed = text.trim()
    const code = known.get(trimmed) ?? known.size
    known.set(trimmed, code)
    return code
  })
  return stringColumn(
    codes.map((code) => (code < 0 ? -1 : renamed[code]!)),
    [...known.keys()],
    false,
  )
}

/** The texts as they are; only the empty one, which engines tell from null, is missing. */
export function keepVerbatim(source: StringColumn): StringColumn {
  const empty = source.dictionary.indexOf('')
  if (empty < 0) return stringColumn(source.codes, source.dictionary)
  const dictionary = source.dictionary.toSpliced(empty, 1)
  const moved = (code: number): number => (code === empty ? -1 : code > empty ? code - 1 : code)
  return stringColumn(source.codes.map(moved), dictionary)
}

function count(column: StringColumn): Omit<Texts, 'name' | 'decimalComma'> {
  const counts = Array.from<number>({ length: column.dictionary.length }).fill(0)
  let total = 0
  for (const code of column.codes) {
    if (code < 0) continue
    counts[code]!++
    total++
  }
  return { distinct: column.dictionary, counts, total }
}

/** A distinct text's value, or NaN; undefined when the column is not of this kind. */
function parseAll(
  texts: Texts,
  parse: (text: string) => number,
): { values: Float64Array; words: string[] } | undefined {
  const values = new Float64Array(texts.distinct.length)
  const words: string[] = []
  let cells = 0
  for (let code = 0; code < values.length; code++) {
    const text = texts.distinct[code]!
    values[code] = parse(text)
    if (!Number.isNaN(values[code]!)) continue
    cells += texts.counts[code]!
    if (/\d/.test(text) || words.length === wordKinds || cells > wordShare * texts.total) return undefined
    words.push(text)
  }
  return { values, words }
}

function inferNumber(column: StringColumn, texts: Texts): InferredColumn | undefined {
  if (texts.distinct.some((text) => isZeroLedCode(text) || isUnsafeInteger(text))) return undefined
  for (const format of texts.decimalComma ? semicolonFormats : numberFormats) {
    const parsed = parseAll(texts, (text) => parseNumber(text, format))
    if (parsed === undefined) continue
    return {
      column: numberColumn(valuesByRow(column, parsed.values)),
      ...(format === ('plain' satisfies NumberFormat) ? {} : { format }),
      warnings: [...wordWarnings(texts, parsed.words, 'numbers'), ...commaDoubt(texts, format)],
    }
  }
  return undefined
}

const semicolonFormats: readonly NumberFormat[] = [
  'plain',
  'decimal-comma',
  ...numberFormats.filter((format) => format !== 'plain' && format !== 'decimal-comma'),
]

/** Numbers such as 1,234 only: they are whole in one country and not in another. */
function commaDoubt(texts: Texts, format: NumberFormat): DataWarning[] {
  if (format !== 'thousands' && format !== 'decimal-comma') return []
  const other = format === 'thousands' ? 'decimal-comma' : 'thousands'
  if (parseAll(texts, (text) => parseNumber(text, other)) === undefined) return []
  const example = texts.distinct.find((text) => text.includes(','))!
  return [
    {
      code: 'ambiguous-number',
      column: texts.name,
      message: `Column '${texts.name}': numbers such as ${quote(example)} can be read as ${parseNumber(example, format)} or as ${parseNumber(example, other)}; they were read as ${parseNumber(example, format)}. Write them without a comma, with a point before decimals, to be sure.`,
    },
  ]
}

function inferBoolean(column: StringColumn, texts: Texts): InferredColumn | undefined {
  const labels = booleanLabels(texts.distinct)
  if (labels === undefined) return undefined
  const truths = texts.distinct.map((text) => parseBoolean(text, labels))
  return {
    column: booleanColumn(
      Uint8Array.from(column.codes, (code) => (code < 0 ? missingBoolean : truths[code]!)),
      labels,
    ),
    warnings: [],
  }
}

function inferTimestamp(column: StringColumn, texts: Texts): InferredColumn | undefined {
  const format = timestampFormats.find((candidate) => fits(texts, candidate))
  if (format === undefined) return undefined
  const { values, words } = parseAll(texts, (text) => parseTimestamp(text, format))!
  return {
    column: timestampColumn(valuesByRow(column, values)),
    format,
    warnings: [...wordWarnings(texts, words, 'dates'), ...ambiguity(texts, format)],
  }
}

function fits(texts: Texts, format: TimestampFormat): boolean {
  // Most columns fail on their first text: that costs one expression, not a pass.
  const parse = (text: string): number => parseTimestamp(text, format)
  const probe = texts.distinct.slice(0, wordKinds + 1)
  return probe.some((text) => !Number.isNaN(parse(text))) && parseAll(texts, parse) !== undefined
}

function ambiguity(texts: Texts, format: TimestampFormat): DataWarning[] {
  if (format !== 'mdy-slash' || !fits(texts, 'dmy-slash')) return []
  return [
    {
      code: 'ambiguous-date',
      column: texts.name,
      message: `Column '${texts.name}': dates such as ${quote(texts.distinct[0])} can be read month first or day first; they were read month first. Write them as 2013-01-31 to be sure.`,
    },
  ]
}

function valuesByRow(column: StringColumn, values: Float64Array): Float64Array {
  const rows = new Float64Array(column.length)
  for (let row = 0; row < rows.length; row++) {
    const code = column.codes[row]!
    rows[row] = code < 0 ? Number.NaN : values[code]!
  }
  return rows
}

function wordWarnings(texts: Texts, words: readonly string[], kind: string): DataWarning[] {
  if (words.length === 0) return []
  const cells = words.reduce((sum, word) => sum + texts.counts[texts.distinct.indexOf(word)]!, 0)
  return [
    {
      code: 'words-among-values',
      column: texts.name,
      message: `Column '${texts.name}' holds ${kind} but for ${cells} cell${cells === 1 ? '' : 's'} (${words.map(quote).join(', ')}); these were read as missing.`,
    },
  ]
}

function largeIntegers(texts: Texts): DataWarning[] {
  const large = texts.distinct.find(isUnsafeInteger)
  if (large === undefined || Number.isNaN(parseNumber(large))) return []
  return [
    {
      code: 'large-integers',
      column: texts.name,
      message: `Column '${texts.name}' holds whole numbers beyond 2^53, such as ${large}; it was read as text, because numbers would run together.`,
    },
  ]
}
