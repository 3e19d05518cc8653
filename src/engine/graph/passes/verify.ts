// A graph that can be checked is one that can be trusted: after each pass.
import { assert } from '../../../base/index.js'
import { sameShape } from '../dims.js'
import { outputSpecs } from '../shapes.js'
import { formatSpec, type Graph, innerGraphs, type Value } from '../value.js'

/** Every operand is made before it is used, and every output is what its step gives. */
export function verify(graph: Graph): Graph {
  const known = new Set<Value>([...graph.inputs, ...graph.captured.map(({ inner }) => inner)])
  for (const node of graph.nodes) {
    for (const input of node.inputs)
      assert(known.has(input), `${node.primitive} has operands that are made before it`)
    const specs = outputSpecs(node.primitive, node.inputs, node.params)
    node.outputs.forEach((output, i) => {
      const spec = specs[i]!
      const holds = spec.dtype === output.dtype && sameShape(spec.shape, output.shape)
      assert(holds, `${node.primitive} gives ${formatSpec(spec)}, as its output ${formatSpec(output)} says`)
      known.add(output)
    })
    for (const inner of innerGraphs(node)) verify(inner)
  }
  for (const output of graph.outputs) assert(known.has(output), 'every output of a graph is made by it')
  return graph
}
