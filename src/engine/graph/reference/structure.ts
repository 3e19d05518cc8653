// Graphs within graphs, step by step.
import { assert } from '../../../base/index.js'
import { dataClass, type NDArray, sizeOf } from '../array.js'
import type { Primitive, PrimitiveParams, StructureParams } from '../primitives.js'
import type { Graph, Value } from '../value.js'
import type { Rules } from './rule.js'

/** The interpreter of which these rules are a part. */
type Evaluate = (
  primitive: Primitive,
  inputs: readonly NDArray[],
  params: PrimitiveParams[Primitive],
) => readonly NDArray[]

/** Runs a whole graph; captured values follow its inputs. */
function runGraph(graph: Graph, given: readonly NDArray[], evaluate: Evaluate): readonly NDArray[] {
  const values = new Map<Value, NDArray>()
  const ports = [...graph.inputs, ...graph.captured.map(({ inner }) => inner)]
  assert(ports.length === given.length, 'a graph is given all of its inputs')
  ports.forEach((port, i) => values.set(port, given[i]!))
  const known = (value: Value): NDArray => values.get(value)!
  for (const node of graph.nodes) {
    const results = evaluate(node.primitive, node.inputs.map(known), node.params)
    node.outputs.forEach((output, i) => values.set(output, results[i]!))
  }
  return graph.outputs.map(known)
}

function scan(
  inputs: readonly NDArray[],
  { body, carried, sliced, steps, reverse }: PrimitiveParams['scan'],
  evaluate: Evaluate,
): readonly NDArray[] {
  let state = inputs.slice(0, carried)
  const rows = inputs.slice(carried, carried + sliced)
  const constants = inputs.slice(carried + sliced)
  const count = Number(steps)
  const stacked = body.outputs.slice(carried).map((output) => blankStack(output, count))
  for (let i = 0; i < count; i++) {
    const step = reverse ? count - 1 - i : i
    const slices = rows.map((row) => sliceAt(row, step))
    const results = runGraph(body, [...state, ...slices, ...constants], evaluate)
    state = results.slice(0, carried)
    results.slice(carried).forEach(({ data }, k) => stacked[k]!.data.set(data, step * data.length))
  }
  return [...state, ...stacked]
}

function sliceAt({ dtype, shape, data }: NDArray, step: number): NDArray {
  const size = data.length / shape[0]!
  return { dtype, shape: shape.slice(1), data: data.slice(step * size, (step + 1) * size) }
}

function blankStack({ dtype, shape }: Value, steps: number): NDArray {
  const sizes = [steps, ...(shape as readonly number[])]
  return { dtype, shape: sizes, data: new dataClass[dtype](sizeOf(sizes)) }
}

function whileLoop(
  inputs: readonly NDArray[],
  { condition, body, carried }: PrimitiveParams['whileLoop'],
  evaluate: Evaluate,
): readonly NDArray[] {
  const constants = inputs.slice(carried)
  let state = inputs.slice(0, carried)
  while (runGraph(condition, [...state, ...constants], evaluate)[0]!.data[0] !== 0)
    state = [...runGraph(body, [...state, ...constants], evaluate)]
  return state
}

/** @param evaluate - what each primitive gives, for the steps of inner graphs */
export const structureRules = (evaluate: Evaluate): Rules<keyof StructureParams> => ({
  call: (inputs, { graph }) => runGraph(graph, inputs, evaluate),
  scan: (inputs, params) => scan(inputs, params, evaluate),
  whileLoop: (inputs, params) => whileLoop(inputs, params, evaluate),
})
