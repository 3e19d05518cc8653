// Types of the ONNX messages and the typed door to the generated codec. Field names are those of onnx.proto in camelCase.
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/** How the codec gives back a 64-bit integer (the `long` package); to write one, a number or this pair will do. */
export interface Int64 {
  readonly low: number
  readonly high: number
  readonly unsigned: boolean
}

export interface StringStringEntryProto {
  key?: string
  value?: string
}

export interface OperatorSetIdProto {
  domain?: string
  version?: number | Int64
}

export interface TensorProto {
  name?: string
  dims?: (number | Int64)[]
  dataType?: number
  rawData?: Uint8Array
  floatData?: number[]
  doubleData?: number[]
  int32Data?: number[]
  int64Data?: (number | Int64)[]
  uint64Data?: (number | Int64)[]
  stringData?: Uint8Array[]
  externalData?: StringStringEntryProto[]
  /** 0: inside this message; 1: in a file beside the model. */
  dataLocation?: number
}

export interface SparseTensorProto {
  values?: TensorProto
  indices?: TensorProto
  dims?: (number | Int64)[]
}

export interface DimensionProto {
  dimValue?: number | Int64 | null
  dimParam?: string | null
}

export interface TensorTypeProto {
  elemType?: number
  shape?: { dim?: DimensionProto[] } | null
}

export interface TypeProto {
  tensorType?: TensorTypeProto | null
  sequenceType?: { elemType?: TypeProto } | null
  mapType?: { keyType?: number; valueType?: TypeProto } | null
  optionalType?: { elemType?: TypeProto } | null
  sparseTensorType?: TensorTypeProto | null
}

export interface ValueInfoProto {
  name?: string
  type?: TypeProto | null
}

export interface AttributeProto {
  name?: string
  type?: number
  f?: number
  i?: number | Int64
  s?: Uint8Array
  t?: TensorProto | null
  g?: GraphProto | null
  floats?: number[]
  ints?: (number | Int64)[]
  strings?: Uint8Array[]
  tensors?: TensorProto[]
  graphs?: GraphProto[]
  sparseTensor?: SparseTensorProto | null
  /** In the body of a function: the attribute of the call that this one is. */
  refAttrName?: string
  /** Bytes of this message that are encoded already; the writer appends them. */
  $unknowns?: Uint8Array[]
}

export interface NodeProto {
  opType?: string
  domain?: string
  name?: string
  input?: string[]
  output?: string[]
  attribute?: AttributeProto[]
}

export interface GraphProto {
  name?: string
  docString?: string
  node?: NodeProto[]
  initializer?: TensorProto[]
  sparseInitializer?: SparseTensorProto[]
  input?: ValueInfoProto[]
  output?: ValueInfoProto[]
  valueInfo?: ValueInfoProto[]
}

export interface FunctionProto {
  name?: string
  domain?: string
  input?: string[]
  output?: string[]
  attribute?: string[]
  opsetImport?: OperatorSetIdProto[]
  node?: NodeProto[]
}

export interface ModelProto {
  irVersion?: number | Int64
  producerName?: string
  producerVersion?: string
  modelVersion?: number | Int64
  docString?: string
  graph?: GraphProto | null
  opsetImport?: OperatorSetIdProto[]
  metadataProps?: StringStringEntryProto[]
  functions?: FunctionProto[]
}

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array }
  decode(bytes: Uint8Array): Message
}

interface Messages {
  readonly onnx: { readonly ModelProto: Codec<ModelProto> }
}

/**
 * The codec of model files. It and protobufjs would take a third of the time to import Modelwright, so they are loaded
 * at the first call; as CommonJS, because graphs are written without waiting (docs/adr/0013-lazy-doors.md).
 */
export const modelCodec = (): Codec<ModelProto> => (load('./onnx.generated.cjs') as Messages).onnx.ModelProto
