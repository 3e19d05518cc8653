// Loops of many examples at once.
import { bindAll, into } from '../bind.js'
import type { Dim } from '../dims.js'
import { cast, less, max, reshape, where } from '../operations/index.js'
import { closeDraft, type Draft, type Graph, newDraft, newValue, type Node, type Tensor } from '../value.js'
import { allBatched, type Batched, filled, moveAxis } from './rule.js'

/** The outputs of a graph where some operands are batched; given, since these rules are a part of it. */
type BatchGraph = (graph: Graph, given: Batched, size: Dim) => Batched

interface LoopBatch extends Batched {
  readonly size: Dim
}

/** A draft with the inputs of a body, batched where the flags say so. */
function batchedInputs(
  { inputs }: Graph,
  flags: readonly boolean[],
  size: Dim,
): { draft: Draft; inputs: Tensor[] } {
  const draft = newDraft()
  return {
    draft,
    inputs: inputs.map(({ dtype, shape }, i) =>
      newValue(draft, { dtype, shape: flags[i] ? [size, ...shape] : shape }),
    ),
  }
}

const closed = (draft: Draft, inputs: readonly Tensor[], outputs: readonly Tensor[]): Graph =>
  closeDraft(
    draft,
    inputs.map((input) => into(draft, input)),
    outputs.map((output) => into(draft, output)),
  )

/** Every carried and sliced value is batched; slices keep their steps as the first axis. */
export function batchScan(
  node: Node<'scan'>,
  { tensors, batched, size }: LoopBatch,
  batchGraph: BatchGraph,
): readonly Tensor[] {
  const { body, carried, sliced } = node.params
  const varying = carried + sliced
  const operands = tensors.map((_, i) =>
    i < varying ? filled({ operands: tensors, batched, size }, i) : tensors[i]!,
  )
  const moved = operands.map((operand, i) =>
    i >= carried && i < varying ? moveAxis(operand, 0, 1) : operand,
  )
  const flags = tensors.map((_, i) => i < varying || batched[i] === true)
  const { draft, inputs } = batchedInputs(body, flags, size)
  const results = allBatched(batchGraph(body, { tensors: inputs, batched: flags }, size), size)
  const outputs = bindAll('scan', moved, { ...node.params, body: closed(draft, inputs, results) })
  return outputs.map((output, i) => (i < carried ? output : moveAxis(output, 1, 0)))
}

/** All examples go on until the last one has ended; those that have ended keep their values. */
export function batchWhile(
  { params: { condition, body, carried } }: Node<'whileLoop'>,
  { tensors, batched, size }: LoopBatch,
  batchGraph: BatchGraph,
): readonly Tensor[] {
  const operands = tensors.map((_, i) =>
    i < carried ? filled({ operands: tensors, batched, size }, i) : tensors[i]!,
  )
  const flags = tensors.map((_, i) => i < carried || batched[i] === true)
  const goesOn = (inputs: readonly Tensor[]): Tensor =>
    allBatched(batchGraph(condition, { tensors: inputs, batched: flags }, size), size)[0]!
  const outer = batchedInputs(condition, flags, size)
  const any = less(0, max(cast(goesOn(outer.inputs), 'int32')))
  const inner = batchedInputs(body, flags, size)
  const next = allBatched(batchGraph(body, { tensors: inner.inputs, batched: flags }, size), size)
  const own = goesOn(inner.inputs)
  const kept = next.map((value, i): Tensor => {
    const ones = value.shape.slice(1).map(() => 1)
    return where(reshape(own, [size, ...ones]), value, inner.inputs[i]!)
  })
  return bindAll('whileLoop', operands, {
    condition: closed(outer.draft, outer.inputs, [any]),
    body: closed(inner.draft, inner.inputs, kept),
    carried,
  })
}
