// Element type and shape of what each primitive gives.
import { type DType, formatShape } from './array.js'
import { checkType } from './checked.js'
import { broadcastShapes, type Dim, isStatic, product, quotient, sameShape, type Shape } from './dims.js'
import type { ConvParams, PoolParams, Primitive, PrimitiveParams } from './primitives.js'
import { shapeFault } from './shape-fault.js'
import { formatSpec, type Spec } from './value.js'

type Inputs = readonly Spec[]
type Rule<P extends Primitive> = (inputs: Inputs, params: PrimitiveParams[P]) => readonly Spec[]

/** The specs of the outputs. @throws {@link ShapeError} when the operands do not go together */
export function outputSpecs<P extends Primitive>(
  primitive: P,
  inputs: Inputs,
  params: PrimitiveParams[P],
): readonly Spec[] {
  const outputs = (shapeRules[primitive] as Rule<P>)(inputs, params)
  for (const { shape } of outputs) {
    const wrong = shape.find((dim) => typeof dim === 'number' && !(Number.isInteger(dim) && dim >= 0))
    if (wrong !== undefined)
      throw shapeFault(
        primitive,
        inputs,
        `gives ${formatShape(shape)}, expected sizes that are whole numbers from 0 on`,
      )
  }
  return outputs
}

const floating = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float64'

function unary(name: Primitive, accepts: (dtype: DType) => boolean, result?: DType) {
  return ([x]: Inputs): readonly Spec[] => {
    if (!accepts(x!.dtype)) throw shapeFault(name, [x!], `does not take elements of type ${x!.dtype}`)
    return [{ dtype: result ?? x!.dtype, shape: x!.shape }]
  }
}
const real = (name: Primitive) => unary(name, floating)
const numeric = (name: Primitive) => unary(name, (dtype) => dtype !== 'bool')

function binary(name: Primitive, accepts: (dtype: DType) => boolean, result?: DType) {
  return ([a, b]: Inputs): readonly Spec[] => {
    if (a!.dtype !== b!.dtype)
      throw shapeFault(name, [a!, b!], 'expected operands of one element type; use cast')
    if (!accepts(a!.dtype)) throw shapeFault(name, [a!, b!], `does not take elements of type ${a!.dtype}`)
    const shape = broadcastShapes(a!.shape, b!.shape)
    if (shape === undefined)
      throw shapeFault(name, [a!, b!], 'expected shapes that broadcast: equal from the last axis on, or 1')
    return [{ dtype: result ?? a!.dtype, shape }]
  }
}
const arithmetic = (name: Primitive) => binary(name, (dtype) => dtype !== 'bool')
const comparison = (name: Primitive) => binary(name, () => true, 'bool')
const logical = (name: Primitive) => binary(name, (dtype) => dtype === 'bool')
const bitwise = (name: Primitive) => binary(name, (dtype) => dtype === 'uint32')

const without = (shape: Shape, axes: readonly number[]): Shape =>
  shape.filter((_, axis) => !axes.includes(axis))

function reduction(name: Primitive, result?: DType) {
  return ([x]: Inputs, { axes }: { readonly axes: readonly number[] }): readonly Spec[] => {
    if (x!.dtype === 'bool') throw shapeFault(name, [x!], 'does not take elements of type bool; use cast')
    checkAxes(name, x!, axes)
    return [{ dtype: result ?? x!.dtype, shape: without(x!.shape, axes) }]
  }
}

function addable(name: Primitive, inputs: Inputs): void {
  if (inputs.at(-1)!.dtype === 'bool')
    throw shapeFault(name, inputs, 'does not take elements of type bool; use cast')
}

function checkAxes(name: Primitive, x: Spec, axes: readonly number[]): void {
  const rank = x.shape.length
  const unknown = axes.find((axis) => !(Number.isInteger(axis) && axis >= 0 && axis < rank))
  if (unknown !== undefined)
    throw shapeFault(
      name,
      [x],
      `has no axis ${unknown}; it has ${rank}, which count from 0, or from −1 at the end`,
    )
  const twice = axes.find((axis, i) => axes.indexOf(axis) < i)
  if (twice !== undefined) throw shapeFault(name, [x], `axis ${twice} is named twice, expected each once`)
}

const replaceAxis = (shape: Shape, axis: number, dim: Dim): Dim[] =>
  shape.map((own, i) => (i === axis ? dim : own))

