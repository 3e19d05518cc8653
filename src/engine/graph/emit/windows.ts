// Convolutions and pooling.
import { tensor, type Value as OnnxValue } from '../../onnx/index.js'
import { sizeOf } from '../array.js'
import { product } from '../dims.js'
import type { ConvParams, PoolParams, WindowParams } from '../primitives.js'
import type { Node } from '../value.js'
import { blockedConv, blockedConvFilter, blockedConvTranspose, fitsBlocks } from './blocked.js'
import {
  cast,
  constant,
  type EmitContext,
  type EmitRules,
  integers,
  number,
  op,
  reshape,
  transpose,
} from './context.js'
import { filled } from './shapes.js'

type Spec = Node['outputs'][number]

/** ONNX lists all beginnings, then all ends. */
const pads = ({ padding }: Pick<ConvParams, 'padding'>): number[] => [
  ...padding.map(([low]) => low),
  ...padding.map(([, high]) => high),
]

const convAttributes = (params: ConvParams, kernel: readonly number[]) => ({
  kernel_shape: kernel,
  strides: params.strides,
  dilations: params.dilations,
  pads: pads(params),
  group: params.groups,
})

const spatial = ({ shape }: Pick<Spec, 'shape'>): number[] => shape.slice(2).map(Number)

/** A convolution; a third operand is the bias. */
export function convolution(
  context: EmitContext,
  inputs: readonly OnnxValue[],
  node: Node<'conv'>,
): OnnxValue {
  if (fitsBlocks(context, node)) return blockedConv(context, inputs, node)
  const attributes = convAttributes(node.params, spatial(node.inputs[1]!))
  return op(context, 'Conv', { inputs, attributes, like: node.outputs[0]! })
}

function convTranspose(
  context: EmitContext,
  inputs: readonly OnnxValue[],
  node: Node<'convTranspose'>,
): OnnxValue {
  if (fitsBlocks(context, node)) return blockedConvTranspose(context, inputs, node)
  const { params } = node
  const [y, w] = node.inputs as [Spec, Spec]
  const kernel = spatial(w)
  // Rows of x that no window reached in full come last; they get what remains.
  const rest = params.spatial.map((length, i) => {
    const span = (kernel[i]! - 1) * params.dilations[i]! + 1
    return (
      length -
      ((Number(y.shape[i + 2]) - 1) * params.strides[i]! +
        span -
        params.padding[i]![0] -
        params.padding[i]![1])
    )
  })
  const attributes = { ...convAttributes(params, kernel), output_padding: rest }
  return op(context, 'ConvTranspose', { inputs, attributes, like: node.outputs[0]! })
}

/**
 * dw: for steps of one and small kernels by taking the patches of x apart (slices, one concat) and one batched product;
 * otherwise as a convolution of x with y where batch and channels change places, and steps and dilations too.
 */
function convFilter(context: EmitContext, inputs: readonly OnnxValue[], node: Node<'convFilter'>): OnnxValue {
  if (fitsBlocks(context, node)) return blockedConvFilter(context, inputs, node)
  const { strides, groups, kernel } = node.params
  const dense = groups === 1 && strides.every((stride) => stride === 1)
  // More slices than these cost more than they save.
  return dense && kernel.length <= 2 && Number(product(kernel)) <= 25
    ? byPatches(context, inputs, node)
    : bySwap(context, inputs, node)
}

function byPatches(context: EmitContext, [x, y]: readonly OnnxValue[], node: Node<'convFilter'>): OnnxValue {
  const { kernel, dilations, padding } = node.params
  const [over, out] = node.inputs as [Spec, Spec]
  const [batch, channels] = over.shape as [Spec['shape'][number], Spec['shape'][number]]
  const filters = out.shape[1]!
  const sizes = spatial(out)
  const like = { dtype: over.dtype, shape: [] }
  const padded = padding.every(([low, high]) => low === 0 && high === 0)
    ? x!
    : op(context, 'Pad', {
        inputs: [
          x!,
          integers(context, [0, 0, ...padding.map(([low]) => low), 0, 0, ...padding.map(([, high]) => high)]),
          number(context, 0, over.dtype),
        ],
        like,
      })
  const axes = integers(
    context,
    kernel.map((_, i) => i + 2),
  )
  const area = product(sizes)
  const patches = placesOf(kernel).map((place) => {
    const starts = place.map((offset, i) => offset * dilations[i]!)
    const ends = starts.map((start, i) => start + sizes[i]!)
    const part = op(context, 'Slice', {
      inputs: [padded, integers(context, starts), integers(context, ends), axes],
      like,
    })
    return reshape(context, part, [batch, 1, channels, area])
  })
  const columns =
    patches.length === 1
      ? patches[0]!
      : op(context, 'Concat', { inputs: patches, attributes: { axis: 1 }, like })
  const wide = reshape(context, columns, [batch, product([product(kernel), channels]), area])
  const rows = reshape(context, y!, [batch, filters, area])
  const each =
    context.portable || over.dtype !== 'float32'
      ? op(context, 'MatMul', { inputs: [rows, transpose(context, wide, [0, 2, 1])], like })
      : op(context, 'FusedMatMul', {
          inputs: [rows, wide],
          attributes: { transB: 1 },
          like,
          domain: 'com.microsoft',
        })
  const total = context.builder.node(
    'ReduceSum',
    [each, integers(context, [0])],
    { keepdims: 0 },
    { type: over.dtype },
  )
  const apart = reshape(context, total, [filters, ...kernel, channels])
  const rank = kernel.length
  return transpose(context, apart, [0, rank + 1, ...kernel.map((_, i) => i + 1)])
}

