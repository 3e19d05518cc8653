// What a column means: how it is stored does not say whether it is a category, free text or an identifier.
import type { Column, StringColumn } from '../column.js'
import { countDistinct } from '../distinct.js'
import type { Table } from '../table.js'

export type ColumnKind = 'number' | 'boolean' | 'timestamp' | 'category' | 'text' | 'identifier' | 'constant'

export interface KindOfColumn {
  readonly name: string
  readonly kind: ColumnKind
  /** Why, in half a sentence. */
  readonly reason: string
  /** A number column of few whole numbers: it may be a category written in digits. */
  readonly codes: boolean
  /** Distinct values, missing not counted. */
  readonly distinct: number
}

// A text column is free text when its cells hold at least three words on average (names of categories seldom do) and
// mostly differ, or when they are longer than any label and nearly all differ.
const wordsOfText = 3
const lengthOfText = 40
const distinctShareOfText = 0.5
// Nearly all differ: identifiers may repeat a little, by double entries.
const distinctShareOfIdentifier = 0.95
// Below this many rows, differing values prove nothing.
const rowsForIdentifier = 20
// Ratings, months, counts of rooms and class codes are up to this many whole numbers.
const fewCodes = 20

/**
 * Says for each column what it means, with the reason.
 *
 * Cost: one pass per column; text is looked at by its dictionary.
 */
export function inferKinds(table: Table): KindOfColumn[] {
  return table.names.map((name) => ({ name, ...kindOf(table.col(name), name) }))
}

type Finding = Omit<KindOfColumn, 'name'>

function kindOf(column: Column, name: string): Finding {
  const { distinct, present } = countDistinct(column)
  const finding = (kind: ColumnKind, reason: string, codes = false): Finding => ({
    kind,
    reason,
    codes,
    distinct,
  })
  if (distinct === 0) return finding('constant', 'all values are missing')
  if (distinct === 1 && present === column.length) return finding('constant', 'all values are equal')
  if (column.type === 'boolean' || column.type === 'timestamp')
    return finding(column.type, `read as ${column.type}`)
  if (column.type === 'number') {
    const { kind, reason, codes } = kindOfNumbers(column.values, { name, distinct, present })
    return finding(kind, reason, codes)
  }
  const { kind, reason } = kindOfTexts(column, { name, distinct, present })
  return finding(kind, reason)
}

interface Counts {
  readonly name: string
  readonly distinct: number
  readonly present: number
}

/** Names such as id, customerID, user_id, uuid, PassengerId. */
const namesAnIdentifier = (name: string): boolean =>
  /(^|[^a-z])(id|uuid|guid|key|index|idx)$/i.test(name) || /[a-z](ID|Id)$/.test(name)

function kindOfNumbers(
  values: ArrayLike<number>,
  { name, distinct, present }: Counts,
): { kind: ColumnKind; reason: string; codes: boolean } {
  const number = (reason: string, codes = false) => ({ kind: 'number' as const, reason, codes })
  if (!allWhole(values)) return number('numbers with fractions')
  if (distinct === present && present >= rowsForIdentifier) {
    if (isSequence(values))
      return { kind: 'identifier', reason: 'whole numbers that count the rows', codes: false }
    if (namesAnIdentifier(name))
      return {
        kind: 'identifier',
        reason: 'different whole numbers under the name of an identifier',
        codes: false,
      }
  }
  if (distinct <= fewCodes && distinct < present / 2) {
    return number(`only ${distinct} different whole numbers; they may be codes of categories`, true)
  }
  return number('whole numbers')
}

function allWhole(values: ArrayLike<number>): boolean {
  for (let row = 0; row < values.length; row++) {
    if (!Number.isInteger(values[row]!) && !Number.isNaN(values[row]!)) return false
  }
  return true
}

/** Each row one more than the row before. */
function isSequence(values: ArrayLike<number>): boolean {
  for (let row = 1; row < values.length; row++) if (values[row]! !== values[row - 1]! + 1) return false
  return values[0] === 0 || values[0] === 1
}

function kindOfTexts(
  { dictionary, codes }: StringColumn,
  { name, distinct, present }: Counts,
): { kind: ColumnKind; reason: string } {
  const used = usedTexts(dictionary, codes)
  const share = distinct / present
  const words = mean(used, (text) => text.split(/\s+/).length)
  const length = mean(used, (text) => text.length)
  if (share >= distinctShareOfText && words >= wordsOfText) {
    return { kind: 'text', reason: `${round(words)} words on average, mostly different` }
  }
  if (share >= distinctShareOfText && length >= lengthOfText && words > 1) {
    return { kind: 'text', reason: `${round(length)} characters on average, mostly different` }
  }
  if (present >= rowsForIdentifier && share >= distinctShareOfIdentifier) {
    // Two words are names of people, places and things.
    if (words < 2 || namesAnIdentifier(name))
      return { kind: 'identifier', reason: 'nearly every row has a value of its own' }
    return { kind: 'text', reason: 'nearly every row has a text of its own' }
  }
  return { kind: 'category', reason: `${distinct} different texts in ${present} rows` }
}

function usedTexts(dictionary: readonly string[], codes: Int32Array): readonly string[] {
  const used = new Uint8Array(dictionary.length)
  for (const code of codes) if (code >= 0) used[code] = 1
  const texts = dictionary.filter((_, code) => used[code] === 1)
  // The first thousand say enough about words and lengths.
  return texts.slice(0, 1000)
}

const mean = (texts: readonly string[], measure: (text: string) => number): number =>
  texts.reduce((sum, text) => sum + measure(text), 0) / Math.max(1, texts.length)

const round = (value: number): number => Math.round(value * 10) / 10
