// Columns that are the target under another name: equal, a straight line of it, or a renaming of its classes.
import { asNumbers, type Column, isMissing, type Table } from '../../data/index.js'
import type { ClassTarget, Target, ValueTarget } from '../../learn/contracts/index.js'
import type { LeakageFinding } from './finding.js'

/** Finds copies of the target. Cost: one pass per column, most end after a few rows. */
export function targetCopies(x: Table, target: Target): LeakageFinding[] {
  return x.names.flatMap((name) => {
    const column = x.col(name)
    const evidence = target.type === 'classes' ? renaming(column, target) : straightLine(column, target)
    return evidence === undefined ? [] : [copyFinding(name, evidence)]
  })
}

function copyFinding(name: string, evidence: LeakageFinding['evidence']): LeakageFinding {
  return {
    code: 'target-copy',
    columns: [name],
    message: `Column '${name}' is the target under another name: ${evidence['relation']} in all ${evidence['rows']} rows.`,
    evidence,
    drop: true,
  }
}

/** Each value stands for one class and each class for one value, with nothing missing. */
function renaming(column: Column, { codes, classes }: ClassTarget): LeakageFinding['evidence'] | undefined {
  const key = keyOf(column)
  const classOf = new Map<number, number>()
  for (let row = 0; row < codes.length; row++) {
    if (isMissing(column, row)) return undefined
    const value = key(row)
    const known = classOf.get(value)
    if (known === undefined) {
      if (classOf.size === classes.length) return undefined
      classOf.set(value, codes[row]!)
    } else if (known !== codes[row]) return undefined
  }
  // With few rows per class a perfect match is chance; five each is 1 in 1,000 for two even classes.
  const enough = codes.length >= 5 * classes.length
  if (!enough || new Set(classOf.values()).size !== classes.length) return undefined
  return { relation: 'each value stands for one class', rows: codes.length, classes: classes.length }
}

const keyOf = (column: Column): ((row: number) => number) => {
  if (column.type === 'string') return (row) => column.codes[row]!
  return (row) => column.values[row]!
}

/** y = a·x + b to the last digits. */
function straightLine(column: Column, { values }: ValueTarget): LeakageFinding['evidence'] | undefined {
  const x = asNumbers(column)
  // A line through two points always exists; ten distinct rows are no accident.
  if (x === undefined || values.length < 10) return undefined
  const other = values.findIndex((_, row) => x[row] !== x[0])
  if (other < 0) return undefined
  const slope = (values[other]! - values[0]!) / (x[other]! - x[0]!)
  if (!Number.isFinite(slope) || slope === 0) return undefined
  const offset = values[0]! - slope * x[0]!
  let scale = 0
  for (const value of values) scale = Math.max(scale, Math.abs(value))
  for (let row = 0; row < values.length; row++) {
    // 1e-9 of the largest value: more than rounding, less than any measurement.
    if (!(Math.abs(slope * x[row]! + offset - values[row]!) <= 1e-9 * scale)) return undefined
  }
  const equal = slope === 1 && offset === 0
  const line = `the target is ${Number(slope.toPrecision(6))} × the column${offset === 0 ? '' : ` + ${Number(offset.toPrecision(6))}`}`
  return { relation: equal ? 'they are equal' : line, rows: values.length }
}
