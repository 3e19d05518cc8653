// Loops inside of a trace.
import { ShapeError, UsageError } from '../../base/index.js'
import { bindAll, into } from './bind.js'
import { isResult, isSpec } from './trace.js'
import { type Concrete, flattenTree, type Tree, unflattenTree } from './tree.js'
import { closeDraft, newDraft, newValue, type Spec, type Tensor, type Value } from './value.js'
import { type Operand, toTensor } from './operations/operand.js'
import { arange } from './creation.js'
import type { Dim } from './dims.js'
import { userLine } from './user-line.js'

type TensorTree = Tree<Tensor>

/** How a loop runs. */
export interface ScanOptions {
  /** From the last step to the first. @default false */
  readonly reverse?: boolean
  /**
   * Whether ONNX files have each step written out, which runs faster but takes longer to open, or a loop.
   * @default written out where the loop is short; see docs/adr/0031-long-loops-stay-loops.md
   */
  readonly unroll?: boolean
}

/**
 * Runs a function along the first axis of `xs`: (carry, x) → [carry, y], and stacks the y.
 *
 * The body is traced once; with gradients, each step is differentiated at the values that it began with. The number of
 * steps may be a name, known only when the graph runs.
 *
 * @throws {@link ShapeError} when the carry changes its form, or leaves of `xs` differ in length
 * @throws {@link UsageError} when the function gives something else than a pair
 * @example
 * ```ts
 * import type { Tensor } from 'modelwright/graph'
 * const [total, sums] = scan((sum: Tensor, x: Tensor) => [t.add(sum, x), t.add(sum, x)], array(0), array([1, 2, 3]))
 * sums.data // => Float32Array [1, 3, 6]
 * ```
 */
export function scan<
  Carry extends TensorTree,
  X extends TensorTree,
  Y extends TensorTree,
  Start extends Carry,
  Rows extends X,
>(
  f: (carry: Carry, x: X) => readonly [Carry, Y],
  start: Start,
  xs: Rows,
  { reverse = false, unroll }: ScanOptions = {},
): Concrete<readonly [Start, Rows], readonly [Carry, Y]> {
  const carry = flattenTree<Tensor>(start, isSpec)
  const rows = flattenTree<Tensor>(xs, isSpec)
  const steps = stepsOf(rows.leaves)
  const draft = newDraft()
  const make = (spec: Spec): Value => newValue(draft, spec)
  const inputs = [
    ...carry.leaves.map(make),
    ...rows.leaves.map(({ dtype, shape }) => make({ dtype, shape: shape.slice(1) })),
  ]
  const result: unknown = f(
    unflattenTree<Tensor>(carry.shape, inputs.slice(0, carry.leaves.length)) as Carry,
    unflattenTree<Tensor>(rows.shape, inputs.slice(carry.leaves.length)) as X,
  )
  if (!Array.isArray(result) || result.length !== 2)
    throw new UsageError(
      `scan${userLine()}: the function gives ${Array.isArray(result) ? `a list of ${result.length}` : typeof result}, expected [carry, y]. Give [carry, []] where there is nothing to stack.`,
      { expected: '[carry, y]', where: 'scan' },
    )
  const [nextCarry, y] = result as [unknown, unknown]
  const next = flattenTree<Operand>(nextCarry as Tree<Operand>, isResult)
  const stacked = flattenTree<Operand>(y as Tree<Operand>, isResult)
  if (next.paths.join() !== carry.paths.join()) {
    throw new ShapeError(
      `scan: the carry becomes { ${next.paths.join(', ')} }, expected { ${carry.paths.join(', ')} } as at the start.`,
      { expected: carry.paths, received: next.paths, where: 'scan' },
    )
  }
  const outputs = [...next.leaves, ...stacked.leaves].map((leaf) => into(draft, toTensor(leaf)))
  const captured = [...draft.captured]
  const body = {
    ...closeDraft(draft, [...inputs, ...captured.map(([, inner]) => inner)], outputs),
    captured: [],
  }
  const results = bindAll('scan', [...carry.leaves, ...rows.leaves, ...captured.map(([outer]) => outer)], {
    body,
    carried: carry.leaves.length,
    sliced: rows.leaves.length,
    steps,
    reverse,
    unroll,
  })
  return [
    unflattenTree(carry.shape, results.slice(0, carry.leaves.length)) as Carry,
    unflattenTree(stacked.shape, results.slice(carry.leaves.length)) as Y,
  ] as unknown as Concrete<readonly [Start, Rows], readonly [Carry, Y]>
}

function stepsOf(rows: readonly Tensor[]): Dim {
  const lengths = new Set(rows.map(({ shape }) => shape[0]))
  const [steps] = lengths
  if (lengths.size === 1 && steps !== undefined) return steps
  throw new ShapeError(
    `scan: expected equal first axes of xs; received ${[...lengths].map(String).join(', ') || 'none'}.`,
    { expected: 'one length', received: [...lengths], where: 'scan' },
  )
}

/** Runs a function a fixed number of times: (carry, index) → carry. @throws {@link UsageError} for a count that is no whole number */
export function repeat<Carry extends TensorTree>(
  count: number,
  f: (carry: Carry, index: Tensor) => Carry,
  start: Carry,
  { unroll }: Pick<ScanOptions, 'unroll'> = {},
): Carry {
  if (!Number.isInteger(count) || count < 0)
    throw new UsageError(`repeat${userLine()}: the count is ${count}, expected a whole number from 0 on.`, {
      argument: 'count',
      received: count,
    })
  const [last] = scan(
    (carry: Carry, i: Tensor): readonly [Carry, Tensor[]] => [f(carry, i), []],
    start,
    arange(count),
    unroll === undefined ? {} : { unroll },
  )
  return last as Carry
}
