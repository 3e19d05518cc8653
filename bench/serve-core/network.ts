// Four dense layers of two thousand units: 67 MB of weights, more than a processor's cache has, which one row reads for itself alone.
import { graphBuilder, tensor } from 'modelwright/onnx'

export const width = 2048
const layers = 4

export function denseNetwork(): Uint8Array {
  const graph = graphBuilder({ name: 'dense' })
  let x = graph.input('x', 'float32', ['N', width])
  for (let layer = 0; layer < layers; layer++) {
    const values = new Float32Array(width * width).map((_, i) => Math.sin(i * (layer + 1)) / 30)
    const weights = graph.initializer(`weights${layer}`, tensor('float32', values, [width, width]))
    x = graph.node('Relu', [graph.node('MatMul', [x, weights])])
  }
  graph.output('y', x, 'float32', ['N', width])
  return graph.build()
}