const placesOf = (kernel: readonly number[]): number[][] =>
  kernel.reduce<number[][]>(
    (places, length) => places.flatMap((place) => Array.from({ length }, (_, i) => [...place, i])),
    [[]],
  )

/** One convolution for each group, with the batch as channels. */
function bySwap(context: EmitContext, [x, y]: readonly OnnxValue[], node: Node<'convFilter'>): OnnxValue {
  const { kernel, strides, dilations, groups, padding } = node.params
  const [over, out] = node.inputs as [Spec, Spec]
  const like = { dtype: over.dtype, shape: [] }
  const swapped = (value: OnnxValue, rank: number): OnnxValue =>
    transpose(context, value, [1, 0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2)])
  const rank = over.shape.length
  const split = (value: OnnxValue, spec: Spec): readonly OnnxValue[] => {
    if (groups === 1) return [value]
    const size = Number(spec.shape[1]) / groups
    const sizes = integers(
      context,
      Array.from({ length: groups }, () => size),
    )
    return context.builder.nodes(
      'Split',
      [value, sizes],
      { axis: 1 },
      { types: Array.from({ length: groups }, () => spec.dtype) },
    )
  }
  const [xs, ys] = [split(x!, over), split(y!, out)]
  const parts = xs.map((part, group) => {
    // Rows of x beyond the last window would give more places than the kernel has: they are cut.
    const raw = op(context, 'Conv', {
      inputs: [swapped(part, rank), swapped(ys[group]!, rank)],
      attributes: {
        kernel_shape: spatial(out),
        strides: dilations,
        dilations: strides,
        pads: pads({ padding }),
        group: 1,
      },
      like,
    })
    const cut = op(context, 'Slice', {
      inputs: [
        raw,
        integers(
          context,
          kernel.map(() => 0),
        ),
        integers(context, kernel),
        integers(
          context,
          kernel.map((_, i) => i + 2),
        ),
      ],
      like,
    })
    return swapped(cut, rank)
  })
  return parts.length === 1
    ? parts[0]!
    : op(context, 'Concat', { inputs: parts, attributes: { axis: 0 }, like })
}

const poolAttributes = (params: PoolParams) => ({
  kernel_shape: params.window,
  strides: params.strides,
  pads: pads(params),
})

const tiles = ({ window, strides, padding }: PoolParams, shape: Spec['shape']): boolean =>
  padding.every(([low, high]) => low === 0 && high === 0) &&
  window.every((size, i) => size === strides[i] && Number(shape[i + 2]) % size === 0)

/** Where the largest of each window stands, in the flat array. */
function indicesOf(
  context: EmitContext,
  x: OnnxValue,
  { inputs, params }: Node<'maxPoolScatter' | 'maxPoolGather'>,
): OnnxValue {
  const { dtype } = inputs[0]!
  return context.builder.nodes('MaxPool', [x], poolAttributes(params), { types: [dtype, 'int64'] })[1]!
}

function maxPoolGather(
  context: EmitContext,
  [x, z]: readonly OnnxValue[],
  node: Node<'maxPoolGather'>,
): OnnxValue {
  const { shape } = node.inputs[0]!
  const where = reshape(context, indicesOf(context, x!, node), [-1])
  const found = op(context, 'GatherElements', {
    inputs: [reshape(context, z!, [-1]), where],
    attributes: { axis: 0 },
    like: { ...node.outputs[0]!, shape },
  })
  return reshape(context, found, node.outputs[0]!.shape)
}

/**
 * keyof WindowParams that tile the axes: y is spread over them (nearest neighbor), and an element keeps its part where it is
 * the first of the largest: on the even background of an image all of a window are equal. The indices that MaxPool gives
 * too would say where, but with them it takes ten times as long.
 */