function matmulShape([a, b]: Inputs, { transposeA, transposeB }: PrimitiveParams['matmul']): readonly Spec[] {
  const fault = (why: string): Error => shapeFault('matmul', [a!, b!], why)
  if (a!.dtype !== b!.dtype || !floating(a!.dtype)) throw fault('expected floats of one element type')
  if (a!.shape.length < 2 || b!.shape.length < 2) throw fault('expected two axes at least')
  const [rows, inner] = lastTwo(a!.shape, transposeA)
  const [other, columns] = lastTwo(b!.shape, transposeB)
  if (inner !== other) throw fault(`expected equal inner sizes; ${inner} differs from ${other}`)
  const batch = broadcastShapes(a!.shape.slice(0, -2), b!.shape.slice(0, -2))
  if (batch === undefined) throw fault('expected leading axes that broadcast')
  return [{ dtype: a!.dtype, shape: [...batch, rows, columns] }]
}

const lastTwo = (shape: Shape, swapped: boolean): [Dim, Dim] =>
  swapped ? [shape.at(-1)!, shape.at(-2)!] : [shape.at(-2)!, shape.at(-1)!]

/** The lengths of the spatial axes after windows have passed over them. */
function windows(name: Primitive, inputs: Inputs, params: PoolParams | ConvWindow): number[] {
  return inputs[0]!.shape.slice(2).map((length, i) => {
    if (typeof length !== 'number')
      throw shapeFault(name, inputs, 'expected spatial sizes that are known numbers')
    const [low, high] = params.padding[i]!
    const dilation = 'dilations' in params ? params.dilations[i]! : 1
    const span = (params.window[i]! - 1) * dilation + 1
    const count = Math.floor((length + low + high - span) / params.strides[i]!) + 1
    if (count >= 1) return count
    throw shapeFault(
      name,
      inputs,
      `the window of ${span} is larger than the padded axis of ${length + low + high}`,
    )
  })
}

interface ConvWindow extends Pick<ConvParams, 'strides' | 'dilations' | 'padding'> {
  readonly window: readonly number[]
}

function convShape([x, w]: Inputs, params: ConvParams): readonly Spec[] {
  const fault = (why: string): Error => shapeFault('conv', [x!, w!], why)
  if (x!.dtype !== w!.dtype || !floating(x!.dtype)) throw fault('expected floats of one element type')
  if (x!.shape.length < 3 || x!.shape.length !== w!.shape.length)
    throw fault('expected [batch, channels, …spatial] and [filters, channels / groups, …kernel]')
  const [batch, channels] = x!.shape
  const [filters, perGroup, ...kernel] = w!.shape
  if (product([perGroup!, params.groups]) !== channels)
    throw fault(`expected ${channels} channels in ${params.groups} groups; the filters take ${perGroup} each`)
  if (typeof filters !== 'number' || filters % params.groups !== 0)
    throw fault(`expected filters in multiples of ${params.groups} groups`)
  if (!isStatic(kernel)) throw fault('expected a kernel of known size')
  const sizes = windows('conv', [x!, w!], { ...params, window: kernel })
  return [{ dtype: x!.dtype, shape: [batch!, filters, ...sizes] }]
}

function convTransposeShape(
  [y, w]: Inputs,
  { spatial, groups }: PrimitiveParams['convTranspose'],
): readonly Spec[] {
  const fault = (why: string): Error => shapeFault('convTranspose', [y!, w!], why)
  if (y!.dtype !== w!.dtype || !floating(y!.dtype)) throw fault('expected floats of one element type')
  if (y!.shape.length < 3 || y!.shape.length !== w!.shape.length)
    throw fault('expected [batch, filters, …spatial] and [filters, channels / groups, …kernel]')
  const [filters, perGroup, ...kernel] = w!.shape
  if (y!.shape[1] !== filters) throw fault(`expected ${filters} filters along axis 1`)
  if (typeof filters !== 'number' || filters % groups !== 0)
    throw fault(`expected filters in multiples of ${groups} groups`)
  if (!isStatic(kernel)) throw fault('expected a kernel of known size')
  return [{ dtype: y!.dtype, shape: [y!.shape[0]!, product([perGroup!, groups]), ...spatial] }]
}

const poolShape =
  (name: Primitive) =>
  ([x]: Inputs, params: PoolParams): readonly Spec[] => {
    if (!floating(x!.dtype)) throw shapeFault(name, [x!], `does not take elements of type ${x!.dtype}`)
    if (x!.shape.length !== params.window.length + 2)
      throw shapeFault(name, [x!], 'expected [batch, channels, …spatial] with a window for each spatial axis')
    const sizes = windows(name, [x!], params)
    return [{ dtype: x!.dtype, shape: [...x!.shape.slice(0, 2), ...sizes] }]
  }

