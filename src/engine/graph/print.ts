// A graph for people: one line for each step.
import { product } from './dims.js'
import { formatSpec, type Graph, innerGraphs, type Node, type Value } from './value.js'

/** The text of a graph: inputs, steps with their types, outputs. */
export function formatGraph(graph: Graph): string {
  const names = new Map<Value, string>()
  const name = (value: Value): string => {
    const known = names.get(value) ?? `%${names.size}`
    names.set(value, known)
    return known
  }
  const declared = (value: Value): string => `${name(value)}: ${formatSpec(value)}`
  const inputs = [...graph.inputs, ...graph.captured.map(({ inner }) => inner)].map(declared)
  const lines = graph.nodes.map((node) => {
    const operands = node.inputs.map(name).join(', ')
    const scope = node.scope === '' ? '' : `  # ${node.scope}`
    const step = `  ${node.outputs.map(declared).join(', ')} = ${node.primitive}(${operands})${formatParams(node)}${scope}`
    return [step, ...innerGraphs(node).map(indented)].join('\n')
  })
  return [
    `graph(${inputs.join(', ')}) {`,
    ...lines,
    `  return ${graph.outputs.map(name).join(', ')}`,
    '}',
  ].join('\n')
}

const indented = (graph: Graph): string => formatGraph(graph).replaceAll(/^/gm, '    ')

function formatParams(node: Node): string {
  if (node.primitive === 'constant') {
    const { value } = node.params
    // More numbers than these say less.
    return value.data.length <= 6
      ? ` ${JSON.stringify(Array.from(value.data))}`
      : ` (${product(value.shape)} numbers)`
  }
  if (node.primitive === 'call') return ` ${node.params.name}`
  if (node.primitive === 'scan')
    return ` ${node.params.steps} steps${node.params.reverse ? ', backwards' : ''}`
  if (node.primitive === 'whileLoop') return ''
  const entries = Object.entries(node.params)
  return entries.length === 0
    ? ''
    : ` {${entries.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')}}`
}
