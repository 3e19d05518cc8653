// Rules of algebra and equal steps, applied while a graph is replayed.
import { type NDArray, sizeOf } from '../array.js'
import { addNode, bindAll, into } from '../bind.js'
import { broadcastShapes, isStatic, sameShape, type Shape } from '../dims.js'
import type { Visit } from '../inline.js'
import type { Primitive } from '../primitives.js'
import { concat, reshape } from '../operations/index.js'
import { type Draft, isValue, type Node, type Tensor, type Value } from '../value.js'

// Larger arrays are made when the graph runs: a file full of zeros helps nobody.
const foldedSize = 4096

/** Whether a step of constants is better computed now; loops, which may be long, are left to the runtime. */
const isFolded = ({ primitive, outputs }: Node, operands: readonly Tensor[]): boolean =>
  primitive !== 'scan' &&
  primitive !== 'whileLoop' &&
  operands.length > 0 &&
  operands.every((operand) => !isValue(operand)) &&
  outputs.every(({ shape }) => isStatic(shape) && sizeOf(shape) <= foldedSize)

/** A visit that adds to a draft only what is not there yet. */
export function simplifying(draft: Draft): Visit {
  const seen = new Map<string, readonly Tensor[]>()
  const makers = new Map<Value, { readonly node: Node; readonly operands: readonly Tensor[] }>()
  const identities = new Map<object, number>()
  const identify = (thing: object): number => {
    const known = identities.get(thing) ?? identities.size
    identities.set(thing, known)
    return known
  }
  return (node, given) => {
    const operands = narrow(node, given, makers)
    const simple = simplified(node, operands, makers)
    if (simple !== undefined) return [simple]
    const key = `${node.primitive}(${operands.map(identify).join(',')})${paramsKey(node, identify)}`
    const known = seen.get(key)
    if (known !== undefined) return known
    const inputs = isFolded(node, operands) ? operands : operands.map((operand) => into(draft, operand))
    const results =
      operands.length === 0
        ? addNode(draft, { primitive: node.primitive, inputs: [], params: node.params, specs: node.outputs })
        : bindAll(node.primitive, inputs, node.params)
    seen.set(key, results)
    for (const result of results) if (isValue(result)) makers.set(result, { node, operands })
    return results
  }
}

function paramsKey({ params }: Node, identify: (thing: object) => number): string {
  return JSON.stringify(params, (_, value: unknown) =>
    typeof value === 'object' && value !== null && ('data' in value || 'nodes' in value)
      ? `#${identify(value)}`
      : value,
  )
}

/** Operands that were repeated before an operation that repeats them anyway are taken as they were. */
function narrow(
  { primitive, outputs }: Node,
  operands: readonly Tensor[],
  makers: Makers,
): readonly Tensor[] {
  if (!broadcasting.has(primitive)) return operands
  return operands.map((operand, i) => {
    const source = makerOf(operand, 'broadcastTo', makers)?.operands[0]
    if (source === undefined) return operand
    let shape: Shape | undefined = source.shape
    for (const [j, other] of operands.entries())
      if (j !== i && shape !== undefined) shape = broadcastShapes(shape, other.shape)
    return shape !== undefined && sameShape(shape, outputs[0]!.shape) ? source : operand
  })
}

const broadcasting = new Set<Primitive>([
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'max',
  'min',
  'equal',
  'less',
  'lessEqual',
  'and',
  'or',
  'select',
])

type Makers = ReadonlyMap<Value, { readonly node: Node; readonly operands: readonly Tensor[] }>

/** What a step comes to when it is simpler than itself. */
function simplified(node: Node, operands: readonly Tensor[], makers: Makers): Tensor | undefined {
  const rule = (rules as Partial<Record<Primitive, SimpleRule>>)[node.primitive]
  const found = rule?.(operands, node, makers)
  const like = node.outputs[0]!
  return found !== undefined && found.dtype === like.dtype && sameShape(found.shape, like.shape)
    ? found
    : undefined
}

type SimpleRule = (operands: readonly Tensor[], node: Node, makers: Makers) => Tensor | undefined

/** Whether an operand is one number everywhere. */
function isNumber(operand: Tensor, value: number): boolean {
  return !isValue(operand) && isUniform(operand, value)
}

// A larger constant is hardly ever uniform, and would have to be read whole.
const uniformSize = 4096
const isUniform = ({ data }: NDArray, value: number): boolean =>
  data.length > 0 && data.length <= uniformSize && data.every((item) => item === value)

const neutral =
  (value: number, sides: readonly (0 | 1)[]): SimpleRule =>
  (operands) => {
    const side = sides.find((i) => isNumber(operands[i]!, value))
    return side === undefined ? undefined : operands[1 - side]
  }

/** An operation undone by the one before it, or doubled: f(f(x)). */
const makerOf = (
  operand: Tensor,
  primitive: Primitive,
  makers: Makers,
): { node: Node; operands: readonly Tensor[] } | undefined => {
  const maker = isValue(operand) ? makers.get(operand) : undefined
  return maker?.node.primitive === primitive ? maker : undefined
}

/** Parts that were given a first axis of their own to be stacked: they are put under each other first, and shaped once. */
const stacked: SimpleRule = (operands, node, makers) => {
  const { axis } = (node as Node<'concat'>).params
  const sources = operands.map((operand) => {
    const source = makerOf(operand, 'reshape', makers)?.operands[0]
    return source !== undefined && sameShape(operand.shape, [1, ...source.shape]) ? source : undefined
  })
  const known = sources.filter((source) => source !== undefined)
  if (axis !== 0 || known.length < operands.length || known[0]!.shape.length < 2) return undefined
  return reshape(concat(known, 0), node.outputs[0]!.shape)
}

const rules = {
  constant: (_operands, node) => (node as Node<'constant'>).params.value,
  add: neutral(0, [0, 1]),
  sub: neutral(0, [1]),
  mul: neutral(1, [0, 1]),
  div: neutral(1, [1]),
  pow: neutral(1, [1]),
  neg: ([x], _, makers) => makerOf(x!, 'neg', makers)?.operands[0],
  cast: ([x]) => x,
  reshape([x], node, makers) {
    const source = makerOf(x!, 'reshape', makers)?.operands[0]
    return source === undefined ? x : reshape(source, node.outputs[0]!.shape)
  },
  broadcastTo: ([x]) => x,
  transpose([x], node, makers) {
    const { permutation } = (node as Node<'transpose'>).params
    if (permutation.every((axis, i) => axis === i)) return x
    const before = makerOf(x!, 'transpose', makers)
    if (before === undefined) return undefined
    const first = (before.node as Node<'transpose'>).params.permutation
    return permutation.every((axis, i) => first[axis] === i) ? before.operands[0] : undefined
  },
  slice: ([x]) => x,
  concat: stacked,
  pad: ([x], node) => {
    const { low, high, interior } = (node as Node<'pad'>).params
    return [...low, ...high, ...interior].every((size) => size === 0) ? x : undefined
  },
} satisfies Partial<Record<Primitive, SimpleRule>>
