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

/** Of booleans (from version 20 on) the largest is whether any is true, the smallest whether all are. */
const extreme =
  (f: Reduce, ofBooleans: Reduce): Reduce =>
  (x, options) =>
    (x.dtype === 'bool' ? ofBooleans : f)(x, options)

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

/** Products up to each element, itself included or not, from either end. */
function cumulativeProduct(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const axis = fromFront(node.known(1)!.data[0]!, x.shape.length)
  const turned = (y: Tensor): Tensor => (node.int('reverse', 0) === 1 ? t.reverse(y, [axis]) : y)
  const products = t.cumulativeProduct(turned(x), { axis })
  if (node.int('exclusive', 0) === 0) return turned(products)
  const before = t.slice(products, [...x.shape.slice(0, axis).map(() => null), [0, -1]])
  const first = t.onesLike(t.slice(products, [...x.shape.slice(0, axis).map(() => null), [0, 1]]))
  return turned(t.concat([first, before], axis))
}

export const reductionOperators: OperatorRules = {
  ReduceSum: reduction(t.sum),
  ReduceMean: reduction(t.mean),
  ReduceMax: reduction(extreme(t.max, t.any)),
  ReduceMin: reduction(extreme(t.min, t.all)),
  ReduceProd: reduction(t.prod),
  ReduceL1: reduction((x, options) => t.sum(t.abs(x), options)),
  ReduceL2: reduction((x, options) => t.sqrt(sumOfSquares(x, options))),
  ReduceSumSquare: reduction(sumOfSquares),
  ReduceLogSum: reduction((x, options) => t.log(t.sum(x, options))),
  ReduceLogSumExp: reduction(t.logSumExp),
  ArgMax: place(1),
  ArgMin: place(-1),
  TopK: topK,
  CumSum: cumulativeSum,
  CumProd: cumulativeProduct,
}
