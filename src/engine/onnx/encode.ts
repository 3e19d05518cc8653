// From the message to bytes.
import { UsageError } from '../../base/index.js'
import { tensorsOf } from './model-graphs.js'
import { modelCodec, type ModelProto } from './proto/messages.js'

/** The largest protobuf message is 2³¹ − 1 bytes; a sixteenth less leaves room for what is not constants. */
export const largestMessage = 2 ** 31 - 2 ** 27

/**
 * The bytes of a model file.
 *
 * @throws {@link UsageError} beyond the 2 GB that a message can hold
 */
export function encodeModel(model: ModelProto): Uint8Array {
  const bytes = tensorsOf(model).reduce((sum, { rawData }) => sum + (rawData?.length ?? 0), 0)
  if (bytes <= largestMessage) return modelCodec().encode(model).finish()
  throw new UsageError(
    `ONNX model: it has ${(bytes / 1e9).toFixed(1)} GB of constants, and a message of the format ends at 2 GB. Write it to a file, which puts them beside it: writeOnnx(path, traced), model.write(path) of an imported one, or writeModelFile(path, message).`,
    { argument: 'model', bytes },
  )
}
