// The names that protocols have for the element types of tensors.
import { arrayClass, type NumericType, type TensorType } from '../../../../engine/onnx/index.js'

/** Open Inference's names. @see https://github.com/kserve/open-inference-protocol */
export const openInferenceName: { readonly [Type in TensorType]: string } = {
  bool: 'BOOL',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
}

/** TensorFlow's names, as in its protocol buffers. */
export const tensorflowName: { readonly [Type in TensorType]: string } = {
  bool: 'DT_BOOL',
  uint8: 'DT_UINT8',
  uint16: 'DT_UINT16',
  uint32: 'DT_UINT32',
  uint64: 'DT_UINT64',
  int8: 'DT_INT8',
  int16: 'DT_INT16',
  int32: 'DT_INT32',
  int64: 'DT_INT64',
  float16: 'DT_HALF',
  float32: 'DT_FLOAT',
  float64: 'DT_DOUBLE',
  string: 'DT_STRING',
}

const typeByName = new Map(
  Object.entries(openInferenceName).map(([type, name]) => [name, type as TensorType] as const),
)

/** The element type of Open Inference's name; undefined for others, such as BF16. */
export const typeOfDatatype = (name: string): TensorType | undefined => typeByName.get(name)

/** Bytes of one element. */
export const elementSize = (type: NumericType): number => arrayClass[type].BYTES_PER_ELEMENT

/** The least and the greatest of each type of whole numbers. */
export const integerRange: Readonly<Partial<Record<TensorType, readonly [bigint, bigint]>>> = {
  uint8: [0n, 255n],
  uint16: [0n, 65_535n],
  uint32: [0n, 4_294_967_295n],
  uint64: [0n, 18_446_744_073_709_551_615n],
  int8: [-128n, 127n],
  int16: [-32_768n, 32_767n],
  int32: [-2_147_483_648n, 2_147_483_647n],
  int64: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
}
