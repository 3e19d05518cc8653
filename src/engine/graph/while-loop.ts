// A loop that ends when its data say so.
import { ShapeError } from '../../base/index.js'
import { bindAll, into } from './bind.js'
import { type Operand, toTensor } from './operations/operand.js'
import { isResult, isSpec } from './trace.js'
import { type Concrete, flattenTree, type Tree, unflattenTree } from './tree.js'
import { closeDraft, type Draft, type Graph, newDraft, newValue, type Tensor, type Value } from './value.js'

/**
 * Runs a function as long as a condition on the carry holds: while (condition(carry)) carry = f(carry).
 *
 * In ONNX files it is a `Loop`. Under `vmap` all examples go on until the last one has ended; those that have ended keep
 * their values. A condition that always holds never ends.
 *
 * @param condition - gives one bool
 * @param f - gives a carry of the same form
 * @throws {@link ShapeError} when the carry changes its form, or the condition is not one bool
 * @throws {@link UsageError} when it is differentiated: nobody knows beforehand how many steps to keep
 * @example
 * ```ts
 * import type { Tensor } from 'modelwright/graph'
 * whileLoop((x: Tensor) => t.less(x, 100), (x: Tensor) => t.mul(x, 3), array(1)).data // => Float32Array [243]
 * ```
 */
export function whileLoop<Carry extends Tree<Tensor>, Start extends Carry>(
  condition: (carry: Carry) => Operand,
  f: (carry: Carry) => Carry,
  start: Start,
): Concrete<readonly [Start], Carry> {
  const carry = flattenTree<Tensor>(start, isSpec)
  const traced = <Out>(g: (carry: Carry) => Out): { draft: Draft; inputs: Value[]; result: Out } => {
    const draft = newDraft()
    const inputs = carry.leaves.map((leaf) => newValue(draft, leaf))
    return { draft, inputs, result: g(unflattenTree<Tensor>(carry.shape, inputs) as Carry) }
  }
  const decision = traced(condition)
  const step = traced(f)
  const next = flattenTree<Operand>(step.result as Tree<Operand>, isResult)
  if (next.paths.join() !== carry.paths.join()) {
    throw new ShapeError(
      `whileLoop: the carry becomes { ${next.paths.join(', ')} }, expected { ${carry.paths.join(', ')} } as at the start.`,
      { expected: carry.paths, received: next.paths, where: 'whileLoop' },
    )
  }
  const conditionOutputs = [into(decision.draft, toTensor(decision.result))]
  const bodyOutputs = next.leaves.map((leaf) => into(step.draft, toTensor(leaf)))
  const outer = [...new Set([...decision.draft.captured.keys(), ...step.draft.captured.keys()])]
  const results = bindAll('whileLoop', [...carry.leaves, ...outer], {
    condition: withConstants(decision, conditionOutputs, outer),
    body: withConstants(step, bodyOutputs, outer),
    carried: carry.leaves.length,
  })
  return unflattenTree(carry.shape, results) as unknown as Concrete<readonly [Start], Carry>
}

/** A graph whose captured values are inputs: those of both graphs, in one order. */
function withConstants(
  { draft, inputs }: { readonly draft: Draft; readonly inputs: readonly Value[] },
  outputs: readonly Value[],
  outer: readonly Value[],
): Graph {
  const constants = outer.map((value) => into(draft, value))
  return { ...closeDraft(draft, [...inputs, ...constants], outputs), captured: [] }
}
