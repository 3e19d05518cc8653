// For rooms that read and write files message by message; others take the builder and the session.
export { encodeModel } from '../encode.js'
export { isExternal } from '../external-data.js'
export { toNumber } from '../int64.js'
export { tensorsOf } from '../model-graphs.js'
export { fromTensorProto, toTensorProto } from '../tensor-proto.js'
export type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from './messages.js'
