// A graph as an ONNX model.
import {
  graphBuilder,
  type GraphBuilder,
  type OperatorSet,
  type Value as OnnxValue,
} from '../../onnx/index.js'
import { lower } from '../lower.js'
import { optimize } from '../passes/index.js'
import type { Primitive } from '../primitives.js'
import type { Graph, Node, Value } from '../value.js'
import type { EmitContext, EmitRule, EmitRules, SizeSource } from './context.js'
import { elementwiseEmitters } from './elementwise.js'
import { fuse, type FusedGraph } from './fuse.js'
import { structureEmitters } from './loops.js'
import { networkEmitters } from './network.js'
import { reductionEmitters } from './reductions.js'
import { shapeEmitters } from './shapes.js'
import { windowEmitters } from './windows.js'

const emitters: EmitRules<Primitive> = {
  ...elementwiseEmitters,
  ...shapeEmitters,
  ...reductionEmitters,
  ...networkEmitters,
  ...windowEmitters,
  ...structureEmitters(emitInner),
}

/** How a graph is written. */
export interface EmitOptions {
  /** Names of inputs and outputs in the file, in order. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Standard operators only, so that other programs can run the file. @default true */
  readonly portable?: boolean
  /** See {@link EmitContext.channelBlock}. @default undefined */
  readonly channelBlock?: number | undefined
  /** @default 18, the first with bitwise operators, which random numbers need */
  readonly operatorSet?: OperatorSet
}

/** Writes a graph with a builder of its own. */
export function emitGraph(graph: Graph, options: EmitOptions): GraphBuilder {
  const builder = graphBuilder({ name: 'graph', operatorSet: options.operatorSet ?? 18 })
  const plain = optimize(lower(graph))
  const inputs = plain.inputs.map((input, i) => builder.input(options.inputs[i]!, input.dtype, input.shape))
  const outputs = emitPlain(plain, inputs, {
    builder,
    portable: options.portable ?? true,
    channelBlock: options.channelBlock,
  })
  plain.outputs.forEach(({ dtype, shape }, i) =>
    builder.output(options.outputs[i]!, outputs[i]!, dtype, shape),
  )
  return builder
}

/** Writes a traced function into a graph under construction, in standard operators. */
export function emitInto(
  builder: GraphBuilder,
  { graph }: { readonly graph: Graph },
  inputs: readonly OnnxValue[],
): readonly OnnxValue[] {
  return emitPlain(optimize(lower(graph)), inputs, { builder, portable: true, channelBlock: undefined })
}

function emitPlain(
  graph: Graph,
  inputs: readonly OnnxValue[],
  context: Omit<EmitContext, 'sizes' | 'blocked'>,
): readonly OnnxValue[] {
  const sizes = new Map<string, SizeSource>()
  graph.inputs.forEach((input, i) =>
    input.shape.forEach((dim, axis) => {
      if (typeof dim === 'string' && !sizes.has(dim)) sizes.set(dim, { value: inputs[i]!, axis })
    }),
  )
  return emitInner({ ...context, sizes }, graph, inputs)
}

/** Sizes are those of the outermost graph, which inner ones see. */
function emitInner(
  context: Omit<EmitContext, 'blocked'>,
  graph: Graph,
  inputs: readonly OnnxValue[],
): readonly OnnxValue[] {
  const known = new Map(graph.inputs.map((input, i): [Value, OnnxValue] => [input, inputs[i]!]))
  // What stands in blocks is known by the graph in which it was written.
  emitNodes(fuse(graph), { ...context, blocked: new Map() }, known)
  return graph.outputs.map((output) => known.get(output)!)
}

function emitNodes({ steps }: FusedGraph, context: EmitContext, known: Map<Value, OnnxValue>): void {
  for (const step of steps) {
    const inputs = step.inputs.map((input) => known.get(input)!)
    const results =
      step.emit === undefined ? emitNode(context, inputs, step.node) : step.emit(context, inputs)
    step.outputs.forEach((output, i) => known.set(output, Array.isArray(results) ? results[i]! : results))
  }
}

function emitNode(
  context: EmitContext,
  inputs: readonly OnnxValue[],
  node: Node,
): OnnxValue | readonly OnnxValue[] {
  return (emitters[node.primitive] as EmitRule)(context, inputs, node)
}
