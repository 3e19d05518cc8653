// Over axes.
import * as t from '../../operations/index.js'
import type { ReduceOptions } from '../../operations/reductions.js'
import type { Tensor } from '../../value.js'
import { scalar } from '../held.js'
import type { ImportedNode, OperatorRule, OperatorRules, Results } from '../node.js'

const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

type Reduce = (x: Tensor, options: ReduceOptions) => Tensor

/** Axes are an attribute in old files and an input in new ones; none are all, unless a flag says none. */
const reduction =
  (f: Reduce): OperatorRule =>
  (node) => {
    const x = node.tensor(0)
    const given = node.integersAt('axes', 1)
    const axes = given === undefined || given.length === 0 ? undefined : given
    if (axes === undefined && node.int('noop_with_empty_axes', 0) === 1) return f(x, { axes: [] })
    return f(x, { axes, keepDims: node.int('keepdims', 1) === 1 })
  }

/** The largest is taken out, so that no power overflows. */
function logSumExp(x: Tensor, options: ReduceOptions): Tensor {
  const most = t.stopGradient(t.max(x, { ...options, keepDims: true }))
  const total = t.log(t.sum(t.exp(t.sub(x, most)), options))
  const peak = options.keepDims === true ? most : t.reshape(most, total.shape)
  return t.add(total, peak)
}

/** Element times element, by halves: there is no primitive for it. */
function product(x: Tensor, { axes, keepDims }: ReduceOptions): Tensor {
  const all = (axes as readonly number[] | undefined) ?? x.shape.map((_, i) => i)
  const own = all.map((axis) => fromFront(axis, x.shape.length))
  const total = own.reduce((part, axis) => alongAxis(part, axis), x)
  return keepDims === true ? total : t.squeeze(total, own)
}

function alongAxis(x: Tensor, axis: number): Tensor {
  const length = Number(x.shape[axis])
  if (length === 1) return x
  const parts = t.split(
    x,
    Array.from({ length }, () => 1),
    axis,
  )
  return parts.reduce((a, b) => t.mul(a, b))
}

const sumOfSquares: Reduce = (x, options) => t.sum(t.square(x), options)

/** The place of the largest; of equal ones the first, or the last if so wanted. */
const place =
  (sign: 1 | -1): OperatorRule =>
  (node) => {
    const x = node.tensor(0)
    const axis = fromFront(node.int('axis', 0), x.shape.length)
    const signed = sign === 1 ? x : t.neg(x)
    const last = node.int('select_last_index', 0) === 1
    const found = last
      ? t.sub(scalar(Number(x.shape[axis]) - 1, 'int32'), t.argMax(t.reverse(signed, [axis]), axis))
      : t.argMax(signed, axis)
    return node.int('keepdims', 1) === 1 ? t.expandDims(found, axis) : found
  }

function topK(node: ImportedNode): Results {
  const x = node.tensor(0)
  const k = node.opset >= 10 ? node.known(1)!.data[0]! : node.int('k', 1)
  const axis = node.int('axis', -1)
  const largest = node.int('largest', 1) === 1
  const { values, indices } = t.topK(largest ? x : t.neg(x), k, axis)
  return [largest ? values : t.neg(values), indices]
}

function cumulativeSum(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const sums = t.cumulativeSum(x, { axis: node.known(1)!.data[0]!, reverse: node.int('reverse', 0) === 1 })
  return node.int('exclusive', 0) === 1 ? t.sub(sums, x) : sums
}

export const reductionOperators: OperatorRules = {
  ReduceSum: reduction(t.sum),
  ReduceMean: reduction(t.mean),
  ReduceMax: reduction(t.max),
  ReduceMin: reduction(t.min),
  ReduceProd: reduction(product),
  ReduceL1: reduction((x, options) => t.sum(t.abs(x), options)),
  ReduceL2: reduction((x, options) => t.sqrt(sumOfSquares(x, options))),
  ReduceSumSquare: reduction(sumOfSquares),
  ReduceLogSum: reduction((x, options) => t.log(t.sum(x, options))),
  ReduceLogSumExp: reduction(logSumExp),
  ArgMax: place(1),
  ArgMin: place(-1),
  TopK: topK,
  CumSum: cumulativeSum,
}
