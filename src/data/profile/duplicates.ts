// Rows and columns that occur more than once.
import { combine32, hashNumber, hashText, mix32 } from '../../base/index.js'
import { type Column, isMissing, takeRows } from '../column.js'
import { groupRows, rowHashes } from '../row-hash.js'
import type { Table } from '../table.js'
import { sampleRows } from './row-sample.js'

export interface DuplicateRows {
  /** Rows that equal an earlier row. */
  readonly count: number
  /** The first of them, or −1. */
  readonly firstRow: number
}

/** @param telling - the column with the most different values: only rows that repeat there can be equal */
export function duplicateRows(table: Table, telling: string): DuplicateRows {
  const candidates = repeatedRows(table, telling)
  const { ids, count } = groupRows(rowHashes(table.take(candidates)))
  const first = firstRepeat(ids)
  return { count: candidates.length - count, firstRow: first < 0 ? -1 : candidates[first]! }
}

/** Rows whose value in a column occurs more than once, in order. */
function repeatedRows(table: Table, name: string): Int32Array {
  const { ids, count } = groupRows(rowHashes(table, [name]))
  const sizes = new Int32Array(count)
  for (const id of ids) sizes[id]!++
  const rows = new Int32Array(ids.length)
  let found = 0
  for (let row = 0; row < ids.length; row++) if (sizes[ids[row]!]! > 1) rows[found++] = row
  return rows.subarray(0, found)
}

function firstRepeat(ids: Int32Array): number {
  let next = 0
  return ids.findIndex((id) => {
    if (id < next) return true
    next++
    return false
  })
}

/** Sets of columns with equal values in every row; constant columns are left out, as they say nothing. */
export function duplicateColumns(table: Table, names: readonly string[]): readonly (readonly string[])[] {
  const rows = sampleRows(table.rowCount, glanceRows)
  const glance = (name: string): string => hashOf(takeRows(table.col(name), rows))
  // Nearly all columns differ at a glance; only those that do not are looked at whole.
  return setsBy(names, glance).flatMap((set) => setsBy(set, (name) => hashOf(table.col(name))))
}

const glanceRows = 1000

const hashOf = (column: Column): string => `${column.type} ${columnHash(column, 0)} ${columnHash(column, 1)}`

/** Sets of at least two names with one key. */
function setsBy(names: readonly string[], keyOf: (name: string) => string): string[][] {
  const sets = new Map<string, string[]>()
  for (const name of names) {
    const key = keyOf(name)
    const set = sets.get(key)
    if (set === undefined) sets.set(key, [name])
    else set.push(name)
  }
  return [...sets.values()].filter((set) => set.length > 1)
}

/** A hash of all values in order. */
function columnHash(column: Column, seed: number): number {
  let hash = seed
  if (column.type === 'string') {
    const texts = column.dictionary.map((text) => hashText(text, seed))
    for (const code of column.codes) hash = combine32(hash, code < 0 ? 0 : texts[code]!)
  } else {
    // 1: a missing value must not equal the hash of a zero.
    for (let row = 0; row < column.length; row++) {
      hash = combine32(hash, isMissing(column, row) ? 1 : hashNumber(column.values[row]!, seed))
    }
  }
  return mix32(hash)
}
