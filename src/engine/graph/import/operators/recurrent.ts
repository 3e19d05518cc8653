// Recurrent networks: loops along the first axis, whose length may be a name.
import { full } from '../../creation.js'
import type { Dim } from '../../dims.js'
import { scan } from '../../loops.js'
import * as t from '../../operations/index.js'
import type { Tensor } from '../../value.js'
import { scalar } from '../held.js'
import type { ImportedNode, OperatorRules, Results } from '../node.js'

type Activation = (x: Tensor) => Tensor

/** What a cell does in one step. */
interface Cell {
  readonly gates: number
  /** Arrays that go from step to step; the first is the output. */
  readonly states: number
  readonly activations: readonly string[]
  step(given: Step): readonly Tensor[]
}

interface Step {
  /** What the input gives, biases of the input included. */
  readonly given: Tensor
  readonly states: readonly Tensor[]
  readonly weights: Weights
  readonly node: ImportedNode
}

/** Of one direction. */
interface Weights {
  /** [gates · units, inputs] */
  readonly input: Tensor
  /** [gates · units, units] */
  readonly hidden: Tensor
  readonly hiddenBias: Tensor | undefined
  readonly inputBias: Tensor | undefined
  /** What LSTM cells see of their own state: [3 · units] */
  readonly peepholes: Tensor | undefined
  readonly activations: readonly Activation[]
}

const product = (x: Tensor, w: Tensor): Tensor => t.matmul(x, w, { transposeB: true })
const plus = (x: Tensor, y: Tensor | undefined): Tensor => (y === undefined ? x : t.add(x, y))

/** Gates in the order input, output, forget, cell. */
const lstm: Cell = {
  gates: 4,
  states: 2,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  step({ given, states, weights, node }) {
    const [h, c] = states as [Tensor, Tensor]
    const [f, g, last] = weights.activations as [Activation, Activation, Activation]
    const all = plus(t.add(given, product(h, weights.hidden)), weights.hiddenBias)
    const [i, o, forget, cell] = t.split(all, 4, 1) as [Tensor, Tensor, Tensor, Tensor]
    const peeps = weights.peepholes === undefined ? [] : t.split(weights.peepholes, 3, 0)
    const seen = (gate: Tensor, k: number, state: Tensor): Tensor =>
      peeps[k] === undefined ? gate : t.add(gate, t.mul(peeps[k], state))
    const input = f(seen(i, 0, c))
    const keep = node.int('input_forget', 0) === 1 ? t.sub(1, input) : f(seen(forget, 2, c))
    const next = t.add(t.mul(keep, c), t.mul(input, g(cell)))
    return [t.mul(f(seen(o, 1, next)), last(next)), next]
  },
}

/** Gates in the order update, reset, hidden. */
const gru: Cell = {
  gates: 3,
  states: 1,
  activations: ['Sigmoid', 'Tanh'],
  step({ given, states, weights, node }) {
    const [h] = states as [Tensor]
    const [f, g] = weights.activations as [Activation, Activation]
    const [zx, rx, nx] = t.split(given, 3, 1) as [Tensor, Tensor, Tensor]
    const parts = t.split(weights.hidden, 3, 0) as [Tensor, Tensor, Tensor]
    const biases = weights.hiddenBias === undefined ? [] : t.split(weights.hiddenBias, 3, 0)
    const hidden = (x: Tensor, k: number): Tensor => plus(product(x, parts[k]!), biases[k])
    const z = f(t.add(zx, hidden(h, 0)))
    const r = f(t.add(rx, hidden(h, 1)))
    const after = node.int('linear_before_reset', 0) === 1
    const n = g(t.add(nx, after ? t.mul(r, hidden(h, 2)) : hidden(t.mul(r, h), 2)))
    return [t.add(n, t.mul(z, t.sub(h, n)))]
  },
}

const rnn: Cell = {
  gates: 1,
  states: 1,
  activations: ['Tanh'],
  step: ({ given, states, weights }) => [
    weights.activations[0]!(plus(t.add(given, product(states[0]!, weights.hidden)), weights.hiddenBias)),
  ],
}

const activations: Readonly<Record<string, Activation>> = {
  sigmoid: t.sigmoid,
  tanh: t.tanh,
  relu: t.relu,
  softplus: t.softplus,
  softsign: (x) => t.div(x, t.add(t.abs(x), 1)),
  hardsigmoid: (x) => t.minimum(t.maximum(t.add(t.mul(x, 0.2), 0.5), 0), 1),
}

