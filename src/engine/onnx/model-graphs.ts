// Walking through all parts of a model: inner graphs of control flow and functions too.
import type { GraphProto, ModelProto, SparseTensorProto, TensorProto } from './proto/messages.js'

/** The main graph, the graphs inside of its nodes, and the bodies of functions. */
export function graphsOf(model: ModelProto): GraphProto[] {
  const bodies = (model.functions ?? []).map(({ node }): GraphProto => (node === undefined ? {} : { node }))
  const pending = [...(model.graph ? [model.graph] : []), ...bodies]
  const found: GraphProto[] = []
  for (let graph = pending.pop(); graph !== undefined; graph = pending.pop()) {
    found.push(graph)
    for (const { g, graphs } of attributesOf(graph)) pending.push(...(g ? [g] : []), ...(graphs ?? []))
  }
  return found
}

/** All tensors of a model: constants and attributes. */
export function tensorsOf(model: ModelProto): TensorProto[] {
  return graphsOf(model).flatMap((graph) => [
    ...(graph.initializer ?? []),
    ...(graph.sparseInitializer ?? []).flatMap(sparseParts),
    ...attributesOf(graph).flatMap(({ t, tensors, sparseTensor }) => [
      ...(t ? [t] : []),
      ...(tensors ?? []),
      ...(sparseTensor ? sparseParts(sparseTensor) : []),
    ]),
  ])
}

const attributesOf = (graph: GraphProto) => (graph.node ?? []).flatMap((node) => node.attribute ?? [])

const sparseParts = ({ values, indices }: SparseTensorProto): TensorProto[] =>
  [values, indices].filter((part) => part !== undefined && part !== null)
