// Recurrent layers over [batch, time, features]. Parameters have PyTorch's names and layouts.
import { flag, type OptionChecks, ShapeError } from '../../../base/index.js'
import { scan, t, type Tensor } from '../../../engine/graph/index.js'
import { byInputs } from '../initializers.js'
import { type Layer, ofKind, type Scope } from '../scope.js'
import { checkLayer, count, requireAxes } from './arguments.js'
import { widthOf } from './dense.js'

/** Options of recurrent layers. */
export interface RecurrentOptions {
  /** Layers on top of each other. @default 1 */
  readonly layers?: number
  /** Reads from both ends; outputs stand beside each other. @default false */
  readonly bidirectional?: boolean
  /** Outputs of all times, [batch, time, units], or of the last only, [batch, units]. @default true */
  readonly sequences?: boolean
  /**
   * Writes each step out in place of a loop, for sequences of a known length. Steps of training take a tenth less time, and
   * opening takes longer: 0.7 s for 64 steps, 80 s for 1,024. @default false
   */
  readonly unroll?: boolean
}

/** How a cell steps: from what was and what the input gives to what is. */
interface Cell {
  /** Numbers that the input gives for each unit. */
  readonly gates: number
  /** How many arrays of the size of the output are carried; the first is the output. */
  readonly states: number
  step(given: Tensor, states: readonly Tensor[], weights: Weights): readonly Tensor[]
}

interface Weights {
  readonly hidden: Tensor
  readonly hiddenBias: Tensor
}

const linear = (x: Tensor, weight: Tensor, bias: Tensor): Tensor =>
  t.add(t.matmul(x, weight, { transposeB: true }), bias)

const lstmCell: Cell = {
  gates: 4,
  states: 2,
  step(given, [h, c], { hidden, hiddenBias }) {
    const all = t.add(t.add(t.matmul(h!, hidden, { transposeB: true }), given), hiddenBias)
    const [i, f, g, o] = t.split(all, 4, 1) as [Tensor, Tensor, Tensor, Tensor]
    const next = t.add(t.mul(t.sigmoid(f), c!), t.mul(t.sigmoid(i), t.tanh(g)))
    return [t.mul(t.sigmoid(o), t.tanh(next)), next]
  },
}

const gruCell: Cell = {
  gates: 3,
  states: 1,
  step(given, [h], { hidden, hiddenBias }) {
    const [ri, zi, ni] = t.split(given, 3, 1) as [Tensor, Tensor, Tensor]
    const [rh, zh, nh] = t.split(linear(h!, hidden, hiddenBias), 3, 1) as [Tensor, Tensor, Tensor]
    const [r, z] = [t.sigmoid(t.add(ri, rh)), t.sigmoid(t.add(zi, zh))]
    const n = t.tanh(t.add(ni, t.mul(r, nh)))
    return [t.add(n, t.mul(z, t.sub(h!, n)))]
  },
}

/** [time, batch, features] to [time, batch, units]. */
function pass(
  cell: Cell,
  x: Tensor,
  given: { units: number; scope: Scope; suffix: string; reverse: boolean; unroll: boolean },
): Tensor {
  const { units, scope, suffix, reverse, unroll } = given
  const features = widthOf(x, 'recurrent layer')
  const rows = cell.gates * units
  const init = byInputs(units)
  const parameter = (name: string, shape: readonly number[]): Tensor =>
    scope.parameter(`${name}_${suffix}`, shape, init)
  const inputWeight = parameter('weight_ih', [rows, features])
  const hidden = parameter('weight_hh', [rows, units])
  const inputBias = parameter('bias_ih', [rows])
  const weights = { hidden, hiddenBias: parameter('bias_hh', [rows]) }
  // One product for all times; what depends on the step before is left.
  const all = linear(x, inputWeight, inputBias)
  // Any array of [batch, gates]; of an unknown number of times none can be taken out.
  const one = typeof all.shape[0] === 'number' ? t.at(all, 0) : t.sum(all, { axes: 0 })
  const first = t.zerosLike(t.slice(one, [null, [0, units]]))
  const start = Array.from({ length: cell.states }, () => first)
  const step = (states: readonly Tensor[], now: Tensor): readonly Tensor[] => cell.step(now, states, weights)
  if (unroll) return writtenOut(step, start, { all, reverse })
  const [, outputs] = scan(
    (states: Tensor[], now: Tensor) => {
      const next = step(states, now)
      return [[...next], next[0]!] as [Tensor[], Tensor]
    },
    start,
    all,
    { reverse },
  )
  return outputs
}

