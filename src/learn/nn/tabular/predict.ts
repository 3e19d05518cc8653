// Scores of a fitted network for tables: in loops for few rows, on the runtime for many, and as a graph.
import type { Matrix } from '../../../data/index.js'
import {
  array,
  compile,
  emitInto,
  type NDArray,
  spec,
  t,
  type Tensor,
  trace,
} from '../../../engine/graph/index.js'
import type { GraphBuilder, Value } from '../../../engine/onnx/index.js'
import { network } from '../network.js'
import { embedRows } from './embed-rows.js'
import { tabularEnsemble } from './ensemble.js'
import type { MlpState } from './fit.js'
import { arrangeInGraph } from './inputs-graph.js'
import { arrange } from './inputs.js'
import { denseRelu, memberOutputs, scaled } from './predict.kernel.js'

/** How members' scores [members, N, outputs] come to predictions: in the graph, and in memory. */
export type Finish = 'softmax' | 'value'

/** Rows × outputs, the mean over the members: of probabilities, or of values. */
export function predictRows(state: MlpState, x: Matrix, finish: Finish): Float64Array {
  const { members, outputs, hiddenLayers, values, target } = state
  let h = scaled(embedRows(state, arrange(x, state.inputs), x.rows), x.rows, values['scale']!, members)
  for (let i = 0; i < hiddenLayers; i++)
    h = denseRelu(h, members * x.rows, values[`hidden.${i}.weight`]!, values[`hidden.${i}.bias`]!)
  const scores = memberOutputs(h, x.rows, values['output.weight']!, values['output.bias']!, members)
  const answers = new Float64Array(x.rows * outputs)
  for (let m = 0; m < members; m++)
    for (let i = 0; i < x.rows; i++) {
      const own = scores.subarray((m * x.rows + i) * outputs, (m * x.rows + i + 1) * outputs)
      const part = finish === 'softmax' ? softmaxOf(own) : own
      for (let o = 0; o < outputs; o++) answers[i * outputs + o]! += part[o]! / members
    }
  if (finish === 'softmax') return answers
  const { center, scale, low, high } = target
  return answers.map((value) => Math.min(high, Math.max(low, value * scale + center)))
}

function softmaxOf(scores: Float64Array): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b))
  const powers = scores.map((score) => Math.exp(score - most))
  const total = powers.reduce((a, b) => a + b)
  return powers.map((power) => power / total)
}

// Below so many rows opening a session costs more than the loops.
const fewRows = 256
// Rows of one run: the members' hidden numbers of all of them are in memory at once.
const rowsOfRun = 4096

/** The same for many rows, on the runtime. */
export async function predictMany(state: MlpState, x: Matrix, finish: Finish): Promise<Float64Array> {
  if (x.rows < fewRows) return predictRows(state, x, finish)
  await using compiled = await compile(tracedOf(state, finish))
  const arranged = arrange(x, state.inputs)
  const columns = state.inputs.order.length
  const answers = new Float64Array(x.rows * state.outputs)
  for (let start = 0; start < x.rows; start += rowsOfRun) {
    const stop = Math.min(x.rows, start + rowsOfRun)
    const part = arranged.slice(start * columns, stop * columns)
    const found = (await compiled.run(
      array(part, { shape: [stop - start, columns] }) as never,
    )) as unknown as NDArray
    answers.set(found.data, start * state.outputs)
  }
  return answers
}

/** float64 probabilities [N, k] or values [N, 1]. */
export function predictGraph(state: MlpState, x: Value, graph: GraphBuilder, finish: Finish): Value {
  return emitInto(graph, tracedOf(state, finish), [arrangeInGraph(graph, x, state.inputs)])[0]!
}

function tracedOf(state: MlpState, finish: Finish) {
  const { members, outputs, hiddenLayers, values, shapes, inputs, numericEmbeddings } = state
  const sizes = Array.from({ length: hiddenLayers }, (_, i) => shapes[`hidden.${i}.bias`]![0]!)
  const input = spec('float32', ['batch', inputs.order.length])
  const form = { inputs: { ...inputs, numericEmbeddings }, members, hiddenLayers: sizes, outputs }
  const net = network(tabularEnsemble({ ...form, dropout: 0 }), input)
  const weights = Object.fromEntries(
    Object.entries(values).map(([path, data]) => [path, array(data, { shape: shapes[path]! })]),
  )
  return trace((x: Tensor) => finished(net.apply(weights, x), state, finish), input as never)
}

function finished(scores: Tensor, { target }: MlpState, finish: Finish): Tensor {
  if (finish === 'softmax') return t.mean(t.cast(t.softmax(scores), 'float64'), { axes: 0 })
  const { center, scale, low, high } = target
  const values = t.add(t.mul(t.mean(t.cast(scores, 'float64'), { axes: 0 }), scale), center)
  return t.minimum(t.maximum(values, low), high)
}
