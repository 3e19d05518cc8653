// Element types of tensors: our names (those of the runtime), the format's numbers, and the array that holds each.

/** Array classes by element type. Booleans are bytes 0 and 1; a float16 is its 16 bits. */
export interface ArrayByType {
  float32: Float32Array
  float64: Float64Array
  float16: Uint16Array
  int8: Int8Array
  int16: Int16Array
  int32: Int32Array
  int64: BigInt64Array
  uint8: Uint8Array
  uint16: Uint16Array
  uint32: Uint32Array
  uint64: BigUint64Array
  bool: Uint8Array
  string: string[]
}

/** The element type of a tensor. */
export type TensorType = keyof ArrayByType

/** Element types that have a typed array. */
export type NumericType = Exclude<TensorType, 'string'>

/** Numbers of TensorProto.DataType in the ONNX format. */
export const dataTypeCode: { readonly [Type in TensorType]: number } = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
}

const typeByCode = new Map(Object.entries(dataTypeCode).map(([type, code]) => [code, type as TensorType]))

/** The element type with this number in the format; undefined for the types that we do not carry. */
export const typeOfCode = (code: number): TensorType | undefined => typeByCode.get(code)

/** The typed array class of each numeric element type. */
export const arrayClass = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const
