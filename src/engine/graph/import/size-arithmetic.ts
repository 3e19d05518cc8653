// Operators on sizes, done when a file is read: what PyTorch writes around every view (Shape, Gather, Concat, Reshape).
// Where sizes are not all known, a rule that cannot say the answer gives undefined, and the graph computes it.
import { type Dim, product, quotient } from '../dims.js'
import { isValue } from '../value.js'
import { type Held, isSizes, type Sizes, sizes } from './held.js'
import type { ImportedNode } from './node.js'

type SizeRule = (node: ImportedNode, given: readonly Sizes[]) => Held | readonly Held[] | undefined

/** The answer of an operator on sizes; undefined when there are none among its inputs, or it cannot be said now. */
export function onSizes(node: ImportedNode): Held | readonly Held[] | undefined {
  if (!node.inputs.some(isSizes)) return undefined
  const rule = rules[node.operator]
  const given = node.inputs.map(asSizes)
  return rule === undefined || given.includes(undefined) ? undefined : rule(node, given as Sizes[])
}

/** Known whole numbers count as sizes too. */
function asSizes(held: Held | undefined): Sizes | undefined {
  if (held === undefined) return { dims: [], scalar: false }
  if (isSizes(held)) return held
  if (isValue(held) || held.shape.length > 1) return undefined
  return { dims: Array.from(held.data), scalar: held.shape.length === 0 }
}

function elementwise(f: (a: Dim, b: Dim) => Dim | undefined): SizeRule {
  return (_, [a, b]) => {
    const count = Math.max(a!.dims.length, b!.dims.length)
    const dims = Array.from({ length: count }, (__, i) => f(pick(a!, i), pick(b!, i)))
    return dims.includes(undefined) ? undefined : sizes(dims as Dim[], a!.scalar && b!.scalar)
  }
}

/** A single one counts for all. */
const pick = ({ dims }: Sizes, i: number): Dim => (dims.length === 1 ? dims[0]! : dims[i]!)

const bothNumbers = (f: (a: number, b: number) => number) => (a: Dim, b: Dim) =>
  typeof a === 'number' && typeof b === 'number' ? f(a, b) : undefined

function added(a: Dim, b: Dim): Dim | undefined {
  if (a === 0) return b
  if (b === 0) return a
  if (typeof a === 'number' && typeof b === 'number') return a + b
  const times = quotient(a, b)
  return typeof times === 'number' ? product([b, times + 1]) : undefined
}

function subtracted(a: Dim, b: Dim): Dim | undefined {
  if (b === 0) return a
  if (a === b) return 0
  return bothNumbers((x, y) => x - y)(a, b)
}

/** A size is never negative; whether it is some other number is not known yet. */
function equal(a: Dim, b: Dim): number | undefined {
  if (a === b) return 1
  if (typeof a === 'number' && typeof b === 'number') return 0
  return [a, b].some((dim) => typeof dim === 'number' && dim < 0) ? 0 : undefined
}

const same: SizeRule = (_, [x]) => x!
const listed: SizeRule = (_, [x]) => sizes(x!.dims)
const single: SizeRule = (_, [x]) => (x!.dims.length === 1 ? sizes(x!.dims, true) : undefined)

const rules: Readonly<Record<string, SizeRule>> = {
  Identity: same,
  Cast: (node, [x]) => ([6, 7].includes(node.int('to', 7)) ? x! : undefined),
  Unsqueeze: (_, [x]) => (x!.scalar ? sizes(x!.dims) : undefined),
  Squeeze: single,
  Flatten: listed,
  Reshape: (_, [x, shape]) => (shape!.dims.length === 0 ? single(_, [x!]) : listed(_, [x!])),
  Concat: (_, parts) => sizes(parts.flatMap(({ dims }) => dims)),
  Gather(_, [x, indices]) {
    const dims = indices!.dims.map((i) => x!.dims.at(Number(i)))
    return dims.includes(undefined) ? undefined : sizes(dims as Dim[], indices!.scalar)
  },
  Slice(node, [x]) {
    const list = (name: string, i: number) => node.integersAt(name, i)
    const [start, end, step = 1] = [list('starts', 1)![0]!, list('ends', 2)![0]!, list('steps', 4)?.[0]]
    return step === 1 ? sizes(x!.dims.slice(start, end)) : undefined
  },
  Split(node, [x]) {
    const parts = node.integersAt('split', 1)
    if (parts === undefined) return undefined
    let at = 0
    return parts.map((count) => sizes(x!.dims.slice(at, (at += count))))
  },
  Add: elementwise(added),
  Sub: elementwise(subtracted),
  Mul: elementwise((a, b) => (a === -1 || b === -1 ? negated(a, b) : product([a, b]))),
  Div: elementwise((a, b) => quotient(a, b) ?? bothNumbers((x, y) => Math.trunc(x / y))(a, b)),
  Equal(_, [a, b]) {
    const count = Math.max(a!.dims.length, b!.dims.length)
    const bits = Array.from({ length: count }, (__, i) => equal(pick(a!, i), pick(b!, i)))
    if (bits.includes(undefined)) return undefined
    const shape = a!.scalar && b!.scalar ? [] : [count]
    return { dtype: 'bool', shape, data: Uint8Array.from(bits as number[]) }
  },
  Where(_, [condition, a, b]) {
    const count = Math.max(condition!.dims.length, a!.dims.length, b!.dims.length)
    const scalar = condition!.scalar && a!.scalar && b!.scalar
    return sizes(
      Array.from({ length: count }, (__, i) => pick(pick(condition!, i) === 1 ? a! : b!, i)),
      scalar,
    )
  },
  ReduceProd: (node, [x]) => sizes([product(x!.dims)], node.int('keepdims', 1) === 0),
}

/** A size with its sign turned is none; only numbers can be turned. */
const negated = (a: Dim, b: Dim): Dim | undefined => bothNumbers((x, y) => x * y)(a, b)
