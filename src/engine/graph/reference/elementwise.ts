// Element by element. Everything is computed in float64 and rounded once, when it is stored.
import { type DType, type NDArray, sizeOf } from '../array.js'
import { broadcastShapes } from '../dims.js'
import type { ElementwiseParams } from '../primitives.js'
import type { Rules } from './rule.js'
import { blank, broadcastStrides, positions } from './strides.js'

type Unary = (x: number) => number
type Binary = (a: number, b: number) => number

function map(f: Unary, to?: DType) {
  return ([x]: readonly NDArray[]): readonly NDArray[] => {
    const result = blank(to ?? x!.dtype, x!.shape)
    for (let i = 0; i < result.data.length; i++) result.data[i] = f(x!.data[i]!)
    return [result]
  }
}

function zip(f: Binary, to?: DType) {
  return ([a, b]: readonly NDArray[]): readonly NDArray[] => {
    const shape = broadcastShapes(a!.shape, b!.shape) as readonly number[]
    const result = blank(to ?? a!.dtype, shape)
    const [left, right] = [walk(a!, shape), walk(b!, shape)]
    for (let i = 0; i < result.data.length; i++) result.data[i] = f(left(i), right(i))
    return [result]
  }
}

/** Reads an array as if it had a larger shape. */
export function walk({ shape, data }: NDArray, as: readonly number[]): (i: number) => number {
  if (sizeOf(shape) === sizeOf(as)) return (i) => data[i]!
  if (data.length === 1) return () => data[0]!
  const where = positions(as, broadcastStrides(shape, as))
  return (i) => data[where[i]!]!
}

/** Abramowitz & Stegun 7.1.5 and the continued fraction 7.1.14, to double precision. */
export function erf(x: number): number {
  const size = Math.abs(x)
  if (size > 6) return Math.sign(x)
  // The series converges fast near 0, the fraction far from it.
  return size < 2.5 ? erfSeries(x) : Math.sign(x) * (1 - erfcFraction(size))
}

function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

function erfcFraction(x: number): number {
  let fraction = 0
  // 60 terms are enough from 2.5 on.
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (x + fraction)
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction)
}

/** Half to even, as IEEE and ONNX have it. */
function roundToEven(x: number): number {
  const floor = Math.floor(x)
  if (x - floor !== 0.5) return Math.round(x)
  return floor % 2 === 0 ? floor : floor + 1
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
export const gelu = (x: number): number => 0.5 * x * (1 + erf(x * Math.SQRT1_2))
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** NaN where either is, as the runtime has it. */
const greater = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)
const lesser = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b)

/** Integers wrap around and are cut towards zero; floats are what they are. */
function arithmetic(f: Binary, whole: Binary) {
  const float = zip(f)
  const integer = zip(whole)
  return (inputs: readonly NDArray[]): readonly NDArray[] =>
    inputs[0]!.dtype.startsWith('float') ? float(inputs) : integer(inputs)
}

function cast(x: NDArray, dtype: DType): NDArray {
  const result = blank(dtype, x.shape)
  const whole = dtype === 'int32' || dtype === 'uint32'
  for (let i = 0; i < x.data.length; i++) {
    const value = x.data[i]!
    result.data[i] = dtype === 'bool' ? Number(value !== 0) : whole ? Math.trunc(value) : value
  }
  return result
}

export const elementwiseRules: Rules<keyof ElementwiseParams> = {
  neg: map((x) => -x),
  abs: map(Math.abs),
  sign: map(Math.sign),
  exp: map(Math.exp),
  log: map(Math.log),
  sqrt: map(Math.sqrt),
  sin: map(Math.sin),
  cos: map(Math.cos),
  atan: map(Math.atan),
  tanh: map(Math.tanh),
  sigmoid: map(sigmoid),
  erf: map(erf),
  // NaN stays NaN.
  relu: map((x) => (x <= 0 ? 0 : x)),
  gelu: map(gelu),
  softplus: map(softplus),
  floor: map(Math.floor),
  ceil: map(Math.ceil),
  round: map(roundToEven),
  isNaN: map((x) => Number(Number.isNaN(x)), 'bool'),
  not: map((x) => 1 - x),
  add: zip((a, b) => a + b),
  sub: zip((a, b) => a - b),
  mul: arithmetic((a, b) => a * b, Math.imul),
  div: arithmetic(
    (a, b) => a / b,
    (a, b) => Math.trunc(a / b),
  ),
  pow: zip((a, b) => a ** b),
  max: zip(greater),
  min: zip(lesser),
  equal: zip((a, b) => Number(a === b), 'bool'),
  less: zip((a, b) => Number(a < b), 'bool'),
  lessEqual: zip((a, b) => Number(a <= b), 'bool'),
  and: zip((a, b) => a & b),
  or: zip((a, b) => a | b),
  bitAnd: zip((a, b) => (a & b) >>> 0),
  bitOr: zip((a, b) => (a | b) >>> 0),
  bitXor: zip((a, b) => (a ^ b) >>> 0),
  shiftLeft: zip((a, b) => (b > 31 ? 0 : (a << b) >>> 0)),
  shiftRight: zip((a, b) => (b > 31 ? 0 : a >>> b)),
  select([condition, a, b]) {
    const pair = broadcastShapes(a!.shape, b!.shape)!
    const shape = broadcastShapes(condition!.shape, pair) as readonly number[]
    const result = blank(a!.dtype, shape)
    const [test, yes, no] = [walk(condition!, shape), walk(a!, shape), walk(b!, shape)]
    for (let i = 0; i < result.data.length; i++) result.data[i] = test(i) === 1 ? yes(i) : no(i)
    return [result]
  },
  cast: ([x], { dtype }) => [cast(x!, dtype)],
  stopGradient: ([x]) => [x!],
}
