// What networks are made of.
import { bind, bindAll } from '../bind.js'
import type { ConvParams, PoolParams } from '../primitives.js'
import { isStatic } from '../dims.js'
import { shapeFault } from '../shape-fault.js'
import type { Tensor } from '../value.js'
import { axisOf, type Operand, type Result, toTensor, toTensors } from './operand.js'
import { reshape } from './shapes.js'
import { each, type Padding, sides, type WindowedOperation } from './windows.js'

export type { Padding } from './windows.js'

/** Which operand is read with its last two axes swapped. */
export interface MatmulOptions {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
}

/** The matrix product over the last two axes; axes before them broadcast. Vectors count as one row or column. */
export function matmul<A extends Operand, B extends Operand>(
  a: A,
  b: B,
  { transposeA = false, transposeB = false }: MatmulOptions = {},
): Result<A, B> {
  const [left, right] = toTensors(a, b)
  const rowVector = left.shape.length === 1
  const columnVector = right.shape.length === 1
  const wideLeft = rowVector ? reshape(left, [1, ...left.shape]) : left
  const wideRight = columnVector ? reshape(right, [...right.shape, 1]) : right
  const result = bind('matmul', [wideLeft, wideRight], { transposeA, transposeB })
  if (!rowVector && !columnVector) return result as Result<A, B>
  const rank = result.shape.length
  const shape = result.shape.filter(
    (_, i) => !((rowVector && i === rank - 2) || (columnVector && i === rank - 1)),
  )
  return reshape(result, shape) as Result<A, B>
}

/** eˣ / Σ eˣ along an axis. */
export function softmax<A extends Operand>(x: A, axis = -1): Result<A> {
  const tensor = toTensor(x)
  return bind('softmax', [tensor], { axis: axisOf(axis, tensor.shape.length) }) as Result<A>
}

/** x − log Σ eˣ along an axis. */
export function logSoftmax<A extends Operand>(x: A, axis = -1): Result<A> {
  const tensor = toTensor(x)
  return bind('logSoftmax', [tensor], { axis: axisOf(axis, tensor.shape.length) }) as Result<A>
}

/** (x − mean) / √(variance + ε) · scale + bias over the last axis. @see Ba et al. 2016, arXiv:1607.06450 */
export function layerNorm(
  x: Tensor,
  {
    scale,
    bias,
    epsilon = 1e-5,
  }: { readonly scale: Tensor; readonly bias: Tensor; readonly epsilon?: number },
): Tensor {
  return bindAll('layerNorm', [x, scale, bias], { epsilon })[0]!
}

/** How a convolution moves. */
export interface ConvOptions {
  /** @default 1 */
  readonly strides?: number | readonly number[]
  /** @default 1 */
  readonly dilations?: number | readonly number[]
  /** @default 0 */
  readonly padding?: Padding
  /** @default 1 */
  readonly groups?: number
}

function convParams(operation: WindowedOperation, options: ConvOptions): ConvParams {
  return {
    strides: each(operation, 'strides', options.strides ?? 1),
    dilations: each(operation, 'dilations', options.dilations ?? 1),
    padding: sides(operation, options.padding ?? 0),
    groups: options.groups ?? 1,
  }
}

/** An operation whose first operand has a batch, channels and spatial axes. */
const windowed = (name: string, ...inputs: readonly Tensor[]): WindowedOperation => ({
  name,
  inputs,
  rank: Math.max(0, inputs[0]!.shape.length - 2),
})

/**
 * A convolution (cross-correlation, as in networks): x [batch, channels, …spatial] with filters
 * [filters, channels / groups, …kernel].
 */
export function conv<A extends Operand, B extends Operand>(
  x: A,
  w: B,
  options: ConvOptions = {},
): Result<A, B> {
  const [left, right] = toTensors(x, w)
  return bind('conv', [left, right], convParams(windowed('conv', left, right), options)) as Result<A, B>
}

/** The transpose of a convolution: y [batch, filters, …spatial] back to [batch, channels, …spatial]. */
export function convTranspose<A extends Operand, B extends Operand>(
  y: A,
  w: B,
  options: ConvOptions & { readonly outputPadding?: number | readonly number[] } = {},
): Result<A, B> {
  const [left, right] = toTensors(y, w)
  const operation = windowed('convTranspose', left, right)
  const params = convParams(operation, options)
  const extra = each(operation, 'outputPadding', options.outputPadding ?? 0, 0)
  if (!isStatic(left.shape.slice(2)))
    throw shapeFault('convTranspose', [left, right], 'expected spatial sizes that are known numbers')
  const spatial = params.strides.map((stride, i) => {
    const span = (Number(right.shape[i + 2]) - 1) * params.dilations[i]! + 1
    const [low, high] = params.padding[i]!
    return (Number(left.shape[i + 2]) - 1) * stride + span - low - high + extra[i]!
  })
  return bind('convTranspose', [left, right], { ...params, spatial }) as Result<A, B>
}

/** How a pool moves. */
export interface PoolOptions {
  /** @default the window */
  readonly strides?: number | readonly number[]
  /** @default 0 */
  readonly padding?: Padding
}

function poolParams(
  operation: WindowedOperation,
  window: number | readonly number[],
  options: PoolOptions,
): PoolParams {
  const sizes = each(operation, 'the window', window)
  const padding = sides(operation, options.padding ?? 0)
  const wide = padding.findIndex((pair, i) => pair.some((side) => side >= sizes[i]!))
  if (wide >= 0)
    throw shapeFault(
      operation.name,
      operation.inputs,
      `padding is ${Math.max(...padding[wide]!)} for a window of ${sizes[wide]}, expected less: a window would hold nothing else`,
    )
  return { window: sizes, strides: each(operation, 'strides', options.strides ?? sizes), padding }
}

/** The largest of each window; equal ones count once, the first. */
export function maxPool<A extends Operand>(
  x: A,
  window: number | readonly number[],
  options: PoolOptions = {},
): Result<A> {
  const tensor = toTensor(x)
  return bind('maxPool', [tensor], poolParams(windowed('maxPool', tensor), window, options)) as Result<A>
}

/** The mean of each window, padding included. */
export function averagePool<A extends Operand>(
  x: A,
  window: number | readonly number[],
  options: PoolOptions = {},
): Result<A> {
  const tensor = toTensor(x)
  return bind(
    'averagePool',
    [tensor],
    poolParams(windowed('averagePool', tensor), window, options),
  ) as Result<A>
}
