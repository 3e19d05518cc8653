// From the message to bytes.
import { modelCodec, type ModelProto } from './proto/messages.js'

/** The bytes of a model file. */
export const encodeModel = (model: ModelProto): Uint8Array => modelCodec().encode(model).finish()
