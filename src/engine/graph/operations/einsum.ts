// Einstein's sums, said with matrix products, products with broadcasting, and sums.
import { type Dim, product, sameShape } from '../dims.js'
import { isFloat, type Tensor } from '../value.js'
import { type Label, readEquation } from './einsum-equation.js'
import { contractionOrder } from './einsum-order.js'
import { mul } from './elementwise.js'
import { diagonal } from './matrices.js'
import { matmul } from './network.js'
import { type Operand, type Result, toTensor } from './operand.js'
import { sum } from './reductions.js'
import { reshape, transpose } from './shapes.js'

/** A tensor with a label for each axis. */
interface Labeled {
  readonly x: Tensor
  readonly labels: readonly Label[]
}

/**
 * The sum of products that an equation names: one letter for each axis, a term for each operand.
 *
 * A letter that the output has not is summed over; one that an operand has twice takes its diagonal; `...` stands for any axes,
 * which broadcast. Without `->` the output has the letters that stand once, in the order of the alphabet. Several operands are
 * multiplied in the order that takes the fewest multiplications. Axes of length 1 repeat, as everywhere.
 *
 * @param equation - such as `'bij,bjk->bik'`; spaces do not count
 * @throws {@link ShapeError} that names the equation and the operand: letters and axes that do not go together
 * @example
 * ```ts
 * t.einsum('ij,j->i', [[1, 2], [3, 4]], [1, 10]).data // => Float32Array [21, 43]
 * t.einsum('ii', [[1, 2], [3, 4]]).data // => Float32Array [5]
 * ```
 */
export function einsum<A extends readonly Operand[]>(equation: string, ...operands: A): Result<A[number]> {
  const tensors = operands.map((operand) => toTensor(operand))
  const { terms, output, sizes } = readEquation(equation, tensors)
  const list = tensors.map((x, i) => repeatedOnce(distinct({ x, labels: terms[i]! }), sizes, terms))
  const order = contractionOrder({ terms: list.map(({ labels }) => labels), output, sizes })
  for (const [i, j] of order) {
    const rest = list.filter((_, k) => k !== i && k !== j)
    const needed = new Set([...output, ...rest.flatMap(({ labels }) => labels)])
    const next = contract(list[i]!, list[j]!, { needed, output: rest.length === 0 ? output : undefined })
    list.splice(0, list.length, ...rest, next)
  }
  return arranged(summed(list[0]!, new Set(output)), output) as Result<A[number]>
}

/** Labels that stand twice become one: the diagonal of their axes. */
function distinct({ x, labels }: Labeled): Labeled {
  const second = labels.findIndex((label, i) => labels.indexOf(label) < i)
  if (second < 0) return { x, labels }
  const first = labels.indexOf(labels[second]!)
  const label = labels[second]!
  const [a, b] = [x.shape[first]!, x.shape[second]!]
  const others = labels.filter((_, i) => i !== first && i !== second)
  // An axis of length 1 repeats, and so its diagonal is the other axis.
  if (a !== b) {
    const gone = a === 1 ? first : second
    const squeezed = reshape(x, x.shape.toSpliced(gone, 1))
    return distinct({ x: squeezed, labels: labels.toSpliced(gone, 1) })
  }
  return distinct({ x: diagonal(x, { axes: [first, second] }), labels: [...others, label] })
}

/** Without axes of length 1 that are longer in another operand. */
function repeatedOnce(
  { x, labels }: Labeled,
  sizes: ReadonlyMap<Label, Dim>,
  terms: readonly (readonly Label[])[],
): Labeled {
  const isShared = (label: Label): boolean => terms.filter((term) => term.includes(label)).length > 1
  const kept = labels.map((label, axis) => x.shape[axis] === sizes.get(label) || !isShared(label))
  if (!kept.includes(false)) return { x, labels }
  return {
    x: reshape(
      x,
      x.shape.filter((_, axis) => kept[axis]),
    ),
    labels: labels.filter((_, axis) => kept[axis]),
  }
}

