// Reads a chunk's columns as typed arrays. The package's own accessors go value by value and test validity with bigints
// (ten times slower); its vectors hold what is needed in fields that are private only in the type declarations. The
// package version is pinned exactly, and the tests of this folder fail if those fields change.
import type { DuckDBDataChunk } from '@duckdb/node-api'

export type Chunk = DuckDBDataChunk

interface RawVector {
  readonly items?: ArrayLike<number>
  readonly dataView?: DataView
  readonly validity?: { readonly data: BigUint64Array | null }
  getItem(row: number): unknown
}

const raw = (chunk: Chunk, column: number): RawVector => chunk.getColumnVector(column) as unknown as RawVector

/** One bit per row, set when the row has a value; undefined when all have. */
export type Validity = Uint8Array | undefined

const validityOf = (vector: RawVector): Validity => {
  const data = vector.validity?.data
  return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : undefined
}

export const isValid = (validity: Uint8Array, row: number): boolean =>
  (validity[row >> 3]! & (1 << (row & 7))) !== 0

/** The numbers of a DOUBLE, FLOAT or small integer column; rows that are not valid hold anything. */
export function numbersOf(chunk: Chunk, column: number): { items: ArrayLike<number>; validity: Validity } {
  const vector = raw(chunk, column)
  return { items: vector.items!, validity: validityOf(vector) }
}

/** A text column: 16 bytes per row as DuckDB keeps them, and the slow way to one text. */
export interface TextVector {
  /** Four words per row: the length in bytes, then the text itself when it has at most 12 bytes, padded with zeros. */
  readonly words: Int32Array
  readonly bytes: Buffer
  readonly validity: Validity
  text(row: number): string
}

export function textsOf(chunk: Chunk, column: number): TextVector {
  const vector = raw(chunk, column)
  const view = vector.dataView!
  return {
    words: new Int32Array(view.buffer, view.byteOffset, view.byteLength >> 2),
    bytes: Buffer.from(view.buffer, view.byteOffset, view.byteLength),
    validity: validityOf(vector),
    text: (row) => vector.getItem(row) as string,
  }
}
