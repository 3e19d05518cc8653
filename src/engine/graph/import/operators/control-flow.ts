// Branches and loops. Where what decides is known when the file is read, one branch or a number of turns is left; a branch that
// depends on data is both of them and a choice, and such a loop a loop.
import type { GraphProto } from '../../../onnx/proto/index.js'
import type { NDArray } from '../../array.js'
import { arange } from '../../creation.js'
import { sameShape } from '../../dims.js'
import { scan as scanOperands } from '../../loops.js'
import * as t from '../../operations/index.js'
import { isValue, type Tensor } from '../../value.js'
import { whileLoop } from '../../while-loop.js'
import { type Held, integers, isSizes, scalar } from '../held.js'
import type { ImportedNode, OperatorRules, Results } from '../node.js'

function choose(node: ImportedNode): Results {
  const condition = node.tensor(0)
  const run = (name: string): readonly (Held | undefined)[] => node.run(node.graph(name), [])
  if (!isValue(condition)) return run(condition.data[0] === 0 ? 'else_branch' : 'then_branch')
  const [then, otherwise] = [run('then_branch'), run('else_branch')]
  const one = t.reshape(condition, [])
  return then.map((held, i) => {
    const [a, b] = [tensorOf(node, held), tensorOf(node, otherwise[i])]
    if (a.dtype === b.dtype && sameShape(a.shape, b.shape)) return t.where(one, a, b)
    throw node.fault(
      'its condition depends on data, and its branches give other shapes: neither can be chosen now.',
    )
  })
}

function tensorOf(node: ImportedNode, held: Held | undefined): Tensor {
  if (held === undefined) throw node.fault('an inner graph gives no number.')
  return isSizes(held) ? node.sizes.tensorOf(held) : held
}

// Beyond this many turns a loop stays one: what its body does with numbers that are known (its counter) is worth being done now,
// but not for a graph of thousands of steps.
const mostWrittenOut = 64

// A loop without a number of turns whose condition is known each time, such as one on its counter.
const mostUncounted = 10_000
// Beyond this the number stands for "until the condition fails": as many results could not be stacked.
const mostCounted = 2 ** 24

/** (turns, condition, carried…) → (carried…, stacked…); the inner graph gives (condition, carried…, stacked…). */
function loop(node: ImportedNode): Results {
  const body = node.graph('body')
  const turns = node.optional(0)
  const known = turns === undefined || isValue(turns) ? undefined : turns.data[0]!
  const start = node.optional(1) ?? scalar(1, 'bool')
  const written = isValue(start) ? undefined : writtenOut(node, body, { turns, known, start })
  if (written !== undefined) return written
  const stacks = (body.output?.length ?? 0) - 1 > node.inputs.length - 2
  return stacks ? countedLoop(node, body, known) : openLoop(node, body, { turns, start })
}

interface LoopStart {
  readonly turns: Tensor | undefined
  readonly start: Tensor
}

/** A loop that is short, or whose end is known each time. */
function writtenOut(
  node: ImportedNode,
  body: GraphProto,
  { turns, known, start }: LoopStart & { readonly known: number | undefined },
): Results {
  if ((start as NDArray).data[0] === 0) return turnByTurn(node, body, 0)
  if (turns === undefined) return turnByTurn(node, body, mostUncounted)
  return known !== undefined && known <= mostWrittenOut ? turnByTurn(node, body, known) : undefined
}

/** Turn by turn; undefined when it is data that end the loop. */
function turnByTurn(node: ImportedNode, body: GraphProto, turns: number): Results {
  let carried = node.inputs.slice(2)
  let runs = turns > 0
  const count = (body.output?.length ?? 0) - 1 - carried.length
  const stacked: Tensor[][] = Array.from({ length: count }, () => [])
  for (let i = 0; i < turns && runs; i++) {
    const [condition, ...results] = node.run(body, [
      integers([i], []),
      scalar(1, 'bool'),
      ...(carried as Held[]),
    ])
    if (condition === undefined || isSizes(condition) || isValue(condition)) return undefined
    runs = condition.data[0] !== 0
    results.slice(carried.length).forEach((held, k) => stacked[k]!.push(tensorOf(node, held)))
    carried = results.slice(0, carried.length)
  }
  return [...carried, ...stacked.map((parts) => stackOf(node, parts))]
}

/** The counter as the slices of a scan: what is stacked is so long. */
function countedLoop(node: ImportedNode, body: GraphProto, turns: number | undefined): Results {
  const [endless, carried] = [
    node.fault('how often it turns depends on data, so that what it stacks has no known length.'),
    node.inputs.length - 2,
  ]
  if (turns === undefined || turns > mostCounted) throw endless
  const start = node.inputs.slice(2).map((_, i) => node.tensor(2 + i))
  const [last, stacked] = scanOperands(
    (states: Tensor[], turn: Tensor) => {
      const [condition, ...results] = node.run(body, [turn, scalar(1, 'bool'), ...states])
      if (condition === undefined || isSizes(condition) || isValue(condition) || condition.data[0] === 0)
        throw endless
      const tensors = results.map((held) => tensorOf(node, held))
      return [tensors.slice(0, carried), tensors.slice(carried)]
    },
    start,
    arange(turns),
  )
  return [...last, ...stacked]
}

