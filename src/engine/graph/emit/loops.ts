// Loops that stay loops: a graph inside of a node.
import type { Value as OnnxValue } from '../../onnx/index.js'
import type { Graph, Node } from '../value.js'
import type { EmitContext, EmitRules } from './context.js'
import { InternalError } from '../../../base/index.js'
import type { StructureParams } from '../primitives.js'

/** Writes a graph for its inputs, with all that a context knows. */
export type EmitInner = (
  context: EmitContext,
  graph: Graph,
  inputs: readonly OnnxValue[],
) => readonly OnnxValue[]

/** `Scan`: states, and slices along the first axis, which the operator reads and writes without copies. */
function scan(
  emitInner: EmitInner,
  context: EmitContext,
  inputs: readonly OnnxValue[],
  { params, outputs }: Node<'scan'>,
): readonly OnnxValue[] {
  const { body, carried, sliced, reverse } = params
  const varying = carried + sliced
  const graph = context.builder.graph('scan', (inner) => {
    const ports = body.inputs
      .slice(0, varying)
      .map(({ dtype, shape }, i) => inner.input(i < carried ? 'state' : 'slice', dtype, shape))
    const results = emitInner({ ...context, builder: inner }, body, [...ports, ...inputs.slice(varying)])
    body.outputs.forEach(({ dtype, shape }, i) => inner.output('result', results[i]!, dtype, shape))
  })
  const backwards = (count: number): number[] | undefined =>
    reverse && count > 0 ? Array.from({ length: count }, () => 1) : undefined
  return context.builder.nodes(
    'Scan',
    inputs.slice(0, varying),
    {
      body: graph,
      num_scan_inputs: sliced,
      scan_input_directions: backwards(sliced),
      scan_output_directions: backwards(outputs.length - carried),
    },
    { types: outputs.map(({ dtype }) => dtype) },
  )
}

/** `Loop` without a number of turns: (turn, condition, states…) → (condition, states…). */
function whileLoop(
  emitInner: EmitInner,
  context: EmitContext,
  inputs: readonly OnnxValue[],
  { params, outputs }: Node<'whileLoop'>,
): readonly OnnxValue[] {
  const { condition, body, carried } = params
  const constants = inputs.slice(carried)
  const holds = (own: EmitContext, states: readonly OnnxValue[]): OnnxValue =>
    emitInner(own, condition, [...states, ...constants])[0]!
  const graph = context.builder.graph('while', (inner) => {
    const own = { ...context, builder: inner }
    inner.input('turn', 'int64', [])
    inner.input('condition', 'bool', [])
    const states = body.inputs.slice(0, carried).map(({ dtype, shape }) => inner.input('state', dtype, shape))
    const results = emitInner(own, body, [...states, ...constants])
    inner.output('goes on', holds(own, results), 'bool', [])
    body.outputs.forEach(({ dtype, shape }, i) => inner.output('result', results[i]!, dtype, shape))
  })
  return context.builder.nodes(
    'Loop',
    [null, holds(context, inputs.slice(0, carried)), ...inputs.slice(0, carried)],
    { body: graph },
    { types: outputs.map(({ dtype }) => dtype) },
  )
}

/** @param emitInner - how inner graphs are written; given, since these rules are a part of it */
export const structureEmitters = (emitInner: EmitInner): EmitRules<keyof StructureParams> => ({
  call: () => {
    throw new InternalError('Calls are gone before a graph is written.')
  },
  scan: (context, inputs, node) => scan(emitInner, context, inputs, node),
  whileLoop: (context, inputs, node) => whileLoop(emitInner, context, inputs, node),
})
