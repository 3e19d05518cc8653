export * from './attributes.js'
export * from './data-types.js'
export { decodeModel } from './decode.js'
export * from './doors.js'
export { encodeModel } from './encode.js'
export { isExternal } from './external-data.js'
export type { EngineState, EngineStatus } from './engine-status.js'
export type { EngineChoice } from './engines.js'
export * from './graph-builder.js'
export * from './inspect.js'
export { toNumber } from './int64.js'
export * from './lookup.js'
export { graphsOf, tensorsOf } from './model-graphs.js'
export type { WriteModelOptions } from './model-file.js'
export * from './operators.js'
export type { Session, SessionOptions } from './session.js'
export { switchTelemetryOff } from './telemetry.js'
export { fromTensorProto, toTensorProto } from './tensor-proto.js'
export * from './tensor.js'
export * from './tree-ensemble.js'
export type { BuildOptions, Dimension } from './graph-message.js'
export type { Port } from './feeds.js'
export type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from './proto/messages.js'
export type { EngineName } from './runtime.js'