function reshapeShape([x]: Inputs, { shape }: PrimitiveParams['reshape']): readonly Spec[] {
  if (product(x!.shape) !== product(shape))
    throw shapeFault('reshape', [x!], `cannot become [${shape.join(', ')}]: the number of elements differs`)
  return [{ dtype: x!.dtype, shape }]
}

function sliceShape([x]: Inputs, { starts, ends, steps }: PrimitiveParams['slice']): readonly Spec[] {
  const shape = x!.shape.map((length, axis): Dim => {
    const [start, end, step] = [starts[axis]!, ends[axis]!, steps[axis]!]
    if (start === 0 && end === null && step === 1) return length
    if (typeof length !== 'number')
      throw shapeFault('slice', [x!], `axis ${axis} has no known length and can only be kept whole`)
    const stop = end ?? length
    if (start < 0 || stop > length || start > stop || step < 1)
      throw shapeFault('slice', [x!], `${start}:${stop}:${step} is not within axis ${axis} of ${length}`)
    return Math.ceil((stop - start) / step)
  })
  return [{ dtype: x!.dtype, shape }]
}

function padShape([x]: Inputs, { low, high, interior }: PrimitiveParams['pad']): readonly Spec[] {
  const shape = x!.shape.map((length, axis): Dim => {
    const [before, after, between] = [low[axis]!, high[axis]!, interior[axis]!]
    if (before === 0 && after === 0 && between === 0) return length
    if (typeof length !== 'number')
      throw shapeFault('pad', [x!], `axis ${axis} has no known length and cannot be padded`)
    return Math.max(0, length + Math.max(0, length - 1) * between + before + after)
  })
  return [{ dtype: x!.dtype, shape }]
}

function concatShape(inputs: Inputs, { axis }: PrimitiveParams['concat']): readonly Spec[] {
  const first = inputs[0]!
  checkAxes('concat', first, [axis])
  let length: Dim | undefined
  for (const { dtype, shape } of inputs) {
    if (dtype !== first.dtype)
      throw shapeFault('concat', inputs, 'expected operands of one element type; use cast')
    if (!sameShape(replaceAxis(shape, axis, 0), replaceAxis(first.shape, axis, 0)))
      throw shapeFault('concat', inputs, `expected equal sizes but along axis ${axis}`)
    length = joined(length, shape[axis]!)
    if (length === undefined) throw shapeFault('concat', inputs, `axis ${axis} has no known length`)
  }
  return [{ dtype: first.dtype, shape: replaceAxis(first.shape, axis, length!) }]
}

const joined = (sum: Dim | undefined, own: Dim): Dim | undefined => {
  if (sum === undefined) return own
  if (typeof sum === 'number' && typeof own === 'number') return sum + own
  // Equal sizes without a number add up to a multiple.
  return quotient(sum, own) === undefined ? undefined : product([own, Number(quotient(sum, own)) + 1])
}

function splitShape([x]: Inputs, { axis, sizes }: PrimitiveParams['split']): readonly Spec[] {
  checkAxes('split', x!, [axis])
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (x!.shape[axis] !== total)
    throw shapeFault('split', [x!], `axis ${axis} is not ${sizes.join(' + ')} long`)
  return sizes.map((size) => ({ dtype: x!.dtype, shape: replaceAxis(x!.shape, axis, size) }))
}

function indexed(name: Primitive, inputs: Inputs, indices: Spec, axis: number): void {
  if (indices.dtype !== 'int32') throw shapeFault(name, inputs, 'expected indices of type int32')
  checkAxes(name, inputs[0]!, inputs[0] === indices ? [] : [axis])
}

const callShape = (_: Inputs, { graph }: PrimitiveParams['call']): readonly Spec[] =>
  graph.outputs.map(({ dtype, shape }) => ({ dtype, shape }))

function scanShape(
  inputs: Inputs,
  { body, carried, sliced, steps }: PrimitiveParams['scan'],
): readonly Spec[] {
  for (const row of inputs.slice(carried, carried + sliced))
    if (row.shape[0] !== steps)
      throw shapeFault('scan', inputs, `expected ${steps} slices along the first axis of ${formatSpec(row)}`)
  checkCarried('scan', inputs, body.outputs.slice(0, carried))
  return body.outputs.map(({ dtype, shape }, i) => ({
    dtype,
    shape: i < carried ? shape : [steps, ...shape],
  }))
}

