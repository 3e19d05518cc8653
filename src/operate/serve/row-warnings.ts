// What a row has that the rows of training had not.
import { quote } from '../../base/index.js'
import { isoText } from '../../data/index.js'
import type { Baseline, ColumnBaseline } from '../bundle/index.js'
import type { ReadRows } from './row-columns.js'
import type { Tensors } from './tensor-rows.js'

type ColumnCheck = (inputs: Tensors, row: number) => string | undefined

/** Compiles what is known of training into checks of rows; nothing is checked where a bundle of before knows nothing. */
export function rowWarner(
  baseline: Baseline | undefined,
): (read: ReadRows) => readonly (readonly string[])[] {
  const checks = (baseline?.columns ?? []).map(columnCheck)
  return (read) => {
    const all: (readonly string[])[] = []
    for (let row = 0; row < read.rows; row++) all.push(warningsOf(checks, read, row))
    return all
  }
}

const none: readonly string[] = Object.freeze([])

function warningsOf(checks: readonly ColumnCheck[], read: ReadRows, row: number): readonly string[] {
  let found: string[] | undefined
  for (const [column, value] of read.unreadable(row))
    (found ??= []).push(`${quote(column)}: ${quote(value)} cannot be read and counts as missing.`)
  for (const check of checks) {
    const warning = check(read.inputs, row)
    if (warning !== undefined) (found ??= []).push(warning)
  }
  return found ?? none
}

function columnCheck(column: ColumnBaseline): ColumnCheck {
  const isMissing = missingCheck(column)
  const isUnlike = valueCheck(column)
  return (inputs, row) => {
    const value = inputs[column.name]!.data[row] as number | string
    return value === '' || Number.isNaN(value) ? isMissing() : isUnlike(value)
  }
}

function missingCheck({ name, missing }: ColumnBaseline): () => string | undefined {
  const warning = `${quote(name)} is missing, which it never was in training.`
  return () => (missing === 0 ? warning : undefined)
}

function valueCheck({
  name,
  type,
  numbers,
  categories,
}: ColumnBaseline): (value: number | string) => string | undefined {
  // The two values of yes and no are all that can be read.
  if (type === 'boolean') return () => undefined
  if (type === 'string') {
    if (categories?.complete !== true) return () => undefined
    const known = new Set(categories.values.map(({ value }) => value))
    return (value) =>
      known.has(value as string) ? undefined : `${quote(name)}: ${quote(value)} did not occur in training.`
  }
  if (numbers === undefined) return () => undefined
  const { min, max } = numbers
  const text = type === 'timestamp' ? (value: number) => isoText(new Date(value)) : String
  // Time goes on: only what is further ahead than training was long is worth a word.
  const highest = type === 'timestamp' ? max + (max - min) : max
  return (value) =>
    (value as number) < min || (value as number) > highest
      ? `${quote(name)}: ${text(value as number)} is ${(value as number) < min ? 'below' : 'above'} all values of training, ${text(min)} to ${text(max)}.`
      : undefined
}
