// A name for the data itself: the same table has the same hash, whatever file it came from.
import type { Hash } from 'node:crypto'
import { sha256Hash } from '../base/index.js'
import { type Column, missingBoolean } from './column.js'
import type { Table } from './table.js'

/** Rows hashed at a time: small enough for a cache, large enough that calls cost nothing. */
const blockRows = 8192

/**
 * SHA-256 over names, types and values, as lower-case hexadecimal.
 *
 * Independent of file format, chunks, storage types (int32 or float64), dictionaries and boolean labels' origin; it
 * depends on the order of rows and columns. Cost: one pass over 8 bytes per number or distinct text's index.
 *
 * @example
 * ```ts
 * contentHash(fromRows([{ a: 1 }])) === contentHash(fromRows([{ a: 1 }])) // => true
 * ```
 */
export function contentHash(table: Table): string {
  const hash = sha256Hash()
  // The version of this very layout: a change of it changes all hashes knowingly.
  hash.update(`modelwright-table-1\0${table.rowCount}\0${table.names.length}\0`)
  for (const name of table.names) {
    const column = table.col(name)
    updateText(hash, name)
    updateText(hash, column.type)
    updateColumn(hash, column)
  }
  return hash.digest('hex')
}

function updateText(hash: Hash, text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  hash.update(Int32Array.of(bytes.length))
  hash.update(bytes)
}

function updateColumn(hash: Hash, column: Column): void {
  switch (column.type) {
    case 'string':
      return updateStrings(hash, column)
    case 'boolean':
      // Any other byte than 0 and 1 is missing.
      hash.update(column.values.map((value) => (value > 1 ? missingBoolean : value)))
      return
    default:
      return updateNumbers(hash, column.values)
  }
}

function updateNumbers(hash: Hash, values: ArrayLike<number>): void {
  const block = new Float64Array(blockRows)
  const words = new Uint32Array(block.buffer)
  for (let start = 0; start < values.length; start += blockRows) {
    const rows = Math.min(blockRows, values.length - start)
    for (let i = 0; i < rows; i++) {
      const value = values[start + i]!
      // −0 equals 0.
      block[i] = value + 0
      if (Number.isNaN(value)) {
        // NaN has many bit patterns, and storing it may keep any of them.
        words[i * 2] = 0
        words[i * 2 + 1] = 0x7ff80000
      }
    }
    hash.update(block.subarray(0, rows))
  }
}

/** Texts in order of first appearance, each once, then per row which one. */
function updateStrings(
  hash: Hash,
  { codes, dictionary }: { readonly codes: Int32Array; readonly dictionary: readonly string[] },
): void {
  const renumbered = new Int32Array(dictionary.length).fill(-1)
  const rows = new Int32Array(codes.length)
  let used = 0
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!
    if (code >= 0 && renumbered[code]! < 0) {
      renumbered[code] = used++
      updateText(hash, dictionary[code]!)
    }
    rows[row] = code < 0 ? -1 : renumbered[code]!
  }
  hash.update(rows)
}
