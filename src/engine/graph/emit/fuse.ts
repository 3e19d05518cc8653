// Steps that the runtime does in one: a matrix product or a convolution, and the bias that follows it.
import type { Value as OnnxValue } from '../../onnx/index.js'
import { product, sameShape, type Shape } from '../dims.js'
import type { Graph, Node, Value } from '../value.js'
import { type EmitContext, op, reshape } from './context.js'
import { convolution } from './windows.js'

/** A step to write: a node as it is, or several in one operator. */
export interface Step {
  readonly node: Node
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  readonly emit?: (context: EmitContext, inputs: readonly OnnxValue[]) => OnnxValue
}

export interface FusedGraph {
  readonly steps: readonly Step[]
}

/** Finds what goes together; every other node is a step of its own. */
export function fuse(graph: Graph): FusedGraph {
  const makers = new Map<Value, Node>()
  const uses = new Map<Value, number>()
  for (const node of graph.nodes) {
    for (const output of node.outputs) makers.set(output, node)
    for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1)
  }
  for (const output of graph.outputs) uses.set(output, (uses.get(output) ?? 0) + 1)
  const gone = new Set<Node>()
  const fused = new Map<Node, Step>()
  for (const node of graph.nodes) {
    const step = biased(node, makers, uses)
    if (step === undefined) continue
    fused.set(node, step)
    gone.add(makers.get(step.product)!)
  }
  return {
    steps: graph.nodes
      .filter((node) => !gone.has(node))
      .map((node) => fused.get(node) ?? { node, inputs: node.inputs, outputs: node.outputs }),
  }
}

type Makers = ReadonlyMap<Value, Node>

/** A product and the bias that is added to nothing but it, whichever stands first: their operator adds while it writes. */
function biased(
  node: Node,
  makers: Makers,
  uses: ReadonlyMap<Value, number>,
): (Step & { readonly product: Value }) | undefined {
  if (node.primitive !== 'add') return undefined
  for (const [i, product] of node.inputs.entries()) {
    const maker = makers.get(product)
    if (maker === undefined || uses.get(product) !== 1) continue
    const fused = withBias(maker, node.inputs[1 - i]!, makers)
    if (fused !== undefined) return { node, product, outputs: node.outputs, ...fused }
  }
  return undefined
}

/** The operator for a product and its bias; undefined where there is none. */
function withBias(maker: Node, bias: Value, makers: Makers): Pick<Step, 'inputs' | 'emit'> | undefined {
  if (maker.primitive === 'matmul' && isGemm(maker, bias))
    return { inputs: [...maker.inputs, bias], emit: gemm(maker, maker.outputs[0]!) }
  const perFilter = maker.primitive === 'conv' ? filterBias(maker, makers.get(bias)) : undefined
  if (maker.primitive !== 'conv' || perFilter === undefined) return undefined
  return {
    inputs: [...maker.inputs, perFilter],
    emit: (context, inputs) => convolution(context, inputs, maker),
  }
}

/** The vector behind a bias that has been shaped to a number for each filter. */
function filterBias({ outputs }: Node<'conv'>, shaped: Node | undefined): Value | undefined {
  if (shaped?.primitive !== 'reshape') return undefined
  const bias = shaped.inputs[0]!
  const [, filters, ...spatial] = outputs[0]!.shape
  const shape: Shape = [filters!, ...spatial.map(() => 1)]
  return sameShape(bias.shape, [filters!]) && sameShape(shaped.outputs[0]!.shape, shape) ? bias : undefined
}

function isGemm({ inputs, outputs, params }: Node<'matmul'>, bias: Value): boolean {
  const [a, b] = inputs as [Value, Value]
  if (b.shape.length !== 2 || (a.shape.length > 2 && params.transposeA)) return false
  const width = outputs[0]!.shape.at(-1)
  if (bias.shape.length === 1) return bias.shape[0] === width
  return (
    a.shape.length === 2 &&
    bias.shape.length === 2 &&
    bias.shape.every((dim, i) => dim === outputs[0]!.shape[i])
  )
}

const gemm =
  ({ inputs, params }: Node<'matmul'>, like: Value) =>
  (context: EmitContext, [a, b, bias]: readonly OnnxValue[]): OnnxValue => {
    const { shape } = inputs[0]!
    const flat = shape.length === 2
    const rows = flat ? a! : reshape(context, a!, [product(shape.slice(0, -1)), shape.at(-1)!])
    const result = op(context, 'Gemm', {
      inputs: [rows, b!, bias!],
      attributes: { transA: flat && params.transposeA, transB: params.transposeB },
      like,
    })
    return flat ? result : reshape(context, result, like.shape)
  }
