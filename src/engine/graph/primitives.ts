// The closed set of primitives. Each transformation is a table with a row for each of them: the compiler names the rows that
// are missing. What can be said with others is not a primitive, unless the runtime has a much faster operator for it.
import type { DType, NDArray } from './array.js'
import type { Dim, Shape } from './dims.js'
import type { Graph } from './value.js'

type None = Readonly<Record<never, never>>

/** Of convolutions; spatial axes follow batch and channels. */
export interface ConvParams {
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** Before and after each spatial axis. */
  readonly padding: readonly (readonly [number, number])[]
  readonly groups: number
}

/** Of pooling. */
export interface PoolParams {
  readonly window: readonly number[]
  readonly strides: readonly number[]
  readonly padding: readonly (readonly [number, number])[]
}

/** Element by element. */
export interface ElementwiseParams {
  neg: None
  abs: None
  sign: None
  exp: None
  log: None
  sqrt: None
  sin: None
  cos: None
  atan: None
  tanh: None
  sigmoid: None
  erf: None
  relu: None
  gelu: None
  softplus: None
  floor: None
  ceil: None
  round: None
  isNaN: None
  not: None
  add: None
  sub: None
  mul: None
  div: None
  pow: None
  max: None
  min: None
  equal: None
  less: None
  lessEqual: None
  and: None
  or: None
  bitAnd: None
  bitOr: None
  bitXor: None
  shiftLeft: None
  shiftRight: None
  /** (condition, a, b): a where the condition holds, else b. */
  select: None
  cast: { readonly dtype: DType }
  /** The same number, through which no gradient flows. */
  stopGradient: None
}

/** Moving elements without changing them. */
export interface ShapeParams {
  constant: { readonly value: NDArray }
  /** 0 … n − 1 for the length of an axis of the operand. */
  iota: { readonly axis: number }
  reshape: { readonly shape: Shape }
  transpose: { readonly permutation: readonly number[] }
  broadcastTo: { readonly shape: Shape }
  /** Ends of null reach to the end of the axis. */
  slice: {
    readonly starts: readonly number[]
    readonly ends: readonly (number | null)[]
    readonly steps: readonly number[]
  }
  /** Zeros before, after and between the elements of each axis; negative sizes cut. */
  pad: {
    readonly low: readonly number[]
    readonly high: readonly number[]
    readonly interior: readonly number[]
  }
  reverse: { readonly axes: readonly number[] }
  concat: { readonly axis: number }
  split: { readonly axis: number; readonly sizes: readonly number[] }
}

/** Elements by their indices. */
export interface IndexParams {
  /** (x, indices): whole slices of x along the axis. */
  gather: { readonly axis: number }
  /** (indices, updates): zeros of this shape, to which slices are added; the transpose of gather. */
  scatterAdd: { readonly axis: number; readonly shape: Shape }
  /** (x, indices): one element for each index, along the axis. */
  takeAlong: { readonly axis: number }
  /** (indices, updates): zeros to which elements are added; the transpose of takeAlong. */
  scatterAlong: { readonly axis: number; readonly shape: Shape }
}

/** Over axes. */
export interface ReductionParams {
  sum: { readonly axes: readonly number[] }
  reduceMax: { readonly axes: readonly number[] }
  reduceMin: { readonly axes: readonly number[] }
  argMax: { readonly axis: number }
  cumulativeSum: { readonly axis: number; readonly reverse: boolean }
  /** The k largest along the axis, falling, and where they stand. */
  topK: { readonly axis: number; readonly k: number }
}

/** What networks are made of. */
export interface NetworkParams {
  /** Over the last two axes; axes before them broadcast. */
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean }
  softmax: { readonly axis: number }
  logSoftmax: { readonly axis: number }
  /** (x, scale, bias) over the last axis: the result, and mean and 1/deviation of each row. */
  layerNorm: { readonly epsilon: number }
}

/** Passing a window over spatial axes. */
export interface WindowParams {
  /** (x, w) */
  conv: ConvParams
  /** (y, w): the gradient of conv with respect to x, of these spatial sizes. */
  convTranspose: ConvParams & { readonly spatial: readonly number[] }
  /** (x, y): the gradient of conv with respect to w, of these spatial sizes. */
  convFilter: ConvParams & { readonly kernel: readonly number[] }
  maxPool: PoolParams
  /** (x, y): elements of y are added where the largest of each window of x stands. */
  maxPoolScatter: PoolParams
  /** (x, z): elements of z where the largest of each window of x stands. */
  maxPoolGather: PoolParams
  averagePool: PoolParams
  /** (y): the transpose of averagePool, of these spatial sizes. */
  averagePoolTranspose: PoolParams & { readonly spatial: readonly number[] }
}

/** Graphs within graphs. */
export interface StructureParams {
  /** A graph as one step: with a gradient of its own, or to be kept together. */
  call: CallParams
  /** A graph run once for each step: (carried…, sliced…) → (carried…, stacked…). */
  scan: ScanParams
  /** A graph run as long as a condition holds: (carried…, constants…) → carried… */
  whileLoop: WhileParams
}

/** What each primitive is told beside its operands. */
export interface PrimitiveParams
  extends
    ElementwiseParams,
    ShapeParams,
    IndexParams,
    ReductionParams,
    NetworkParams,
    WindowParams,
    StructureParams {}

/** A graph called; its captured values come last among the operands. */
export interface CallParams {
  readonly graph: Graph
  /** (operands…, results…, cotangents…) → gradients of the operands, in place of differentiating the graph. */
  readonly gradient: Graph | undefined
  readonly name: string
}

/** A loop with as many steps as its operands have slices. */
export interface ScanParams {
  /** (carried…, slice of each sliced…, constants…) → (carried…, stacked…) */
  readonly body: Graph
  readonly carried: number
  /** Operands whose first axis the steps go along. */
  readonly sliced: number
  readonly steps: Dim
  readonly reverse: boolean
  /** Whether each step is written out in files; undefined: where that pays. */
  readonly unroll: boolean | undefined
}

/** A loop that ends when its data say so. */
export interface WhileParams {
  /** (carried…, constants…) → whether to go on */
  readonly condition: Graph
  /** (carried…, constants…) → carried… */
  readonly body: Graph
  readonly carried: number
}

/** The name of a primitive. */
export type Primitive = keyof PrimitiveParams
