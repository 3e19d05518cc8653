// Over axes.
import { type NDArray, sizeOf } from '../array.js'
import type { Rules } from './rule.js'
import { blank, positions, stridesOf } from './strides.js'

function reduce(
  x: NDArray,
  axes: readonly number[],
  start: number,
  f: (a: number, b: number) => number,
): NDArray {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const strides = stridesOf(x.shape)
  const shape = kept.map((axis) => x.shape[axis]!)
  const bases = positions(
    shape,
    kept.map((axis) => strides[axis]!),
  )
  const lengths = axes.map((axis) => x.shape[axis]!)
  const inner = positions(
    lengths,
    axes.map((axis) => strides[axis]!),
  )
  const result = blank(x.dtype, shape)
  for (let i = 0; i < result.data.length; i++) {
    let total = start
    for (let j = 0; j < inner.length; j++) total = f(total, x.data[bases[i]! + inner[j]!]!)
    result.data[i] = total
  }
  return result
}

/** Calls back with each line along an axis: where it begins, and its step; lines in the order of the other axes. */
export function eachLine(
  shape: readonly number[],
  axis: number,
  visit: (start: number, step: number, line: number) => void,
): void {
  const [outer, length, inner] = [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1))]
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) visit(o * length * inner + i, inner, o * inner + i)
}

export const reductionRules: Rules<'sum' | 'reduceMax' | 'reduceMin' | 'argMax' | 'cumulativeSum' | 'topK'> =
  {
    sum: ([x], { axes }) => [reduce(x!, axes, 0, (a, b) => a + b)],
    reduceMax: ([x], { axes }) => [reduce(x!, axes, -Infinity, Math.max)],
    reduceMin: ([x], { axes }) => [reduce(x!, axes, Infinity, Math.min)],
    argMax([x], { axis }) {
      const result = blank(
        'int32',
        x!.shape.filter((_, i) => i !== axis),
      )
      eachLine(x!.shape, axis, (start, step, line) => {
        let best = 0
        for (let i = 1; i < x!.shape[axis]!; i++)
          if (x!.data[start + i * step]! > x!.data[start + best * step]!) best = i
        result.data[line] = best
      })
      return [result]
    },
    cumulativeSum([x], { axis, reverse }) {
      const result = blank(x!.dtype, x!.shape)
      const length = x!.shape[axis]!
      eachLine(x!.shape, axis, (start, step) => {
        let total = 0
        for (let i = 0; i < length; i++) {
          const at = start + (reverse ? length - 1 - i : i) * step
          result.data[at] = total += x!.data[at]!
        }
      })
      return [result]
    },
    topK([x], { axis, k }) {
      const shape = x!.shape.map((length, i) => (i === axis ? k : length))
      const values = blank(x!.dtype, shape)
      const indices = blank('int32', shape)
      const starts: number[] = []
      eachLine(shape, axis, (start) => starts.push(start))
      eachLine(x!.shape, axis, (start, step, line) => {
        const at = (i: number): number => x!.data[start + i * step]!
        const order = Array.from({ length: x!.shape[axis]! }, (_, i) => i).sort(
          (a, b) => at(b) - at(a) || a - b,
        )
        for (let i = 0; i < k; i++) {
          values.data[starts[line]! + i * step] = at(order[i]!)
          indices.data[starts[line]! + i * step] = order[i]!
        }
      })
      return [values, indices]
    },
  }
