// What Open Inference says of a server and of its models.
import type { TensorSpec, VersionDescription } from '../../../../operate/serve/index.js'
import { openInferenceName } from '../tensors/datatypes.js'

/** The extensions that the server has. */
export const extensions = ['binary_tensor_data'] as const

/** @param all - every version of the model */
export function modelMetadata(description: VersionDescription, all: readonly VersionDescription[]): object {
  return {
    name: description.model,
    versions: all.map(({ version }) => version),
    // A bundle's graph is an ONNX file too.
    platform: 'onnxruntime_onnx',
    inputs: description.inputs.map(tensorMetadata),
    outputs: description.outputs.map(tensorMetadata),
  }
}

const tensorMetadata = ({ name, type, shape }: TensorSpec): object => ({
  name,
  datatype: openInferenceName[type],
  shape,
})
