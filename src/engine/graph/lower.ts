// A graph without graphs inside: calls are inlined, loops unrolled.
import { assert } from '../../base/index.js'
import { bindAll, into } from './bind.js'
import { inline } from './inline.js'
import { at, stack } from './operations/index.js'
import { closeDraft, type Graph, newDraft, newValue, type Node, type Tensor } from './value.js'

/** The same function in primitives alone. */
export function lower(graph: Graph): Graph {
  assert(graph.captured.length === 0, 'a graph that runs by itself captures nothing')
  if (!graph.nodes.some(({ primitive }) => primitive === 'call' || primitive === 'scan')) return graph
  const draft = newDraft()
  const inputs = graph.inputs.map((input) => newValue(draft, input))
  const outputs = inline(graph, inputs, plainly).map((output) => into(draft, output))
  return closeDraft(draft, inputs, outputs)
}

function plainly(node: Node, operands: readonly Tensor[]): readonly Tensor[] {
  if (node.primitive === 'call') return inline(node.params.graph, operands, plainly)
  if (node.primitive === 'scan') return unrolled(node, operands)
  return bindAll(node.primitive, operands, node.params)
}

function unrolled({ params }: Node<'scan'>, operands: readonly Tensor[]): readonly Tensor[] {
  const { body, carried, sliced, steps, reverse } = params
  let state = operands.slice(0, carried)
  const rows = operands.slice(carried, carried + sliced)
  const constants = operands.slice(carried + sliced)
  const stacked = body.outputs.slice(carried).map((): Tensor[] => Array.from({ length: steps }))
  for (let i = 0; i < steps; i++) {
    const step = reverse ? steps - 1 - i : i
    const results = inline(body, [...state, ...rows.map((row) => at(row, step)), ...constants], plainly)
    state = results.slice(0, carried)
    results.slice(carried).forEach((result, k) => (stacked[k]![step] = result))
  }
  return [...state, ...stacked.map((parts) => stack(parts))]
}
