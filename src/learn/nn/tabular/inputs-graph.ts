// The same arrangement of columns in a graph.
import {
  cast,
  clip,
  concat,
  constant,
  div,
  gather,
  type GraphBuilder,
  mul,
  sqrt,
  add,
  sub,
  tensor,
  type Value,
} from '../../../engine/onnx/index.js'
import { farthest, reach, type TabularInputs } from './inputs.js'

/** float64 [N, p], the columns of training, to the float32 inputs of the network. */
export function arrangeInGraph(graph: GraphBuilder, x: Value, inputs: TabularInputs): Value {
  const { order, center, scale } = inputs
  const scaled = order.slice(0, center.length)
  const codes = order.slice(center.length)
  const parts = [
    ...(scaled.length > 0
      ? [bentInGraph(graph, gather(graph, x, { indices: scaled }), { center, scale })]
      : []),
    ...(codes.length > 0 ? [gather(graph, x, { indices: codes })] : []),
  ]
  return cast(graph, concat(graph, parts), 'float32')
}

function bentInGraph(
  graph: GraphBuilder,
  x: Value,
  { center, scale }: Pick<TabularInputs, 'center' | 'scale'>,
): Value {
  const row = (name: string, values: Float64Array): Value =>
    graph.initializer(name, tensor('float64', values, [1, values.length]))
  const z = div(graph, sub(graph, x, row('center', center)), row('scale', scale))
  const near = clip(graph, z, { min: -farthest, max: farthest })
  const share = div(graph, near, constant(graph, reach))
  return div(graph, near, sqrt(graph, add(graph, constant(graph, 1), mul(graph, share, share))))
}
