// The gradient of weights that are used at every step of a sequence is a sum of small products, Σ AₜᵀBₜ. It is one product of
// all Aₜ under each other with all Bₜ: the runtime is faster at one that is long, and no sum is read and written at each step.
import { addNode, bindAll, into } from '../bind.js'
import { sameShape } from '../dims.js'
import { inline } from '../inline.js'
import { add, concat, matmul } from '../operations/index.js'
import { closeDraft, type Graph, newDraft, newValue, type Node, type Tensor, type Value } from '../value.js'

// Two products of 32 × 512 with 32 × 128 take 0.20 ms apart and 0.29 as one, with the copies; three 0.28 and 0.35.
const fewest = 4
// Eight products over 512 rows take 7.2 ms apart and 8.9 as one: long ones are fast by themselves.
const mostRows = 256

/** A sum as its terms. */
interface Sum {
  readonly products: readonly Node<'matmul'>[]
  readonly others: readonly Value[]
}

/** Writes sums of small products as one product. */
export function joinProducts(graph: Graph): Graph {
  const sums = sumsOf(graph)
  if (sums.size === 0) return graph
  const draft = newDraft()
  const inputs = graph.inputs.map((input) => newValue(draft, input))
  const known = new Map<Value, Tensor>()
  const outputs = inline(graph, inputs, (node, operands) => {
    node.inputs.forEach((input, i) => known.set(input, operands[i]!))
    const sum = sums.get(node)
    const { primitive, params, outputs: specs } = node
    const results =
      sum === undefined
        ? operands.length === 0
          ? addNode(draft, { primitive, inputs: [], params, specs })
          : bindAll(primitive, operands, params)
        : [joined(sum, (value) => known.get(value)!)]
    node.outputs.forEach((output, i) => known.set(output, results[i]!))
    return results
  })
  return closeDraft(
    draft,
    inputs,
    outputs.map((output) => into(draft, output)),
  )
}

function joined({ products, others }: Sum, known: (value: Value) => Tensor): Tensor {
  const [left, right] = [0, 1].map((side) =>
    concat(
      products.map(({ inputs }) => known(inputs[side]!)),
      0,
    ),
  ) as [Tensor, Tensor]
  return others.reduce((sum, other) => add(sum, known(other)), matmul(left, right, { transposeA: true }))
}

/** The last addition of each sum that has enough products. */
function sumsOf(graph: Graph): ReadonlyMap<Node, Sum> {
  const makers = new Map<Value, Node>()
  const places = new Map<Value, number>()
  const uses = new Map<Value, number>()
  for (const [place, node] of graph.nodes.entries()) {
    for (const output of node.outputs) {
      makers.set(output, node)
      places.set(output, place)
    }
    for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1)
  }
  for (const output of graph.outputs) uses.set(output, (uses.get(output) ?? 0) + 1)
  const own = (value: Value): Node | undefined => (uses.get(value) === 1 ? makers.get(value) : undefined)
  const inside = new Set<Node>()
  const sums = new Map<Node, Sum>()
  for (const node of graph.nodes.toReversed()) {
    if (!isPlainSum(node) || inside.has(node)) continue
    const terms = termsOf(node, own, inside)
    const products = terms.map(own).filter((maker) => maker !== undefined && isSmallProduct(maker))
    const alike = (products as Node<'matmul'>[]).filter((product) => sameFactors(product, products[0]!))
    if (alike.length < fewest) continue
    // In the order of the sequence, in which the same parts may stand under each other elsewhere already.
    const place = ({ inputs }: Node): number => places.get(inputs[1]!) ?? -1
    alike.sort((a, b) => place(a) - place(b))
    const taken = new Set(alike.map(({ outputs }) => outputs[0]))
    sums.set(node, { products: alike, others: terms.filter((term) => !taken.has(term)) })
  }
  return sums
}

/** The terms of nested additions in which each sum is used only once. */
function termsOf(node: Node, own: (value: Value) => Node | undefined, inside: Set<Node>): Value[] {
  const terms: Value[] = []
  const pending = [...node.inputs]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const maker = own(value)
    if (maker === undefined || !isPlainSum(maker)) terms.push(value)
    else {
      inside.add(maker)
      pending.push(...maker.inputs)
    }
  }
  return terms
}

/** An addition that repeats neither operand. */
const isPlainSum = ({ primitive, inputs, outputs }: Node): boolean =>
  primitive === 'add' && inputs.every(({ shape }) => sameShape(shape, outputs[0]!.shape))

function isSmallProduct({ primitive, params, inputs }: Node): boolean {
  if (primitive !== 'matmul' || !params.transposeA || params.transposeB) return false
  const rows = inputs[0]!.shape[0]!
  return inputs.every(({ shape }) => shape.length === 2) && (typeof rows === 'string' || rows <= mostRows)
}

const sameFactors = (a: Node, b: Node): boolean =>
  a.inputs.every(({ shape }, i) => sameShape(shape, b.inputs[i]!.shape))