/** Each step by itself. A loop that is unrolled later would compute steps again for its gradient; here they are all kept. */
function writtenOut(
  step: (states: readonly Tensor[], now: Tensor) => readonly Tensor[],
  start: readonly Tensor[],
  { all, reverse }: { readonly all: Tensor; readonly reverse: boolean },
): Tensor {
  const [time, batch, rows] = all.shape
  if (typeof time !== 'number')
    throw new ShapeError(
      `recurrent layer: unroll needs sequences of a known length; this one is '${time}' long. Give the length in the input's shape, or leave unroll out.`,
      { expected: 'a number', received: time, where: 'unroll' },
    )
  const parts = t.split(all, time, 0).map((part) => t.reshape(part, [batch!, rows!]))
  const outputs: Tensor[] = []
  let states = start
  for (const part of reverse ? parts.toReversed() : parts) {
    states = step(states, part)
    outputs.push(states[0]!)
  }
  return t.stack(reverse ? outputs.toReversed() : outputs)
}

const checks: OptionChecks<RecurrentOptions> = {
  layers: count,
  bidirectional: flag({ default: false }),
  sequences: flag({ default: true }),
  unroll: flag({ default: false }),
}

function recurrent(cell: Cell, kind: string) {
  return (units: number, options: RecurrentOptions = {}): Layer => {
    checkLayer(kind, { units: [units, count] }, options, checks)
    const { layers = 1, bidirectional = false, sequences = true, unroll = false } = options
    return ofKind(kind, (x, scope) => {
      requireAxes(kind, x, ['batch', 'time', 'features'])
      let h: Tensor = t.transpose(x, [1, 0, 2])
      for (let layer = 0; layer < layers; layer++) {
        const forward = pass(cell, h, { units, scope, suffix: `l${layer}`, reverse: false, unroll })
        if (!bidirectional) h = forward
        else {
          const backward = pass(cell, h, { units, scope, suffix: `l${layer}_reverse`, reverse: true, unroll })
          h = t.concat([forward, backward], 2)
        }
      }
      if (sequences) return t.transpose(h, [1, 0, 2])
      if (!bidirectional) return t.at(h, -1)
      // Each direction's last step: the end of one, the beginning of the other.
      const [forward, backward] = t.split(h, 2, 2) as [Tensor, Tensor]
      return t.concat([t.at(forward, -1), t.at(backward, 0)], 1)
    })
  }
}

/**
 * Long short-term memory over [batch, time, features].
 *
 * c ← σ(f) c + σ(i) tanh(g), h ← σ(o) tanh(c), with i, f, g, o = W x + b + U h + d; h and c begin at 0.
 *
 * @param units - the length of h
 * @returns [batch, time, units], or [batch, units] of the last time; twice the units where it reads from both ends
 * @see Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735
 * @example
 * ```ts
 * const layer = lstm(16, { bidirectional: true, sequences: false })
 * network(layer, spec('float32', ['batch', 20, 8])).output.shape // => ['batch', 32]
 * ```
 */
export const lstm = recurrent(lstmCell, 'lstm')
/**
 * Gated recurrent units over [batch, time, features].
 *
 * h ← (1 − z) n + z h, with r = σ(r(x, h)), z = σ(z(x, h)) and n = tanh(n(x) + r · n(h)), as PyTorch has them; h begins at 0.
 *
 * @param units - the length of h
 * @returns as {@link lstm}
 * @see Cho et al. 2014, arXiv:1406.1078
 */
export const gru = recurrent(gruCell, 'gru')
