// Products of matrices, and sums of products over letters.
import { type Dim, product } from '../../dims.js'
import * as t from '../../operations/index.js'
import { isFloat, type Tensor } from '../../value.js'
import type { ImportedNode, OperatorRules } from '../node.js'

/** α · A · B + β · C, with either matrix read transposed. */
function gemm(node: ImportedNode): Tensor {
  const product = t.matmul(node.tensor(0), node.tensor(1), {
    transposeA: node.int('transA', 0) === 1,
    transposeB: node.int('transB', 0) === 1,
  })
  const scaled = (x: Tensor, by: number): Tensor => (by === 1 ? x : t.mul(x, by))
  const bias = node.optional(2)
  const main = scaled(product, node.float('alpha', 1))
  return bias === undefined ? main : t.add(main, scaled(bias, node.float('beta', 1)))
}

function matmul(node: ImportedNode): Tensor {
  const [a, b] = [node.tensor(0), node.tensor(1)]
  if (!isFloat(a))
    throw node.fault('products of matrices of whole numbers have no gradient and are not carried.')
  return t.matmul(a, b)
}

function fusedMatmul(node: ImportedNode): Tensor {
  const result = t.matmul(node.tensor(0), node.tensor(1), {
    transposeA: node.int('transA', 0) === 1,
    transposeB: node.int('transB', 0) === 1,
  })
  return t.mul(result, node.float('alpha', 1))
}

/** An operand with a letter for each axis. */
interface Lettered {
  readonly x: Tensor
  readonly letters: string
}

function einsum(node: ImportedNode): Tensor {
  const equation = node.text('equation', '').replaceAll(/\s/g, '')
  const [left, right] = equation.split('->')
  const terms = left!.split(',')
  const operands = terms.map((term, i) => lettered(node, node.tensor(i), term))
  const output =
    right === undefined
      ? impliedOutput(operands)
      : right.replace(
          '...',
          ellipsisLetters(Math.max(...terms.map((term, i) => hiddenAxes(node.tensor(i), term)))),
        )
  const joined = operands.reduce((a, b, i) => {
    const later = operands.slice(i + 1).map(({ letters }) => letters)
    return contract(a, b, new Set([...later.join(''), ...output]))
  })
  return arranged(summed(joined, new Set(output)), output)
}

// Capital letters may be in an equation too; these are not.
const ellipsisLetters = (count: number): string => '①②③④⑤⑥⑦⑧'.slice(8 - count)
const hiddenAxes = (x: Tensor, term: string): number =>
  term.includes('...') ? x.shape.length - (term.length - 3) : 0

function lettered(node: ImportedNode, x: Tensor, term: string): Lettered {
  const letters = term.replace('...', ellipsisLetters(hiddenAxes(x, term)))
  if (new Set(letters).size !== letters.length)
    throw node.fault(`the equation takes a diagonal ('${term}'), which has no operation here.`)
  if (letters.length !== x.shape.length)
    throw node.fault(`'${term}' names ${letters.length} axes of [${x.shape.join(', ')}].`)
  return { x, letters }
}

/** Without an arrow: letters that stand once, in order, after the axes of the ellipsis. */
function impliedOutput(operands: readonly Lettered[]): string {
  const all = operands.map(({ letters }) => letters).join('')
  const hidden = ellipsisLetters(8)
  const once = [...new Set(all)].filter(
    (letter) => !hidden.includes(letter) && all.split(letter).length === 2,
  )
  return [...hidden].filter((letter) => all.includes(letter)).join('') + once.toSorted().join('')
}

/** Sums over letters that nothing asks for. */
function summed({ x, letters }: Lettered, kept: ReadonlySet<string>): Lettered {
  const gone = [...letters].flatMap((letter, i) => (kept.has(letter) ? [] : [i]))
  if (gone.length === 0) return { x, letters }
  return { x: t.sum(x, { axes: gone }), letters: [...letters].filter((letter) => kept.has(letter)).join('') }
}

function arranged({ x, letters }: Lettered, order: string): Tensor {
  return t.transpose(
    x,
    [...order].map((letter) => letters.indexOf(letter)),
  )
}

/** Two operands by one batched product: [shared and kept, own of a, summed] · [shared and kept, summed, own of b]. */
function contract(a: Lettered, b: Lettered, kept: ReadonlySet<string>): Lettered {
  const left = summed(a, new Set([...kept, ...b.letters]))
  const right = summed(b, new Set([...kept, ...a.letters]))
  const shared = [...left.letters].filter((letter) => right.letters.includes(letter))
  const batch = shared.filter((letter) => kept.has(letter))
  const inner = shared.filter((letter) => !kept.has(letter))
  const own = (letters: string): string[] => [...letters].filter((letter) => !shared.includes(letter))
  const [rows, columns] = [own(left.letters), own(right.letters)]
  if (inner.length === 0) return outer(left, right, { batch, rows, columns })
  const size = ({ x, letters }: Lettered, names: readonly string[]): Dim[] =>
    names.map((name) => x.shape[letters.indexOf(name)]!)
  const matrix = (one: Lettered, first: readonly string[], second: readonly string[]): Tensor =>
    t.reshape(arranged(one, [...batch, ...first, ...second].join('')), [
      ...size(one, batch),
      product(size(one, first)),
      product(size(one, second)),
    ])
  const result = t.matmul(matrix(left, rows, inner), matrix(right, inner, columns))
  const lead = result.shape.slice(0, batch.length)
  return {
    x: t.reshape(result, [...lead, ...size(left, rows), ...size(right, columns)]),
    letters: [...batch, ...rows, ...columns].join(''),
  }
}

/** Nothing is summed: a product with broadcasting. */
function outer(
  a: Lettered,
  b: Lettered,
  { batch, rows, columns }: { readonly batch: string[]; readonly rows: string[]; readonly columns: string[] },
): Lettered {
  const order = [...batch, ...rows, ...columns]
  const wide = (one: Lettered): Tensor => {
    const here = order.filter((letter) => one.letters.includes(letter))
    const x = arranged(one, here.join(''))
    return t.reshape(
      x,
      order.map((letter): Dim => (here.includes(letter) ? x.shape[here.indexOf(letter)]! : 1)),
    )
  }
  return { x: t.mul(wide(a), wide(b)), letters: order.join('') }
}

export const productOperators: OperatorRules = {
  Gemm: gemm,
  MatMul: matmul,
  'com.microsoft.FusedMatMul': fusedMatmul,
  Einsum: einsum,
}
