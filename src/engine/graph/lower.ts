// A graph of what can be written: calls are inlined, short loops written out step by step.
import { UsageError } from '../../base/index.js'
import { bindAll, into } from './bind.js'
import { inline } from './inline.js'
import { at, broadcastTo, stack } from './operations/index.js'
import { toTensor } from './operations/operand.js'
import type { Primitive, ScanParams } from './primitives.js'
import {
  closeDraft,
  type Draft,
  formatSpec,
  type Graph,
  newDraft,
  newValue,
  type Node,
  type Tensor,
  type Value,
} from './value.js'

const structures = new Set<Primitive>(['call', 'scan', 'whileLoop'])

/** The same function in primitives alone, and loops that stay loops. */
export function lower(graph: Graph): Graph {
  const [captured] = graph.captured
  if (captured !== undefined)
    throw new UsageError(
      `A traced function uses ${formatSpec(captured.outer)}, a value of another trace, which has no numbers here. Give it to the function as an input, or trace both as one function.`,
      { received: formatSpec(captured.outer) },
    )
  if (!graph.nodes.some(({ primitive }) => structures.has(primitive))) return graph
  const draft = newDraft()
  const inputs = graph.inputs.map((input) => newValue(draft, input))
  const visit = (node: Node, operands: readonly Tensor[]): readonly Tensor[] => plainly(draft, node, operands)
  const outputs = inline(graph, inputs, visit).map((output) => into(draft, output))
  return closeDraft(draft, inputs, outputs)
}

function plainly(draft: Draft, node: Node, operands: readonly Tensor[]): readonly Tensor[] {
  const visit = (inner: Node, given: readonly Tensor[]): readonly Tensor[] => plainly(draft, inner, given)
  // Loops over known numbers alone are left to the runtime too: the reference would take many times as long.
  const values = (): readonly Tensor[] => operands.map((operand) => into(draft, operand))
  switch (node.primitive) {
    case 'call':
      return inline(node.params.graph, operands, visit)
    case 'scan':
      if (isWrittenOut(node.params)) return unrolled(node, operands, visit)
      return bindAll('scan', values(), { ...node.params, body: lower(node.params.body) })
    case 'whileLoop': {
      const { condition, body, carried } = node.params
      return bindAll('whileLoop', values(), { condition: lower(condition), body: lower(body), carried })
    }
    default:
      return bindAll(node.primitive, operands, node.params)
  }
}

// Two operators less for each step, and nothing computed twice for gradients, against a file that grows with the steps: up
// to here a quarter is won at most; at 16 steps both run equally fast, at 64 the loop does in less time, and it opens at
// once, where 256 steps of an LSTM written out take seconds. Measured: docs/adr/0031-long-loops-stay-loops.md.
const mostWrittenOut = 12

/** Whether each step is written by itself. The runtime refuses loops over nothing. */
const isWrittenOut = ({ steps, unroll }: ScanParams): boolean =>
  typeof steps === 'number' && (steps === 0 || (unroll ?? steps <= mostWrittenOut))

type Visit = (node: Node, operands: readonly Tensor[]) => readonly Tensor[]

function unrolled({ params }: Node<'scan'>, operands: readonly Tensor[], visit: Visit): readonly Tensor[] {
  const { body, carried, sliced, reverse } = params
  const steps = Number(params.steps)
  let state = operands.slice(0, carried)
  const rows = operands.slice(carried, carried + sliced)
  const constants = operands.slice(carried + sliced)
  const stacked = body.outputs.slice(carried).map((): Tensor[] => Array.from({ length: steps }))
  for (let i = 0; i < steps; i++) {
    const step = reverse ? steps - 1 - i : i
    const results = inline(body, [...state, ...rows.map((row) => at(row, step)), ...constants], visit)
    state = results.slice(0, carried)
    results.slice(carried).forEach((result, k) => (stacked[k]![step] = result))
  }
  return [...state, ...stacked.map((parts, k) => stackOf(parts, body.outputs[carried + k]!))]
}

/** No step leaves nothing to stack. */
const stackOf = (parts: readonly Tensor[], { dtype, shape }: Value): Tensor =>
  parts.length > 0 ? stack(parts) : broadcastTo(toTensor(0, dtype), [0, ...shape])