/** A loop that data end: its counter and its condition are carried too. */
function openLoop(node: ImportedNode, body: GraphProto, { turns, start }: LoopStart): Results {
  const states = node.inputs.slice(2).map((_, i) => node.tensor(2 + i))
  const first = t.reshape(start, [])
  const most = turns && t.reshape(t.cast(turns, 'int32'), [])
  const goesOn = ([turn, condition]: readonly Tensor[]): Tensor =>
    most === undefined ? condition! : t.and(condition!, t.less(turn!, most))
  const [, , ...last] = whileLoop(
    goesOn,
    ([turn, condition, ...own]: readonly Tensor[]): Tensor[] => {
      const [next, ...results] = node
        .run(body, [turn!, condition!, ...own])
        .map((held) => tensorOf(node, held))
      return [t.add(turn!, 1), t.reshape(next!, []), ...results]
    },
    [scalar(0, 'int32'), first, ...states],
  )
  return last
}

function stackOf(node: ImportedNode, parts: readonly Tensor[], axis = 0): Tensor {
  if (parts.length === 0) throw node.fault('it never turns, so that what it stacks has no shape.')
  return t.stack(parts, axis)
}

/** (states…, sequences…) → (states…, stacked…), a step for each element of the sequences. */
function scan(node: ImportedNode): Results {
  const body = node.graph('body')
  const sequences = node.int('num_scan_inputs', 1)
  const carried = node.inputs.length - sequences
  const axes = node.ints('scan_input_axes')
  const backwards = node.ints('scan_input_directions')
  // Rows in the order in which they are read, along the first axis.
  const rows = node.inputs.slice(carried).map((_, k) => {
    const row = toFront(node.tensor(carried + k), axes?.[k] ?? 0)
    return backwards?.[k] === 1 ? t.reverse(row, [0]) : row
  })
  const length = rows[0]!.shape[0]!
  const run = (states: readonly Held[], parts: readonly Tensor[]): readonly (Held | undefined)[] =>
    node.run(body, [...states, ...parts])
  const results =
    typeof length === 'number' && length <= mostWrittenOut
      ? scanWrittenOut(node, { rows, length, carried, run })
      : scanKept(node, { rows, carried, run })
  const order = node.ints('scan_output_directions')
  const outAxes = node.ints('scan_output_axes')
  return results.map((held, i) => {
    if (i < carried) return held
    const stacked = tensorOf(node, held)
    const turned = order?.[i - carried] === 1 ? t.reverse(stacked, [0]) : stacked
    return fromFront(turned, outAxes?.[i - carried] ?? 0)
  })
}

interface ScanOf {
  readonly rows: readonly Tensor[]
  readonly carried: number
  run(states: readonly Held[], parts: readonly Tensor[]): readonly (Held | undefined)[]
}

function scanWrittenOut(
  node: ImportedNode,
  { rows, length, carried, run }: ScanOf & { readonly length: number },
): readonly (Held | undefined)[] {
  let states: readonly (Held | undefined)[] = node.inputs.slice(0, carried)
  const stacked: Tensor[][] = []
  for (let i = 0; i < length; i++) {
    const results = run(
      states as Held[],
      rows.map((row) => t.at(row, i)),
    )
    states = results.slice(0, carried)
    results.slice(carried).forEach((held, k) => (stacked[k] ??= []).push(tensorOf(node, held)))
  }
  return [...states, ...stacked.map((parts) => stackOf(node, parts))]
}

function scanKept(node: ImportedNode, { rows, carried, run }: ScanOf): readonly Tensor[] {
  const start = node.inputs.slice(0, carried).map((_, i) => node.tensor(i))
  const [last, stacked] = scanOperands(
    (states: Tensor[], parts: Tensor[]) => {
      const results = run(states, parts).map((held) => tensorOf(node, held))
      return [results.slice(0, carried), results.slice(carried)]
    },
    start,
    [...rows],
  )
  return [...last, ...stacked]
}

const moved = (x: Tensor, from: number, to: number): Tensor =>
  t.transpose(
    x,
    x.shape
      .map((_, i) => i)
      .toSpliced(from, 1)
      .toSpliced(to, 0, from),
  )
const toFront = (x: Tensor, axis: number): Tensor => moved(x, axis < 0 ? axis + x.shape.length : axis, 0)
const fromFront = (x: Tensor, axis: number): Tensor => moved(x, 0, axis < 0 ? axis + x.shape.length : axis)

export const controlFlowOperators: OperatorRules = { If: choose, Loop: loop, Scan: scan }
