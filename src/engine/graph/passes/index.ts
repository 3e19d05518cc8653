// Making a graph smaller without changing what it computes.
import { into } from '../bind.js'
import { inline } from '../inline.js'
import { closeDraft, type Graph, newDraft, newValue, type Node, type Value } from '../value.js'
import { joinProducts } from './joint-products.js'
import { simplifying } from './simplify.js'
import { verify } from './verify.js'

/** Folds constants, simplifies, shares equal steps, joins sums of products and leaves out what nothing depends on. */
export function optimize(graph: Graph): Graph {
  const simple = simplify(graph)
  const joint = joinProducts(simple)
  return joint === simple ? simple : simplify(verify(joint))
}

function simplify(graph: Graph): Graph {
  const draft = newDraft()
  const inputs = graph.inputs.map((input) => newValue(draft, input))
  const outputs = inline(withoutDead(graph), inputs, simplifying(draft)).map((output) => into(draft, output))
  return verify(withoutDead(closeDraft(draft, inputs, outputs)))
}

/** Without steps that no output depends on. */
export function withoutDead(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs)
  const kept: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    kept.push(node)
    for (const input of node.inputs) needed.add(input)
  }
  return { ...graph, nodes: kept.toReversed() }
}
