// Tensors as an answer of Open Inference: JSON, or JSON with bytes behind it.
import type { Tensor } from '../../../../engine/onnx/index.js'
import type { TensorPredictions } from '../../../../operate/serve/index.js'
import { openInferenceName } from '../tensors/datatypes.js'
import { flatText } from '../tensors/write-json.js'
import { bytesOfTensor } from './binary.js'
import type { WantedOutput } from './infer-request.js'

export interface InferResponse {
  readonly json: string
  /** Empty when all is in the JSON. */
  readonly binary: readonly Uint8Array[]
}

/** @param wanted - outputs in the order in which they go out */
export function writeInferResponse(
  { served, outputs }: TensorPredictions,
  wanted: readonly WantedOutput[],
  id: string | undefined,
): InferResponse {
  const binary: Uint8Array[] = []
  const texts = wanted.map(({ name, binary: asBytes }) => {
    const value = outputs[name]!
    if (!asBytes) return outputText(name, value, `"data":${flatText(value)}`)
    const bytes = bytesOfTensor(value)
    binary.push(bytes)
    return outputText(name, value, `"parameters":{"binary_data_size":${bytes.length}}`)
  })
  const said = id === undefined ? '' : `"id":${JSON.stringify(id)},`
  const model = `"model_name":${JSON.stringify(served.model)},"model_version":${JSON.stringify(served.version)}`
  return { json: `{${model},${said}"outputs":[${texts.join(',')}]}`, binary }
}

function outputText(name: string, { type, dims }: Tensor, contents: string): string {
  const shape = `[${dims.join(',')}]`
  return `{"name":${JSON.stringify(name)},"datatype":"${openInferenceName[type]}","shape":${shape},${contents}}`
}