function scatterOverTiles(
  context: EmitContext,
  [x, y]: readonly OnnxValue[],
  node: Node<'maxPoolScatter'>,
): OnnxValue {
  const { window } = node.params
  const { dtype, shape } = node.inputs[0]!
  const like = node.outputs[0]!
  const scales = context.builder.initializer('scales', tensor('float32', [1, 1, ...window]))
  const spread = (value: OnnxValue): OnnxValue =>
    op(context, 'Resize', {
      inputs: [value, null, scales],
      attributes: { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' },
      like,
    })
  const pool = (value: OnnxValue): OnnxValue =>
    op(context, 'MaxPool', { inputs: [value], attributes: poolAttributes(node.params), like })
  // Where would be one operator in place of two, and takes three times as long.
  const kept = (value: OnnxValue, isKept: OnnxValue): OnnxValue =>
    op(context, 'Mul', { inputs: [cast(context, isKept, dtype), value], like })
  const equal = (a: OnnxValue, b: OnnxValue): OnnxValue =>
    op(context, 'Equal', { inputs: [a, b], like: { ...like, dtype: 'bool' } })
  // Of equal ones the first has the largest number, so that pooling the numbers finds it.
  const sizes = spatial({ shape })
  const places = constant(context, {
    dtype: 'float32',
    shape: [1, 1, ...sizes],
    data: fallingPlaces(window, sizes),
  })
  const numbers = dtype === 'float32' ? places : cast(context, places, dtype)
  const candidates = kept(numbers, equal(x!, spread(pool(x!))))
  return kept(spread(y!), equal(candidates, spread(pool(candidates))))
}

/** For each element of the axes, a number that falls with its place within its window, down to 1. */
function fallingPlaces(window: readonly number[], sizes: readonly number[]): Float32Array {
  const pattern = new Float32Array(sizeOf(sizes)).fill(sizeOf(window))
  for (let i = 0; i < pattern.length; i++) {
    let rest = i
    let weight = 1
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      pattern[i]! -= ((rest % sizes[axis]!) % window[axis]!) * weight
      rest = Math.floor(rest / sizes[axis]!)
      weight *= window[axis]!
    }
  }
  return pattern
}

function maxPoolScatter(
  context: EmitContext,
  [x, y]: readonly OnnxValue[],
  node: Node<'maxPoolScatter'>,
): OnnxValue {
  const { shape, dtype } = node.inputs[0]!
  if (tiles(node.params, shape)) return scatterOverTiles(context, [x!, y!], node)
  const where = reshape(context, indicesOf(context, x!, node), [-1])
  const zeros = reshape(context, filled(context, shape, dtype), [-1])
  const sums = op(context, 'ScatterElements', {
    inputs: [zeros, where, reshape(context, y!, [-1])],
    attributes: { axis: 0, ...(tiles(node.params, shape) ? {} : { reduction: 'add' }) },
    like: node.outputs[0]!,
  })
  return reshape(context, sums, shape)
}

/** Each element of y, spread over its window: a transposed convolution of every channel with itself. */
function averagePoolTranspose(
  context: EmitContext,
  [y]: readonly OnnxValue[],
  node: Node<'averagePoolTranspose'>,
): OnnxValue {
  const { window, strides, padding, spatial: sizes } = node.params
  const { dtype, shape } = node.inputs[0]!
  const flat = reshape(context, y!, [product(shape.slice(0, 2)), 1, ...shape.slice(2)])
  const count = Number(product(window))
  const kernel = constant(context, {
    dtype: 'float32',
    shape: [1, 1, ...window],
    data: new Float32Array(count).fill(1 / count),
  })
  const rest = sizes.map(
    (length, i) =>
      length - ((Number(shape[i + 2]) - 1) * strides[i]! + window[i]! - padding[i]![0] - padding[i]![1]),
  )
  const spread = op(context, 'ConvTranspose', {
    inputs: [flat, dtype === 'float32' ? kernel : cast(context, kernel, dtype)],
    attributes: {
      ...convAttributes({ ...node.params, dilations: window.map(() => 1), groups: 1 }, window),
      output_padding: rest,
    },
    like: node.outputs[0]!,
  })
  return reshape(context, spread, node.outputs[0]!.shape)
}

export const windowEmitters: EmitRules<keyof WindowParams> = {
  conv: convolution,
  convTranspose,
  convFilter,
  maxPool: (context, inputs, { params, outputs }) =>
    op(context, 'MaxPool', { inputs, attributes: poolAttributes(params), like: outputs[0]! }),
  maxPoolScatter,
  maxPoolGather,
  averagePool: (context, inputs, { params, outputs }) =>
    op(context, 'AveragePool', {
      inputs,
      attributes: { ...poolAttributes(params), count_include_pad: 1 },
      like: outputs[0]!,
    }),
  averagePoolTranspose,
}
