// Hashes of rows by their values, for splits and duplicates: the same row has the same hash in any file format, row
// order, column order or dictionary. Part of saved recipes: the values must never change.
import { hashNumber, hashText, mix32 } from '../base/index.js'
import { type Column, missingBoolean } from './column.js'
import type { Table } from './table.js'

/** Two 32-bit hashes per row; together they tell different rows apart (1M rows: a chance of 3·10⁻⁸ to err). */
export interface RowHashes {
  readonly low: Uint32Array
  readonly high: Uint32Array
}

// Arbitrary and different, so that no value of one kind hashes like a value of another.
const missingWord = 0x6d697373
const booleanSeed = 0x626f6f6c
const highSeed = 0x68696768

/**
 * Hashes each row over the given columns: the sum over columns of a hash of name and value, mixed.
 *
 * Missing equals missing, −0 equals 0, booleans are not numbers, text '1' is not the number 1.
 * Cost: one pass; distinct texts are hashed once.
 */
export function rowHashes(table: Table, columns: readonly string[] = table.names): RowHashes {
  const low = new Uint32Array(table.rowCount)
  const high = new Uint32Array(table.rowCount)
  for (const name of columns) {
    addColumn(low, table.col(name), hashText(name))
    addColumn(high, table.col(name), hashText(name, highSeed))
  }
  // A table without columns has equal rows.
  for (let row = 0; row < low.length; row++) {
    low[row] = mix32(low[row]!)
    high[row] = mix32(high[row]! ^ highSeed)
  }
  return { low, high }
}

function addColumn(sums: Uint32Array, column: Column, seed: number): void {
  const missing = mix32(seed ^ missingWord)
  if (column.type === 'string') {
    const { codes } = column
    const texts = Uint32Array.from(column.dictionary, (text) => hashText(text, seed))
    for (let row = 0; row < sums.length; row++) sums[row]! += codes[row]! < 0 ? missing : texts[codes[row]!]!
  } else if (column.type === 'boolean') {
    const { values } = column
    const words = [hashNumber(0, seed ^ booleanSeed), hashNumber(1, seed ^ booleanSeed)] as const
    for (let row = 0; row < sums.length; row++) {
      sums[row]! += values[row] === missingBoolean ? missing : words[values[row] as 0 | 1]
    }
  } else {
    const { values } = column
    for (let row = 0; row < sums.length; row++) {
      const value = values[row]!
      sums[row]! += Number.isNaN(value) ? missing : hashNumber(value, seed)
    }
  }
}

/** Rows that are equal share a number; numbers count up in order of first appearance. */
export interface RowGroups {
  readonly ids: Int32Array
  readonly count: number
}

/** Groups rows by hash: equal rows, equal id. Cost: one pass over an open-addressing table. */
export function groupRows({ low, high }: RowHashes): RowGroups {
  const ids = new Int32Array(low.length)
  // At most half full.
  const mask = 2 ** Math.ceil(Math.log2(low.length * 2 + 2)) - 1
  const slots = new Int32Array(mask + 1).fill(-1)
  let count = 0
  for (let row = 0; row < low.length; row++) {
    let at = low[row]! & mask
    for (; slots[at]! >= 0; at = (at + 1) & mask) {
      const other = slots[at]!
      if (low[other] === low[row] && high[other] === high[row]) break
    }
    if (slots[at]! < 0) {
      slots[at] = row
      ids[row] = count++
    } else ids[row] = ids[slots[at]!]!
  }
  return { ids, count }
}
