// Loops without what nobody reads: stacked results, carried values, operands.
import type { Graph, Node, Value } from '../value.js'

/** What leaves out dead steps of a graph; given, since this is a part of it. */
type WithoutDead = (graph: Graph) => Graph

/** A loop that gives what is needed alone. */
export function trimmedScan(
  node: Node<'scan'>,
  isNeeded: (output: Value) => boolean,
  withoutDead: WithoutDead,
): Node<'scan'> {
  const { body, carried, sliced } = node.params
  const varying = carried + sliced
  const wanted = node.outputs.map(isNeeded)
  let live = readBy(body, wanted, withoutDead)
  // A carried value that is read by another one's step is needed too.
  for (let more = true; more;) {
    more = false
    for (let i = 0; i < carried; i++) {
      if (wanted[i] === true || !live.inputs.has(body.inputs[i]!)) continue
      wanted[i] = more = true
    }
    if (more) live = readBy(body, wanted, withoutDead)
  }
  const kept = body.inputs.map((input, i) => (i < carried ? wanted[i] === true : live.inputs.has(input)))
  // The slices say how many steps there are.
  if (!kept.slice(carried, varying).includes(true)) kept[carried] = true
  if (!kept.includes(false) && !wanted.includes(false) && live.body.nodes.length === body.nodes.length)
    return node
  const isKept = (_: unknown, i: number): boolean => kept[i]!
  return {
    ...node,
    inputs: node.inputs.filter(isKept),
    outputs: node.outputs.filter((_, i) => wanted[i]),
    params: {
      ...node.params,
      body: { ...live.body, inputs: body.inputs.filter(isKept) },
      carried: wanted.slice(0, carried).filter(Boolean).length,
      sliced: kept.slice(carried, varying).filter(Boolean).length,
    },
  }
}

/** The body with some of its outputs, and what it reads for them. */
function readBy(
  body: Graph,
  wanted: readonly boolean[],
  withoutDead: WithoutDead,
): { readonly body: Graph; readonly inputs: ReadonlySet<Value> } {
  const trimmed = withoutDead({ ...body, outputs: body.outputs.filter((_, i) => wanted[i]) })
  return {
    body: trimmed,
    inputs: new Set([...trimmed.outputs, ...trimmed.nodes.flatMap(({ inputs }) => inputs)]),
  }
}
