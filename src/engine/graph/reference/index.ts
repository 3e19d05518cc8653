// The reference interpreter: what each primitive means, in plain loops. It defines results, checks the runtime, folds
// constants and answers outside of a trace.
import { assert, outOfMemory } from '../../../base/index.js'
import { dataClass, type NDArray, sizeOf } from '../array.js'
import type { Primitive, PrimitiveParams } from '../primitives.js'
import { outputSpecs } from '../shapes.js'
import { formatSpec, type Graph, type Value } from '../value.js'
import { elementwiseRules } from './elementwise.js'
import { indexRules } from './indices.js'
import { networkRules } from './network.js'
import { reductionRules } from './reductions.js'
import type { Rules } from './rule.js'
import { shapeRules } from './shapes.js'
import { windowRules } from './windows.js'

const structureRules: Rules<'call' | 'scan'> = {
  call: (inputs, { graph }) => runGraph(graph, inputs),
  scan(inputs, { body, carried, sliced, steps, reverse }) {
    let state = inputs.slice(0, carried)
    const rows = inputs.slice(carried, carried + sliced)
    const constants = inputs.slice(carried + sliced)
    const stacked = body.outputs.slice(carried).map((): NDArray[] => Array.from({ length: steps }))
    for (let i = 0; i < steps; i++) {
      const step = reverse ? steps - 1 - i : i
      const results = runGraph(body, [...state, ...rows.map((row) => at(row, step)), ...constants])
      state = results.slice(0, carried)
      results.slice(carried).forEach((result, k) => (stacked[k]![step] = result))
    }
    return [...state, ...stacked.map((parts, k) => stack(parts, body.outputs[carried + k]!))]
  },
}

function at({ dtype, shape, data }: NDArray, step: number): NDArray {
  const size = data.length / shape[0]!
  return { dtype, shape: shape.slice(1), data: data.slice(step * size, (step + 1) * size) }
}

function stack(parts: readonly NDArray[], { dtype, shape }: Pick<Value, 'dtype' | 'shape'>): NDArray {
  const [joined] = shapeRules.concat(
    parts.map((part) => ({ ...part, shape: [1, ...part.shape] })),
    { axis: 0 },
  )
  return joined ?? { dtype, shape: [0, ...(shape as number[])], data: new Float32Array() }
}

const rules: Rules<Primitive> = {
  ...elementwiseRules,
  ...shapeRules,
  ...indexRules,
  ...reductionRules,
  ...networkRules,
  ...windowRules,
  ...structureRules,
}

/** What a primitive gives for arrays. */
export function evaluate<P extends Primitive>(
  primitive: P,
  inputs: readonly NDArray[],
  params: PrimitiveParams[P],
): readonly NDArray[] {
  try {
    return (rules[primitive] as Rules<P>[P])(inputs, params)
  } catch (error) {
    // JavaScript's word for an array that it cannot make.
    if (!(error instanceof RangeError)) throw error
    const bytes = outputSpecs(primitive, inputs, params).map(
      ({ dtype, shape }) => sizeOf(shape as number[]) * dataClass[dtype].BYTES_PER_ELEMENT,
    )
    throw outOfMemory(
      `${primitive}(${inputs.map(formatSpec).join(', ')})`,
      bytes.reduce((a, b) => a + b, 0),
      error,
    )
  }
}

/** Runs a whole graph; captured values follow its inputs. */
export function runGraph(graph: Graph, given: readonly NDArray[]): readonly NDArray[] {
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