/** What goes from step to step keeps its form. */
function checkCarried(name: Primitive, inputs: Inputs, outputs: readonly Spec[]): void {
  outputs.forEach((output, i) => {
    const given = inputs[i]!
    if (output.dtype !== given.dtype || !sameShape(output.shape, given.shape))
      throw shapeFault(
        name,
        inputs,
        `carried value ${i} becomes ${formatSpec(output)}, expected ${formatSpec(given)}`,
      )
  })
}

function whileShape(
  inputs: Inputs,
  { condition, body, carried }: PrimitiveParams['whileLoop'],
): readonly Spec[] {
  const [decision] = condition.outputs
  if (decision === undefined || decision.dtype !== 'bool' || decision.shape.length > 0)
    throw shapeFault(
      'whileLoop',
      inputs,
      `the condition is ${decision === undefined ? 'nothing' : formatSpec(decision)}, expected one bool`,
    )
  checkCarried('whileLoop', inputs, body.outputs)
  return inputs.slice(0, carried).map(({ dtype, shape }) => ({ dtype, shape }))
}

const one = (dtype: DType, shape: Shape): readonly Spec[] => [{ dtype, shape }]

const shapeRules: { readonly [P in Primitive]: Rule<P> } = {
  constant: (_, { value }) => one(value.dtype, value.shape),
  neg: numeric('neg'),
  abs: numeric('abs'),
  sign: numeric('sign'),
  exp: real('exp'),
  log: real('log'),
  sqrt: real('sqrt'),
  sin: real('sin'),
  cos: real('cos'),
  atan: real('atan'),
  tanh: real('tanh'),
  sigmoid: real('sigmoid'),
  erf: real('erf'),
  relu: real('relu'),
  gelu: real('gelu'),
  softplus: real('softplus'),
  floor: real('floor'),
  ceil: real('ceil'),
  round: real('round'),
  isNaN: unary('isNaN', floating, 'bool'),
  not: unary('not', (dtype) => dtype === 'bool'),
  add: arithmetic('add'),
  sub: arithmetic('sub'),
  mul: arithmetic('mul'),
  div: arithmetic('div'),
  pow: arithmetic('pow'),
  max: arithmetic('max'),
  min: arithmetic('min'),
  equal: comparison('equal'),
  less: comparison('less'),
  lessEqual: comparison('lessEqual'),
  and: logical('and'),
  or: logical('or'),
  bitAnd: bitwise('bitAnd'),
  bitOr: bitwise('bitOr'),
  bitXor: bitwise('bitXor'),
  shiftLeft: bitwise('shiftLeft'),
  shiftRight: bitwise('shiftRight'),
  select([condition, a, b]) {
    const inputs = [condition!, a!, b!]
    if (condition!.dtype !== 'bool' || a!.dtype !== b!.dtype)
      throw shapeFault('select', inputs, 'expected a bool condition and two operands of one element type')
    const pair = broadcastShapes(a!.shape, b!.shape)
    const shape = pair && broadcastShapes(condition!.shape, pair)
    if (shape === undefined) throw shapeFault('select', inputs, 'expected shapes that broadcast')
    return one(a!.dtype, shape)
  },
  cast([x], { dtype }) {
    checkType('cast', dtype)
    return one(dtype, x!.shape)
  },
  stopGradient: ([x]) => one(x!.dtype, x!.shape),
  iota([x], { axis }) {
    checkAxes('iota', x!, [axis])
    return one('int32', [x!.shape[axis]!])
  },
  reshape: reshapeShape,
  transpose([x], { permutation }) {
    if (
      permutation.toSorted((a, b) => a - b).some((axis, i) => axis !== i) ||
      permutation.length !== x!.shape.length
    )
      throw shapeFault(
        'transpose',
        [x!],
        `expected each of its axes once; received [${permutation.join(', ')}]`,
      )
    return one(
      x!.dtype,
      permutation.map((axis) => x!.shape[axis]!),
    )
  },
  broadcastTo([x], { shape }) {
    const result = broadcastShapes(x!.shape, shape)
    if (result === undefined || !sameShape(result, shape))
      throw shapeFault('broadcastTo', [x!], `does not broadcast to [${shape.join(', ')}]`)
    return one(x!.dtype, shape)
  },
  slice: sliceShape,
  pad: padShape,
  reverse([x], { axes }) {
    checkAxes('reverse', x!, axes)
    return one(x!.dtype, x!.shape)
  },
  concat: concatShape,
  split: splitShape,
  gather([x, indices], { axis }) {
    indexed('gather', [x!, indices!], indices!, axis)
    return one(x!.dtype, [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)])
  },
  scatterAdd([indices, updates], { axis, shape }) {
    indexed('scatterAdd', [indices!, updates!], indices!, 0)
    addable('scatterAdd', [indices!, updates!])
    const expected = [...shape.slice(0, axis), ...indices!.shape, ...shape.slice(axis + 1)]
    if (!sameShape(updates!.shape, expected))
      throw shapeFault('scatterAdd', [indices!, updates!], `expected updates ${formatShape(expected)}`)
    return one(updates!.dtype, shape)
  },
  takeAlong([x, indices], { axis }) {
    indexed('takeAlong', [x!, indices!], indices!, axis)
    if (!sameShape(replaceAxis(x!.shape, axis, 0), replaceAxis(indices!.shape, axis, 0)))
      throw shapeFault('takeAlong', [x!, indices!], `expected equal sizes but along axis ${axis}`)
    return one(x!.dtype, indices!.shape)
  },
  scatterAlong([indices, updates], { shape }) {
    indexed('scatterAlong', [indices!, updates!], indices!, 0)
    addable('scatterAlong', [indices!, updates!])
    if (!sameShape(indices!.shape, updates!.shape))
      throw shapeFault('scatterAlong', [indices!, updates!], 'expected an index for each update')
    return one(updates!.dtype, shape)
  },
  sum: reduction('sum'),
  reduceMax: reduction('reduceMax'),
  reduceMin: reduction('reduceMin'),
  argMax: ([x], { axis }) => reduction('argMax', 'int32')([x!], { axes: [axis] }),
  cumulativeSum([x], { axis }) {
    addable('cumulativeSum', [x!])
    checkAxes('cumulativeSum', x!, [axis])
    return one(x!.dtype, x!.shape)
  },
  topK([x], { axis, k }) {
    checkAxes('topK', x!, [axis])
    const length = x!.shape[axis]!
    if (typeof length === 'number' && k > length)
      throw shapeFault('topK', [x!], `has fewer than ${k} elements along axis ${axis}`)
    const shape = replaceAxis(x!.shape, axis, k)
    return [...one(x!.dtype, shape), ...one('int32', shape)]
  },
  matmul: matmulShape,
  softmax([x], { axis }) {
    checkAxes('softmax', x!, [axis])
    return real('softmax')([x!])
  },
  logSoftmax([x], { axis }) {
    checkAxes('logSoftmax', x!, [axis])
    return real('logSoftmax')([x!])
  },
  layerNorm([x, scale, bias]) {
    const width = x!.shape.slice(-1)
    if (x!.shape.length === 0 || !sameShape(scale!.shape, width) || !sameShape(bias!.shape, width))
      throw shapeFault(
        'layerNorm',
        [x!, scale!, bias!],
        'expected scale and bias of the length of the last axis',
      )
    const rows = [...x!.shape.slice(0, -1), 1]
    return [...one(x!.dtype, x!.shape), ...one(x!.dtype, rows), ...one(x!.dtype, rows)]
  },
  conv: convShape,
  convTranspose: convTransposeShape,
  convFilter: ([x, y], { kernel, groups }) =>
    one(x!.dtype, [y!.shape[1]!, quotient(x!.shape[1]!, groups)!, ...kernel]),
  maxPool: poolShape('maxPool'),
  maxPoolScatter([x, y], params) {
    const [pooled] = poolShape('maxPoolScatter')([x!], params)
    if (!sameShape(pooled!.shape, y!.shape))
      throw shapeFault('maxPoolScatter', [x!, y!], 'expected an element for each window')
    return one(x!.dtype, x!.shape)
  },
  maxPoolGather([x, z], params) {
    if (!sameShape(x!.shape, z!.shape)) throw shapeFault('maxPoolGather', [x!, z!], 'expected equal shapes')
    return poolShape('maxPoolGather')([x!], params)
  },
  averagePool: poolShape('averagePool'),
  averagePoolTranspose: ([y], { spatial }) => one(y!.dtype, [...y!.shape.slice(0, 2), ...spatial]),
  call: callShape,
  scan: scanShape,
  whileLoop: whileShape,
}