/** Sums over labels that nothing asks for. */
function summed({ x, labels }: Labeled, needed: ReadonlySet<Label>): Labeled {
  const gone = labels.flatMap((label, i) => (needed.has(label) ? [] : [i]))
  if (gone.length === 0) return { x, labels }
  return { x: sum(x, { axes: gone }), labels: labels.filter((label) => needed.has(label)) }
}

const arranged = ({ x, labels }: Labeled, order: readonly Label[]): Tensor =>
  transpose(
    x,
    order.map((label) => labels.indexOf(label)),
  )

interface Wanted {
  /** Labels that the output or later operands have. */
  readonly needed: ReadonlySet<Label>
  /** The order of the result where it is the last. */
  readonly output: readonly Label[] | undefined
}

/** What two operands share, and what each has by itself. */
interface Roles {
  /** In both, and in the result. */
  readonly batch: readonly Label[]
  /** In both, and summed over. */
  readonly inner: readonly Label[]
  readonly rows: readonly Label[]
  readonly columns: readonly Label[]
}

/** Two operands become one: [batch, rows, inner] · [batch, inner, columns]. */
function contract(a: Labeled, b: Labeled, { needed, output }: Wanted): Labeled {
  const left = summed(a, new Set([...needed, ...b.labels]))
  const right = summed(b, new Set([...needed, ...a.labels]))
  const shared = left.labels.filter((label) => right.labels.includes(label))
  const roles: Roles = {
    batch: shared.filter((label) => needed.has(label)),
    inner: shared.filter((label) => !needed.has(label)),
    rows: left.labels.filter((label) => !shared.includes(label)),
    columns: right.labels.filter((label) => !shared.includes(label)),
  }
  const { batch, inner, rows, columns } = roles
  // Whole numbers have no matrix product; and where neither has axes of its own it would be one of single rows.
  if (inner.length === 0 || !isFloat(left.x) || rows.length + columns.length === 0)
    return summed(multiplied(left, right, roles), needed)
  const swapped = output !== undefined && sameShape(output, [...batch, ...columns, ...rows])
  return swapped
    ? matrices(right, left, { batch, inner, rows: columns, columns: rows })
    : matrices(left, right, roles)
}

/** Nothing is summed yet: a product with broadcasting. */
function multiplied(a: Labeled, b: Labeled, { batch, inner, rows, columns }: Roles): Labeled {
  const order = [...batch, ...rows, ...columns, ...inner]
  const wide = (one: Labeled): Tensor => {
    const here = order.filter((label) => one.labels.includes(label))
    const x = arranged(one, here)
    return reshape(
      x,
      order.map((label): Dim => (here.includes(label) ? x.shape[here.indexOf(label)]! : 1)),
    )
  }
  return { x: mul(wide(a), wide(b)), labels: order }
}

function matrices(a: Labeled, b: Labeled, { batch, inner, rows, columns }: Roles): Labeled {
  const left = matrix(a, batch, [rows, inner])
  const right = matrix(b, batch, [inner, columns])
  const result = matmul(left.x, right.x, { transposeA: left.turned, transposeB: right.turned })
  const sizes = (one: Labeled, labels: readonly Label[]): Dim[] =>
    labels.map((label) => one.x.shape[one.labels.indexOf(label)]!)
  const shape = [...sizes(a, batch), ...sizes(a, rows), ...sizes(b, columns)]
  return { x: reshape(result, shape), labels: [...batch, ...rows, ...columns] }
}

/** A stack of matrices; read transposed by the product where the axes stand so already. */
function matrix(
  one: Labeled,
  batch: readonly Label[],
  [first, second]: readonly [readonly Label[], readonly Label[]],
): { readonly x: Tensor; readonly turned: boolean } {
  const turned =
    sameShape(one.labels, [...batch, ...second, ...first]) && first.length > 0 && second.length > 0
  const [upper, lower] = turned ? [second, first] : [first, second]
  const x = arranged(one, [...batch, ...upper, ...lower])
  const [from, to] = [batch.length, batch.length + upper.length]
  const shape = [...x.shape.slice(0, from), product(x.shape.slice(from, to)), product(x.shape.slice(to))]
  return { x: reshape(x, shape), turned }
}
