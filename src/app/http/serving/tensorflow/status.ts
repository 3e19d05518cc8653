// What TensorFlow Serving says of versions and signatures, in the JSON of its protocol buffers.
import type { TensorType } from '../../../../engine/onnx/index.js'
import type { TensorSpec, VersionDescription, VersionState } from '../../../../operate/serve/index.js'
import { tensorflowName } from '../tensors/datatypes.js'

/** @see https://github.com/tensorflow/serving/blob/master/tensorflow_serving/apis/get_model_status.proto */
const stateName: { readonly [State in VersionState]: string } = {
  // Known and loaded when first asked for.
  unloaded: 'START',
  loading: 'LOADING',
  ready: 'AVAILABLE',
  draining: 'UNLOADING',
  failed: 'END',
}

export function modelStatus(versions: readonly VersionDescription[]): object {
  return {
    model_version_status: versions.map(({ version, state, reason }) => ({
      version,
      state: stateName[state],
      status: {
        error_code: state === 'failed' ? 'UNKNOWN' : 'OK',
        error_message: state === 'failed' ? (reason ?? '') : '',
      },
    })),
  }
}

/** @see https://github.com/tensorflow/serving/blob/master/tensorflow_serving/apis/get_model_metadata.proto */
export function modelMetadata(description: VersionDescription): object {
  const { model, version, inputs, kind } = description
  const outputs = kind === 'bundle' ? bundleOutputs(description) : description.outputs
  const signature = {
    inputs: tensorInfos(inputs),
    outputs: tensorInfos(outputs),
    method_name: 'tensorflow/serving/predict',
    defaults: {},
  }
  return {
    model_spec: { name: model, signature_name: '', version },
    metadata: { signature_def: { signature_def: { serving_default: signature } } },
  }
}

/** What `:predict` answers for a bundle. */
function bundleOutputs({ task, classes }: VersionDescription): TensorSpec[] {
  if (task === 'regression') return [{ name: 'prediction', type: 'float64', shape: [-1] }]
  return [
    { name: 'prediction', type: labelType(classes), shape: [-1] },
    { name: 'probabilities', type: 'float64', shape: [-1, classes.length] },
  ]
}

function labelType(classes: VersionDescription['classes']): TensorType {
  const types = new Set(classes.map((label) => typeof label))
  if (types.size !== 1) return 'string'
  return types.has('number') ? 'float64' : types.has('boolean') ? 'bool' : 'string'
}

const tensorInfos = (specs: readonly TensorSpec[]): object =>
  Object.fromEntries(
    specs.map(({ name, type, shape }) => [
      name,
      {
        dtype: tensorflowName[type],
        // Protocol buffers write 64-bit integers as text.
        tensor_shape: { dim: shape.map((size) => ({ size: String(size), name: '' })), unknown_rank: false },
        name,
      },
    ]),
  )
