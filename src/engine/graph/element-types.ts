// The types that elements of arrays have.

/** Typed arrays by element type. Booleans are bytes 0 and 1. */
export interface DataByType {
  float32: Float32Array
  float64: Float64Array
  int32: Int32Array
  uint32: Uint32Array
  bool: Uint8Array
}

/** An element type of the graph. Indices are int32: no axis is longer, and JavaScript has no other plain integer. */
export type DType = keyof DataByType

/** The class of each element type. */
export const dataClass: {
  readonly [T in DType]: {
    new (length: number): DataByType[T]
    readonly BYTES_PER_ELEMENT: number
    readonly name: string
  }
} = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bool: Uint8Array,
}
