// The four networks of the benchmark as losses of { params, x, y }, written with the operations of modelwright/graph alone.
import { graph } from './program.js'

type Tensor = import('../../dist/engine/graph/index.js').Tensor
type Traced<In, Out> = import('../../dist/engine/graph/index.js').Traced<In, Out>
type Value = import('../../dist/engine/graph/index.js').Value
const { named, spec, t, trace } = graph

type Params = Readonly<Record<string, Value>>
type Loss = (input: { params: Params; x: Value; y: Value }) => Tensor

/** Mean of −log p of the right class. */
function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const picked = t.takeAlong(t.logSoftmax(logits), t.expandDims(labels, -1))
  return t.neg(t.mean(picked))
}

/** x Wᵀ + b, with weights as PyTorch keeps them. */
const linear = (x: Tensor, params: Params, name: string): Tensor =>
  t.add(t.matmul(x, params[`${name}.weight`]!, { transposeB: true }), params[`${name}.bias`]!)

const mlp: Loss = ({ params, x, y }) => {
  const hidden = t.relu(linear(t.relu(linear(x, params, '0')), params, '2'))
  return crossEntropy(linear(hidden, params, '4'), y)
}

const convolved = (x: Tensor, params: Params, name: string): Tensor => {
  const bias = t.reshape(params[`${name}.bias`]!, [-1, 1, 1])
  // The largest of a window before it is cut at zero: the same, on a quarter of the elements.
  return t.relu(t.maxPool(t.add(t.conv(x, params[`${name}.weight`]!, { padding: 1 }), bias), 2))
}

const cnn: Loss = ({ params, x, y }) => {
  const features = convolved(convolved(x, params, '0'), params, '3')
  const hidden = t.relu(linear(t.reshape(features, [features.shape[0]!, -1]), params, '7'))
  return crossEntropy(linear(hidden, params, '9'), y)
}

const heads = 4

function attention(x: Tensor, params: Params, name: string, mask: Tensor): Tensor {
  const [batch, length, width] = x.shape as [number, number, number]
  const split = t.split(linear(x, params, `${name}.qkv`), 3, 2)
  const [q, k, v] = split.map((part) =>
    t.transpose(t.reshape(part, [batch, length, heads, width / heads]), [0, 2, 1, 3]),
  ) as [Tensor, Tensor, Tensor]
  const scores = t.mul(t.matmul(q, k, { transposeB: true }), 1 / Math.sqrt(width / heads))
  const mixed = t.matmul(t.softmax(t.add(scores, mask)), v)
  return linear(t.reshape(t.transpose(mixed, [0, 2, 1, 3]), [batch, length, width]), params, `${name}.proj`)
}

const norm = (x: Tensor, params: Params, name: string): Tensor =>
  t.layerNorm(x, { scale: params[`${name}.weight`]!, bias: params[`${name}.bias`]! })

const gpt: Loss = ({ params, x, y }) => {
  const length = Number(x.shape[1])
  const ahead = Array.from({ length }, (_, i) => Array.from({ length }, (_, j) => (j > i ? -1e30 : 0)))
  const mask = t.add(0, ahead)
  let h: Tensor = t.add(t.gather(params['wte.weight']!, x), params['wpe.weight']!)
  for (let layer = 0; layer < 4; layer++) {
    const name = `blocks.${layer}`
    h = named(name, h, () => {
      const mixed = t.add(h, attention(norm(h, params, `${name}.ln1`), params, name, mask))
      const wide = t.gelu(linear(norm(mixed, params, `${name}.ln2`), params, `${name}.fc`))
      return t.add(mixed, linear(wide, params, `${name}.out`))
    })
  }
  const logits = t.matmul(norm(h, params, 'lnf'), params['wte.weight']!, { transposeB: true })
  return crossEntropy(t.reshape(logits, [-1, 65]), y)
}

const lstm: Loss = ({ params, x, y }) => {
  const [batch, length] = x.shape as [number, number]
  const width = 128
  const embedded = t.gather(params['emb.weight']!, t.transpose(x))
  const bias = t.add(params['lstm.bias_ih_l0']!, params['lstm.bias_hh_l0']!)
  const given = t.add(t.matmul(embedded, params['lstm.weight_ih_l0']!, { transposeB: true }), bias)
  let h: Tensor = t.zerosLike(t.at(embedded, 0))
  let c: Tensor = h
  const outputs: Tensor[] = []
  const steps = t.split(given, length, 0).map((part) => t.squeeze(part, [0]))
  for (const step of steps) {
    const gates = t.add(t.matmul(h, params['lstm.weight_hh_l0']!, { transposeB: true }), step)
    const [i, f, g, o] = t.split(gates, 4, 1) as [Tensor, Tensor, Tensor, Tensor]
    c = t.add(t.mul(t.sigmoid(f), c), t.mul(t.sigmoid(i), t.tanh(g)))
    h = t.mul(t.sigmoid(o), t.tanh(c))
    outputs.push(h)
  }
  const rows = t.reshape(t.concat(outputs, 0), [length * batch, width])
  const logits = t.reshape(linear(rows, params, 'out'), [length, batch, 65])
  return crossEntropy(t.reshape(t.transpose(logits, [1, 0, 2]), [length * batch, 65]), y)
}

export const losses = { mlp, cnn, gpt, lstm } as const
export type ModelName = keyof typeof losses

/** What the peer says of a model. */
export interface About {
  readonly parameters: readonly (readonly [string, readonly number[]])[]
  readonly x: readonly number[]
  readonly losses: readonly number[]
  readonly torch: string
}

/** The loss of a model as a graph. */
export function tracedLoss(model: ModelName, about: About): Traced<never, Value> {
  const params = Object.fromEntries(about.parameters.map(([name, shape]) => [name, spec('float32', shape)]))
  const tokens = model === 'gpt' || model === 'lstm'
  const rows = tokens ? about.x[0]! * about.x[1]! : about.x[0]!
  const specs = { params, x: spec(tokens ? 'int32' : 'float32', about.x), y: spec('int32', [rows]) }
  return trace(losses[model] as never, specs) as Traced<never, Value>
}
