// What differentiating a loop needs: a forward loop that keeps the values each step began with, and the body of the loop
// backwards.
import { bindAll, into } from './bind.js'
import { inline } from './inline.js'
import { add } from './operations/index.js'
import type { ReverseMode } from './gradients/rule.js'
import {
  closeDraft,
  type Graph,
  isFloat,
  newDraft,
  newValue,
  type Node,
  type Tensor,
  type Value,
} from './value.js'

/** Binds a step; a loop with its starts among the stacked outputs, last. */
export function keepingStarts(node: Node, operands: readonly Tensor[]): readonly Tensor[] {
  if (node.primitive !== 'scan') return bindAll(node.primitive, operands, node.params)
  const { body, carried } = node.params
  const draft = newDraft()
  const inputs = body.inputs.map((input) => newValue(draft, input))
  const outputs = inline(body, inputs).map((output) => into(draft, output))
  const kept = closeDraft(draft, inputs, [...outputs, ...inputs.slice(0, carried)])
  return bindAll('scan', operands, { ...node.params, body: kept })
}

interface BodyShape {
  readonly carried: number
  readonly sliced: number
  /** Of all operands of the loop: carried, sliced, constants. */
  readonly wanted: readonly boolean[]
  readonly reverse: ReverseMode
}

/**
 * (cotangents of the carried…, sums for the constants…; starts…, slices…, cotangents of the stacked…; constants…) →
 * (cotangents of the carried…, sums…; cotangents of the slices…), where only floats have cotangents.
 */
export function backwardBody(body: Graph, { carried, sliced, wanted, reverse }: BodyShape): Graph {
  const draft = newDraft()
  const like = (values: readonly Value[]): Value[] => values.map((value) => newValue(draft, value))
  const constants = body.inputs.slice(carried + sliced)
  const isWanted = (_: unknown, i: number): boolean => wanted[i] === true
  const floatConstants = constants.filter((_, i) => wanted[carried + sliced + i])
  const state = like(body.inputs.slice(0, carried).filter(isWanted))
  const sums = like(floatConstants)
  const [starts, slices] = [
    like(body.inputs.slice(0, carried)),
    like(body.inputs.slice(carried, carried + sliced)),
  ]
  const stacked = like(body.outputs.slice(carried))
  const fixed = like(constants)
  const inputs = [...starts, ...slices, ...fixed]
  const outputs = reverse.replayInto(draft, body, inputs)
  let next = 0
  const stateOf = outputs.slice(0, carried).map((output) => (isFloat(output) ? state[next++] : undefined))
  const gradients = reverse.backpropagate(draft, {
    outputs,
    cotangents: [...stateOf, ...stacked],
    wanted: inputs.filter(isWanted),
  })
  const [first, second] = [state.length, gradients.length - sums.length]
  const results = [
    ...gradients.slice(0, first),
    ...gradients.slice(second).map((gradient, i) => add(sums[i]!, gradient)),
    ...gradients.slice(first, second),
  ]
  const ports = [...state, ...sums, ...starts, ...slices, ...stacked, ...fixed]
  return closeDraft(
    draft,
    ports,
    results.map((result) => into(draft, result)),
  )
}
