// The MLmodel file, by which MLflow's tools read the bundle as an ONNX model. YAML, of which JSON values are a part.
import { sha256 } from '../../base/index.js'
import type { Field } from '../../data/index.js'
import type { Manifest } from './manifest.js'

const quoted = (value: unknown): string => JSON.stringify(value)

/** Types of MLflow's tensor signature; see its documentation of model signatures. */
const tensorType = (field: Field): string => (field.type === 'string' ? 'object' : 'float64')

/** The text of the MLmodel file: the ONNX flavor, the signature of tensors [N, 1] by name, and where it comes from. */
export function mlmodelText(manifest: Manifest, onnxVersion: string): string {
  const inputs = manifest.signature.inputs.map((field) => ({
    name: field.name,
    type: 'tensor',
    'tensor-spec': { dtype: tensorType(field), shape: [-1, 1] },
  }))
  const { prediction, probabilities } = manifest.signature.outputs
  const label = manifest.task === 'regression' ? 'float64' : labelType(manifest)
  const outputs = [
    { name: prediction, type: 'tensor', 'tensor-spec': { dtype: label, shape: [-1, 1] } },
    ...(manifest.task === 'regression'
      ? []
      : [
          {
            name: probabilities,
            type: 'tensor',
            'tensor-spec': { dtype: 'float64', shape: [-1, manifest.classes.length] },
          },
        ]),
  ]
  return [
    'flavors:',
    '  onnx:',
    '    data: model.onnx',
    `    onnx_version: ${quoted(onnxVersion)}`,
    '    onnx_session_options: null',
    '    providers: ["CPUExecutionProvider"]',
    '    code: null',
    '  python_function:',
    '    data: model.onnx',
    '    env: {}',
    '    loader_module: mlflow.onnx',
    `model_uuid: ${quoted(uuidOf(manifest))}`,
    'signature:',
    `  inputs: ${quoted(JSON.stringify(inputs))}`,
    `  outputs: ${quoted(JSON.stringify(outputs))}`,
    '  params: null',
    `utc_time_created: ${quoted(manifest.createdAt.replace('T', ' ').replace('Z', ''))}`,
    'metadata:',
    `  created_by: ${quoted(manifest.createdBy)}`,
    `  target: ${quoted(manifest.target)}`,
    '',
  ].join('\n')
}

/** Thirty-two hexadecimal digits, as MLflow's are; the same for the same model written at the same time. */
const uuidOf = ({ files, createdAt }: Manifest): string =>
  sha256(`${files['model.onnx']} ${createdAt}`).slice(0, 32)

function labelType({ classes }: Manifest): string {
  if (classes.every((label) => typeof label === 'boolean')) return 'bool'
  if (classes.every((label) => Number.isSafeInteger(label))) return 'int64'
  return classes.every((label) => typeof label === 'number') ? 'float64' : 'object'
}
