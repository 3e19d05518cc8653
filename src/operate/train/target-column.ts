// From the target column to a task: what is predicted, which rows can be learned from.
import { DataError, quote } from '../../base/index.js'
import { asNumbers, type Column, isMissing, type Table } from '../../data/index.js'
import { classTarget, type Target, valueTarget } from '../../learn/contracts/index.js'
import type { Task } from '../../metrics/index.js'
import { taskOf } from '../../evaluate/validation/index.js'
import type { TrainWarning } from './train-result.js'

/** Features and target of the rows that can be learned from. */
export interface Posed {
  readonly x: Table
  readonly target: Target
  readonly task: Task
  /** The rows of the table that are used. */
  readonly rows: Int32Array
  readonly warnings: readonly TrainWarning[]
}

/**
 * Takes the target from the table: rows without it are left out, as are classes of a single row.
 *
 * @throws {@link DataError} when the target is constant, or is no target
 */
export function poseTask(table: Table, name: string, asked: 'auto' | Task): Posed {
  const column = table.col(name)
  const warnings: TrainWarning[] = []
  const present = presentRows(column)
  const missing = column.length - present.length
  if (present.length === 0) {
    throw new DataError(`The target '${name}' has no values at all. Name another column as the target.`, {
      column: name,
    })
  }
  if (present.length === 1) {
    throw new DataError(
      `There is a single row${missing > 0 ? ` with a value of '${name}'` : ''}, expected many to learn from and to judge on. Give more rows.`,
      { column: name, count: 1 },
    )
  }
  if (missing > 0) {
    warnings.push({
      code: 'target-missing',
      column: name,
      message: `The target is missing in ${missing} of ${column.length} rows; they are left out.`,
    })
  }
  const kept = table.take(present)
  const wanted = asked === 'auto' ? guessTask(kept.col(name), { name, warnings }) : asked
  if (wanted === 'regression') return poseValues({ kept, name, rows: present, warnings })
  return poseClasses({ kept, name, rows: present, warnings }, asked)
}

interface Kept {
  readonly kept: Table
  readonly name: string
  readonly rows: Int32Array
  readonly warnings: TrainWarning[]
}

function presentRows(column: Column): Int32Array {
  const rows: number[] = []
  for (let row = 0; row < column.length; row++) if (!isMissing(column, row)) rows.push(row)
  return Int32Array.from(rows)
}

/** Text and booleans are classes; so are up to ten whole numbers, which is said, since it is a guess. */
function guessTask(
  column: Column,
  { name, warnings }: { readonly name: string; readonly warnings: TrainWarning[] },
): 'classes' | 'regression' {
  if (column.type === 'string' || column.type === 'boolean') return 'classes'
  const distinct = new Set(asNumbers(column))
  // Grades, digits and yes/no codes have at most ten values; counts and amounts soon have more.
  if (distinct.size > 10 || ![...distinct].every(Number.isInteger)) return 'regression'
  if (distinct.size > 2) {
    warnings.push({
      code: 'task-guessed',
      column: name,
      message: `The target has ${distinct.size} different whole numbers and is taken as classes. For a quantity, set task to 'regression' (--task regression).`,
    })
  }
  return 'classes'
}

function poseValues({ kept, name, rows, warnings }: Kept): Posed {
  const column = kept.col(name)
  if (column.type === 'string') {
    throw new DataError(
      `The target '${name}' holds text such as ${quote(column.at(0))}, expected numbers for regression. Set task to 'multiclass' (--task multiclass), or name another column.`,
      { column: name },
    )
  }
  const target = valueTarget(column)
  if (target.values.every((value) => value === target.values[0])) throw constant(name, target.values[0])
  return { x: kept.drop(name), target, task: 'regression', rows, warnings }
}

function poseClasses(given: Kept, asked: 'auto' | Task): Posed {
  const { kept, name, warnings } = given
  const lonely = lonelyRows(kept.col(name))
  if (lonely.labels.length > 0) {
    warnings.push({
      code: 'class-of-one',
      column: name,
      message: `${lonely.labels.length === 1 ? `Class ${quote(lonely.labels[0])} has` : `${lonely.labels.length} classes have`} a single row, which cannot be both learned and judged; left out.`,
    })
  }
  const table = lonely.labels.length > 0 ? kept.take(lonely.others) : kept
  if (table.rowCount === 0) throw tooManyClasses(name, lonely.labels.length, kept.rowCount)
  if (new Set(Array.from(valuesOf(table.col(name)))).size < 2)
    throw constant(name, labelAt(table.col(name), 0))
  const target = classTarget(table.col(name))
  const k = target.classes.length
  // Five rows a class are the least from which folds can be made and a score means anything.
  if (k > Math.max(2, table.rowCount / 5)) throw tooManyClasses(name, k, table.rowCount)
  const task = taskOf(target)
  if (asked === 'binary' && task !== 'binary') {
    throw new DataError(
      `The target '${name}' has ${k} classes, expected 2 for the task 'binary'. Set task to 'multiclass' (--task multiclass), or choose the rows.`,
      { column: name, count: k },
    )
  }
  return { x: table.drop(name), target, task, rows: lonely.others.map((at) => given.rows[at]!), warnings }
}

/** A value as the source wrote it: booleans by their labels. */
function labelAt(column: Column, row: number): unknown {
  const value = column.at(row)
  if (column.type !== 'boolean' || typeof value !== 'boolean') return value
  return column.labels?.[Number(value)] ?? value
}

const valuesOf = (column: Column): ArrayLike<number> =>
  column.type === 'string' ? column.codes : column.values

function lonelyRows(column: Column): { readonly labels: unknown[]; readonly others: Int32Array } {
  const values = valuesOf(column)
  const counts = new Map<number, number>()
  for (let row = 0; row < values.length; row++) counts.set(values[row]!, (counts.get(values[row]!) ?? 0) + 1)
  const labels: unknown[] = []
  const others: number[] = []
  for (let row = 0; row < values.length; row++) {
    if (counts.get(values[row]!) === 1) labels.push(labelAt(column, row))
    else others.push(row)
  }
  return { labels, others: Int32Array.from(others) }
}

const constant = (name: string, value: unknown): DataError =>
  new DataError(
    `The target '${name}' is ${quote(value)} in every row: there is nothing to predict. Name another column, or choose other rows.`,
    { column: name },
  )

const tooManyClasses = (name: string, classes: number, rows: number): DataError =>
  new DataError(
    `The target '${name}' has ${classes} classes in ${rows} rows, more than can be learned (at least 5 rows a class). Is it an identifier? For a quantity, set task to 'regression' (--task regression).`,
    { column: name, count: classes },
  )
