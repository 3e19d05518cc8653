// Making a graph smaller without changing what it computes.
import { into } from '../bind.js'
import { inline } from '../inline.js'
import { closeDraft, type Graph, newDraft, newValue, type Node, type Value } from '../value.js'
import { joinProducts } from './joint-products.js'
import { simplifying } from './simplify.js'
import { trimmedScan } from './trim-loops.js'
import { verify } from './verify.js'

/** From a graph to one that computes the same. */
export type Pass = (graph: Graph) => Graph

/** One pass after the other; what each of them gives is checked. */
export const runPasses = (graph: Graph, passes: readonly Pass[]): Graph =>
  passes.reduce((before, pass) => verify(pass(before)), graph)

/** Folds constants, simplifies, shares equal steps, joins sums of products and leaves out what nothing depends on, in loops too. */
export const optimize: Pass = (graph) => {
  const simple = runPasses(graph, [withoutDead, simplified, optimizedInside, withoutDead])
  const joint = joinProducts(simple)
  return joint === simple ? simple : runPasses(verify(joint), [withoutDead, simplified, withoutDead])
}

function simplified(graph: Graph): Graph {
  const draft = newDraft()
  const inputs = graph.inputs.map((input) => newValue(draft, input))
  const outputs = inline(graph, inputs, simplifying(draft)).map((output) => into(draft, output))
  return closeDraft(draft, inputs, outputs)
}

/** Graphs inside of steps. */
const optimizedInside: Pass = (graph) => ({
  ...graph,
  nodes: graph.nodes.map((node): Node => {
    if (node.primitive === 'scan')
      return { ...node, params: { ...node.params, body: optimize(node.params.body) } }
    if (node.primitive !== 'whileLoop') return node
    const { condition, body, carried } = node.params
    return { ...node, params: { condition: optimize(condition), body: optimize(body), carried } }
  }),
})

/** Without steps that no output depends on, and without results of loops that nobody reads. */
export function withoutDead(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs)
  const isNeeded = (output: Value): boolean => needed.has(output)
  const kept: Node[] = []
  for (const given of graph.nodes.toReversed()) {
    if (!given.outputs.some(isNeeded)) continue
    const node = given.primitive === 'scan' ? trimmedScan(given, isNeeded, withoutDead) : given
    kept.push(node)
    for (const input of node.inputs) needed.add(input)
  }
  return { ...graph, nodes: kept.toReversed() }
}
