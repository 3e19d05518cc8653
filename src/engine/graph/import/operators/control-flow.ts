// Branches and loops. What decides must be known when the file is read, so that one branch or a number of turns is left;
// a branch that depends on data is both of them and a choice.
import { sameShape } from '../../dims.js'
import * as t from '../../operations/index.js'
import { isValue, type Tensor } from '../../value.js'
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

// Beyond this many turns a graph that is written out helps nobody.
const mostTurns = 10_000

/** (turns, condition, carried…) → (carried…, stacked…); the inner graph gives (condition, carried…, stacked…). */
function loop(node: ImportedNode): Results {
  const body = node.graph('body')
  const turns = node.inputs[0] === undefined ? mostTurns : node.known(0)!.data[0]!
  let carried = node.inputs.slice(2)
  let runs = node.inputs[1] === undefined || node.known(1)!.data[0] !== 0
  const stacked: Tensor[][] = Array.from(
    { length: (body.output?.length ?? 0) - 1 - carried.length },
    () => [],
  )
  for (let i = 0; i < turns && runs; i++) {
    if (i >= mostTurns) throw node.fault(`more than ${mostTurns} turns cannot be written out.`)
    const [condition, ...results] = node.run(body, [
      integers([i], []),
      scalar(1, 'bool'),
      ...(carried as Held[]),
    ])
    if (condition === undefined || isSizes(condition) || isValue(condition))
      throw node.fault('how often it turns depends on data: its length is not known when the file is read.')
    runs = condition.data[0] !== 0
    results.slice(carried.length).forEach((held, k) => stacked[k]!.push(tensorOf(node, held)))
    carried = results.slice(0, carried.length)
  }
  return [...carried, ...stacked.map((parts) => stackOf(node, parts))]
}

function stackOf(node: ImportedNode, parts: readonly Tensor[], axis = 0): Tensor {
  if (parts.length === 0) throw node.fault('it never turns, so that what it stacks has no shape.')
  return t.stack(parts, axis)
}

/** (states…, sequences…) → (states…, stacked…), a step for each element of the sequences. */
function scan(node: ImportedNode): Results {
  const body = node.graph('body')
  const sequences = node.int('num_scan_inputs', 1)
  const states = node.inputs.length - sequences
  const rows = node.inputs.slice(states).map((_, i) => node.tensor(states + i))
  const axes = node.ints('scan_input_axes') ?? rows.map(() => 0)
  const backwards = node.ints('scan_input_directions') ?? rows.map(() => 0)
  const length = rows[0]!.shape[axes[0]!]
  if (typeof length !== 'number') throw node.fault(`the number of steps, '${length}', must be known.`)
  let carried: readonly (Held | undefined)[] = node.inputs.slice(0, states)
  const stacked: Tensor[][] = Array.from({ length: (body.output?.length ?? 0) - states }, () => [])
  for (let i = 0; i < length; i++) {
    const parts = rows.map((row, k) => t.at(row, backwards[k] === 1 ? length - 1 - i : i, axes[k]))
    const results = node.run(body, [...(carried as Held[]), ...parts])
    carried = results.slice(0, states)
    results.slice(states).forEach((held, k) => stacked[k]!.push(tensorOf(node, held)))
  }
  const order = node.ints('scan_output_directions') ?? []
  const outAxes = node.ints('scan_output_axes') ?? []
  const outputs = stacked.map((parts, k) =>
    stackOf(node, order[k] === 1 ? parts.toReversed() : parts, outAxes[k] ?? 0),
  )
  return [...carried, ...outputs]
}

export const controlFlowOperators: OperatorRules = { If: choose, Loop: loop, Scan: scan }
