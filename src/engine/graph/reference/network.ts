// What networks are made of.
import { broadcastShapes } from '../dims.js'
import { type NDArray, sizeOf } from '../array.js'
import { eachLine } from './reductions.js'
import type { Rules } from './rule.js'
import { blank, broadcastStrides, positions, stridesOf } from './strides.js'

function matmul(a: NDArray, b: NDArray, swapA: boolean, swapB: boolean): NDArray {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)) as readonly number[]
  const [aRow, aInner] = axes(a, swapA)
  const [bInner, bColumn] = axes(b, swapB)
  const result = blank(a.dtype, [...batch, aRow.length, bColumn.length])
  const [aAt, bAt] = [a, b].map((x) => {
    const lead = x.shape.slice(0, -2)
    const inner = x.shape.at(-2)! * x.shape.at(-1)!
    return positions(
      batch,
      broadcastStrides(lead, batch).map((stride) => stride * inner),
    )
  }) as [Int32Array, Int32Array]
  let at = 0
  for (let k = 0; k < sizeOf(batch); k++)
    for (let i = 0; i < aRow.length; i++)
      for (let j = 0; j < bColumn.length; j++) {
        let sum = 0
        for (let l = 0; l < aInner.length; l++)
          sum +=
            a.data[aAt[k]! + i * aRow.step + l * aInner.step]! *
            b.data[bAt[k]! + l * bInner.step + j * bColumn.step]!
        result.data[at++] = sum
      }
  return result
}

interface Axis {
  readonly length: number
  readonly step: number
}

function axes({ shape }: NDArray, swapped: boolean): [Axis, Axis] {
  const strides = stridesOf(shape)
  const rows = { length: shape.at(-2)!, step: strides.at(-2)! }
  const columns = { length: shape.at(-1)!, step: strides.at(-1)! }
  return swapped ? [columns, rows] : [rows, columns]
}

function softmax(x: NDArray, axis: number, log: boolean): NDArray {
  const result = blank(x.dtype, x.shape)
  const length = x.shape[axis]!
  eachLine(x.shape, axis, (start, step) => {
    let most = -Infinity
    for (let i = 0; i < length; i++) most = Math.max(most, x.data[start + i * step]!)
    let total = 0
    for (let i = 0; i < length; i++) total += Math.exp(x.data[start + i * step]! - most)
    for (let i = 0; i < length; i++) {
      const at = start + i * step
      const shifted = x.data[at]! - most
      result.data[at] = log ? shifted - Math.log(total) : Math.exp(shifted) / total
    }
  })
  return result
}

function layerNorm(x: NDArray, scale: NDArray, bias: NDArray, epsilon: number): readonly NDArray[] {
  const width = x.shape.at(-1)!
  const rows = [...x.shape.slice(0, -1), 1]
  const [y, mean, inverse] = [blank(x.dtype, x.shape), blank(x.dtype, rows), blank(x.dtype, rows)]
  for (let row = 0; row < sizeOf(rows); row++) {
    let sum = 0
    for (let i = 0; i < width; i++) sum += x.data[row * width + i]!
    const center = sum / width
    let squares = 0
    for (let i = 0; i < width; i++) squares += (x.data[row * width + i]! - center) ** 2
    const over = 1 / Math.sqrt(squares / width + epsilon)
    mean.data[row] = center
    inverse.data[row] = over
    for (let i = 0; i < width; i++)
      y.data[row * width + i] = (x.data[row * width + i]! - center) * over * scale.data[i]! + bias.data[i]!
  }
  return [y, mean, inverse]
}

export const networkRules: Rules<'matmul' | 'softmax' | 'logSoftmax' | 'layerNorm'> = {
  matmul: ([a, b], { transposeA, transposeB }) => [matmul(a!, b!, transposeA, transposeB)],
  softmax: ([x], { axis }) => [softmax(x!, axis, false)],
  logSoftmax: ([x], { axis }) => [softmax(x!, axis, true)],
  layerNorm: ([x, scale, bias], { epsilon }) => layerNorm(x!, scale!, bias!, epsilon),
}
