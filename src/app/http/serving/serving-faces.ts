// All protocols of serving on one port: each has a prefix, or routes that no other has. docs/adr/0038-one-port-many-protocols.md
import type { Face } from '../face.js'
import { nativeFace } from './native/face.js'
import { openApiFace } from './openapi/face.js'
import { openInferenceFace } from './open-inference/face.js'
import { invocationsFace } from './sagemaker/face.js'
import { tensorflowFace } from './tensorflow/face.js'
import { torchserveFace } from './torchserve/face.js'
import { vertexFace } from './vertex/face.js'

/**
 * The own API, Open Inference, TensorFlow Serving, TorchServe, MLflow's scoring, SageMaker and Vertex AI, and `/openapi.json`. A server
 * without models gets the document only.
 */
export const servingFaces: Face = async (server, context) => {
  const { service } = context
  if (service !== undefined) {
    await nativeFace(server, service)
    await openInferenceFace(server, service)
    await tensorflowFace(server, service)
    await torchserveFace(server, service)
    await vertexFace(server, service, context)
    await invocationsFace(server, service, context)
  }
  openApiFace(server, service)
}
