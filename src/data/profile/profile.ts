// A table at a glance: what each column holds, what is wrong with it, and what that means for a target.
import { checkOptions, checkpoint, text, type WorkOptions, workSpecs } from '../../base/index.js'
import type { Column } from '../column.js'
import { inferKinds, type KindOfColumn } from '../infer/index.js'
import type { Table } from '../table.js'
import { alertsOf } from './alerts.js'
import { strongCorrelations } from './correlations.js'
import { duplicateColumns, duplicateRows } from './duplicates.js'
import { summarizeNumbers } from './number-summary.js'
import type { ColumnProfile, Profile, TargetProfile } from './profile-result.js'
import { sampleRows } from './row-sample.js'
import { topValues, type TopValue } from './top-values.js'

export interface ProfileOptions extends WorkOptions {
  /** The column to be predicted. */
  readonly target?: string | undefined
}

// Quantiles of 100,000 rows are right to a third of a percent in rank.
const quantileRows = 100_000
// r of .95 on 5,000 rows is right to ±.003.
const correlationRows = 5000
// Hashing every row of very large tables takes longer than all else.
const duplicateCells = 100_000_000

/** Behind the door of this name: ../doors.ts. */
export async function profile(table: Table, options: ProfileOptions = {}): Promise<Profile> {
  checkOptions<ProfileOptions>('profile', options, { target: text({ default: '' }), ...workSpecs })
  const { signal, target } = options
  if (target !== undefined) table.col(target)
  const sample = sampleRows(table.rowCount, quantileRows)
  const columns: ColumnProfile[] = []
  for (const name of table.names) {
    columns.push(profileColumn(table, name, sample))
    await checkpoint(signal)
  }
  const telling = columns.reduce<ColumnProfile | undefined>(mostDistinct, undefined)
  const duplicates =
    telling !== undefined && rowsRepeat(table, telling)
      ? duplicateRows(table, telling.name)
      : { count: 0, firstRow: -1 }
  await checkpoint(signal)
  const varying = columns.filter(({ kind }) => kind !== 'constant').map(({ name }) => name)
  const comparable = columns.filter(
    ({ kind }) => kind !== 'constant' && kind !== 'identifier' && kind !== 'text',
  )
  const rows = sampleRows(table.rowCount, correlationRows)
  const { strong, left } = strongCorrelations(table.select(comparable.map(({ name }) => name)), { rows })
  await checkpoint(signal)
  const found = {
    rowCount: table.rowCount,
    columns,
    duplicateRows: duplicates,
    duplicateColumns: duplicateColumns(table, varying),
    correlations: strong,
    ...(target === undefined
      ? {}
      : {
          target: targetProfile(
            columns.find(({ name }) => name === target)!,
            table.col(target),
          ),
        }),
  }
  return { ...found, alerts: alertsOf(found), notes: notesOf(table, left) }
}

const mostDistinct = (most: ColumnProfile | undefined, column: ColumnProfile): ColumnProfile =>
  most === undefined || column.distinct > most.distinct ? column : most

/** Whether equal rows are possible and looked for: one column of nothing but different values rules them out. */
const rowsRepeat = ({ rowCount, names }: Table, { distinct }: ColumnProfile): boolean =>
  distinct < rowCount && rowCount * names.length <= duplicateCells

function profileColumn(table: Table, name: string, sample: Int32Array): ColumnProfile {
  const column = table.col(name)
  const kind = inferKinds(table.select([name]))[0] as KindOfColumn
  const numbers =
    column.type === 'number' || column.type === 'timestamp'
      ? summarizeNumbers(column.values, sample)
      : undefined
  return {
    ...kind,
    type: column.type,
    rows: column.length,
    missing: countMissing(column),
    top: topValues(column, kind.distinct),
    ...(numbers === undefined ? {} : { numbers }),
  }
}

function countMissing(column: Column): number {
  let count = 0
  if (column.type === 'string') for (const code of column.codes) count += code < 0 ? 1 : 0
  else if (column.type === 'boolean') for (const value of column.values) count += value > 1 ? 1 : 0
  else for (let row = 0; row < column.length; row++) count += Number.isNaN(column.values[row]!) ? 1 : 0
  return count
}

// More different whole numbers than this are a quantity, not classes.
const mostClasses = 50

function targetProfile(column: ColumnProfile, values: Column): TargetProfile {
  const isClasses =
    values.type === 'string' || values.type === 'boolean' || (column.codes && column.distinct <= mostClasses)
  return { name: column.name, missing: column.missing, classes: isClasses ? allValues(values) : [] }
}

function allValues(column: Column): TopValue[] {
  const counts = new Map<TopValue['value'], number>()
  const labels = column.type === 'boolean' ? column.labels : undefined
  for (let row = 0; row < column.length; row++) {
    const given = column.at(row)
    if (given === null || given instanceof Date) continue
    const value = labels === undefined ? given : labels[Number(given)]!
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count)
}

function notesOf(table: Table, left: number): string[] {
  const notes: string[] = []
  if (table.rowCount > quantileRows)
    notes.push(`Quantiles and outliers are of ${quantileRows} rows of ${table.rowCount}.`)
  if (table.rowCount > correlationRows)
    notes.push(`Correlations are of ${correlationRows} rows of ${table.rowCount}.`)
  if (left > 0) notes.push(`${left} columns were not compared with others, as there are too many pairs.`)
  if (table.rowCount * table.names.length > duplicateCells)
    notes.push('Equal rows were not looked for, as the table is too large.')
  return notes
}