const recurrent =
  (cell: Cell) =>
  (node: ImportedNode): Results => {
    if (node.floats('activation_alpha') !== undefined || node.float('clip', 0) !== 0)
      throw node.fault('clipped cells and activations with parameters are not carried.')
    // [time, batch, …]; the other way around where the layout says so.
    const swapped = node.int('layout', 0) === 1
    const turn = (x: Tensor): Tensor =>
      swapped ? t.transpose(x, [1, 0, ...x.shape.map((_, i) => i).slice(2)]) : x
    const x = turn(node.tensor(0))
    const direction = node.text('direction', 'forward')
    const passes = (direction === 'bidirectional' ? [false, true] : [direction === 'reverse']).map(
      (reverse, k) => pass(cell, node, { x, k, reverse, start: startOf(node, cell, { x, k, turn }) }),
    )
    const outputs = t.stack(
      passes.map((one) => one.outputs),
      1,
    )
    const last = Array.from({ length: cell.states }, (_, i) =>
      turn(t.stack(passes.map((one) => one.states[i]!))),
    )
    return [swapped ? t.transpose(outputs, [2, 0, 1, 3]) : outputs, ...last]
  }

/** The part of a direction of an input that has a row for each. */
const partOf = (x: Tensor | undefined, k: number): Tensor | undefined => x && t.at(x, k)

function weightsOf(cell: Cell, node: ImportedNode, k: number): Weights {
  const hidden = partOf(node.tensor(2), k)!
  const bias = partOf(node.optional(3), k)
  const [inputBias, hiddenBias] = bias === undefined ? [] : t.split(bias, 2, 0)
  const names = node.texts('activations') ?? []
  const own = names.slice(k * cell.activations.length, (k + 1) * cell.activations.length)
  return {
    input: partOf(node.tensor(1), k)!,
    hidden,
    inputBias,
    hiddenBias,
    peepholes: cell === lstm ? partOf(node.optional(7), k) : undefined,
    activations: (own.length > 0 ? own : cell.activations).map((name) => {
      const activation = activations[name.toLowerCase()]
      if (activation === undefined)
        throw node.fault(`the activation '${name}' is not one that can be imported.`)
      return activation
    }),
  }
}

function startOf(
  node: ImportedNode,
  cell: Cell,
  { x, k, turn }: { readonly x: Tensor; readonly k: number; readonly turn: (x: Tensor) => Tensor },
): readonly Tensor[] {
  const units = Number(node.tensor(2).shape[2])
  return Array.from({ length: cell.states }, (_, i) => {
    const given = node.optional(5 + i)
    const shape = [x.shape[1]!, units]
    return given === undefined
      ? node.sizes.filled(scalar(0, x.dtype), shape)
      : t.broadcastTo(t.at(turn(given), k), shape)
  })
}

interface Pass {
  readonly x: Tensor
  /** Which direction's weights. */
  readonly k: number
  readonly reverse: boolean
  readonly start: readonly Tensor[]
}

function pass(
  cell: Cell,
  node: ImportedNode,
  { x, k, reverse, start }: Pass,
): { readonly outputs: Tensor; readonly states: readonly Tensor[] } {
  const weights = weightsOf(cell, node, k)
  // One product for all times; what depends on the step before is left.
  const all = plus(product(x, weights.input), weights.inputBias)
  const lengths = node.optional(4)
  const [states, outputs] = scan(
    (before: readonly Tensor[], [given, step]: readonly Tensor[]): readonly [readonly Tensor[], Tensor] => {
      const next = cell.step({ given: given!, states: before, weights, node })
      if (lengths === undefined) return [next, next[0]!]
      // A sequence that has ended keeps its state and gives zeros.
      const runs = t.expandDims(t.less(step!, lengths), 1)
      return [
        next.map((state, j) => t.where(runs, state, before[j]!)),
        t.where(runs, next[0]!, zeroOf(next[0]!)),
      ]
    },
    start,
    lengths === undefined ? [all] : [all, t.iota(all, 0)],
    { reverse },
  )
  return { outputs, states }
}

const zeroOf = ({ dtype }: { readonly dtype: Tensor['dtype']; readonly shape: readonly Dim[] }): Tensor =>
  full([], 0, dtype)

export const recurrentOperators: OperatorRules = {
  LSTM: recurrent(lstm),
  GRU: recurrent(gru),
  RNN: recurrent(rnn),
}
