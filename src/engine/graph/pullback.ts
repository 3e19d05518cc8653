// Reverse mode: the graph of gradients of a graph.
import {
  closeDraft,
  type Draft,
  type Graph,
  isFloat,
  newDraft,
  newValue,
  type Node,
  type Tensor,
  type Value,
} from './value.js'
import { into } from './bind.js'
import { gradientRule, type ReverseMode, type Sources } from './gradients/index.js'
import { inline } from './inline.js'
import { add, zerosLike } from './operations/index.js'
import { keepingStarts } from './scan-backward.js'

/**
 * The graph (inputs…, captured…, cotangents of the outputs…) → gradients of those inputs and captured values that are wanted.
 */
export function pullback(graph: Graph, wanted: readonly boolean[]): Graph {
  const draft = newDraft()
  const ports = [...graph.inputs, ...graph.captured.map(({ inner }) => inner)]
  const inputs = ports.map((port) => newValue(draft, port))
  const cotangents = graph.outputs.map((output) => newValue(draft, output))
  const replay = replayInto(draft, graph, inputs)
  const gradients = backpropagate(draft, {
    outputs: replay,
    cotangents,
    wanted: inputs.filter((_, i) => wanted[i]),
  })
  return closeDraft(
    draft,
    [...inputs, ...cotangents],
    gradients.map((gradient) => into(draft, gradient)),
  )
}

/** Replays a graph in a draft so that it can be differentiated: loops keep what their steps began with. */
export function replayInto(draft: Draft, graph: Graph, inputs: readonly Value[]): readonly Value[] {
  const results = inline(graph, inputs, (node, operands) => keepingStarts(node, operands))
  return results.map((result) => into(draft, result))
}

/** Walks the steps of a draft from the last to the first, and adds up what flows into each value. */
export function backpropagate(draft: Draft, { outputs, cotangents, wanted }: Sources): readonly Tensor[] {
  const flowing = new Map<Value, Tensor>()
  const flow = (value: Value, gradient: Tensor | undefined): void => {
    if (gradient === undefined || !isFloat(value)) return
    const before = flowing.get(value)
    flowing.set(value, before === undefined ? gradient : add(before, gradient))
  }
  outputs.forEach((output, i) => flow(output, cotangents[i]))
  const reached = dependents(draft.nodes, wanted)
  const scope = draft.scope
  for (const node of draft.nodes.toReversed()) {
    if (!node.outputs.some((output) => flowing.has(output))) continue
    if (!node.inputs.some((input) => reached.has(input))) continue
    draft.scope = node.scope
    const { inputs, outputs: results, params, primitive } = node
    const given = results.map((output) => flowing.get(output))
    const gradients = gradientRule(primitive)({
      inputs,
      outputs: results,
      cotangents: given,
      params,
      reverse,
    })
    inputs.forEach((input, i) => (reached.has(input) ? flow(input, gradients[i]) : undefined))
  }
  draft.scope = scope
  return wanted.map((value) => flowing.get(value) ?? zerosLike(value))
}

/** The values through which gradients reach any of those given, these included. */
function dependents(nodes: readonly Node[], sources: readonly Value[]): ReadonlySet<Value> {
  const reached = new Set(sources)
  for (const { primitive, inputs, outputs } of nodes) {
    if (primitive === 'stopGradient' || !inputs.some((input) => reached.has(input))) continue
    for (const output of outputs) if (isFloat(output)) reached.add(output)
  }
  return reached
}

const reverse: ReverseMode = { pullback, replayInto, backpropagate }
