// A finished graph, replayed where its operands are: into the graph that is being traced, or at once on numbers.
import { assert } from '../../base/index.js'
import { bindAll, innermost, into } from './bind.js'
import { isStatic } from './dims.js'
import { type Draft, type Graph, isValue, type Node, type Tensor, type Value } from './value.js'

/** What happens at each step of a replay; by default it is bound as it is. */
export type Visit = (node: Node, operands: readonly Tensor[]) => readonly Tensor[]

const bound: Visit = (node, operands) => bindAll(node.primitive, operands, node.params)

/** The outputs of a graph for operands; captured values stand for themselves unless they are given too. */
export function inline(graph: Graph, operands: readonly Tensor[], visit: Visit = bound): readonly Tensor[] {
  const known = new Map<Value, Tensor>()
  const captured = operands.slice(graph.inputs.length)
  assert(
    captured.length === 0 || captured.length === graph.captured.length,
    'captured values are given all or none',
  )
  graph.inputs.forEach((input, i) => known.set(input, operands[i]!))
  graph.captured.forEach(({ outer, inner }, i) => known.set(inner, captured[i] ?? outer))
  const draft = innermost(operands)
  const scope = draft?.scope ?? ''
  for (const node of graph.nodes) {
    if (draft !== undefined) draft.scope = joinScopes(scope, node.scope)
    const given = node.inputs.map((input) => known.get(input)!)
    const results = visit(node, draft === undefined ? given : joined(draft, node, given))
    node.outputs.forEach((output, i) => known.set(output, results[i]!))
  }
  if (draft !== undefined) draft.scope = scope
  return graph.outputs.map((output) => known.get(output)!)
}

/** Arrays alone do not say to which graph a size such as 'batch' belongs: repeated to one, they become part of this graph. */
function joined(draft: Draft, { outputs }: Node, operands: readonly Tensor[]): readonly Tensor[] {
  const open = outputs.some(({ shape }) => !isStatic(shape))
  return open && !operands.some(isValue) ? operands.map((operand) => into(draft, operand)) : operands
}

const joinScopes = (outer: string, inner: string): string =>
  outer === '' || inner === '' ? outer + inner : `${outer}/${inner}`
