// Convolutions with channels in blocks, as the runtime's fastest kernels want them: [N, C/b, H, W, b], where a vector register
// holds the b channels of one place. All three products of a convolution are then convolutions, and no patches are taken
// apart. The runtime tells shapes as [N, C, H, W] all the same.
import type { Value as OnnxValue } from '../../onnx/index.js'
import type { Node, Spec } from '../value.js'
import { type EmitContext, integers, number, op, transpose } from './context.js'

const domain = 'com.microsoft.nchwc'

const like: Spec = { dtype: 'float32', shape: [] }

const spatialOf = ({ shape }: Spec): number[] => shape.slice(2).map(Number)

/** Whether a convolution over two axes can be written so: one group, and channels that fill the blocks. */
export function fitsBlocks(
  { channelBlock: block }: EmitContext,
  node: Node<'conv' | 'convTranspose' | 'convFilter'>,
): boolean {
  if (block === undefined || node.params.groups !== 1 || node.inputs[0]!.dtype !== 'float32') return false
  const [first, second] = [node.inputs[0]!, node.inputs[1]!]
  if (first.shape.length !== 4 || ![first, second].every((input) => spatialOf(input).every(Number.isInteger)))
    return false
  const fills = (count: Spec['shape'][number] | undefined): boolean => Number(count) % block === 0
  if (node.primitive === 'convFilter') {
    // A batch becomes the channels, filled up to a block: of a smaller one more than half would be zeros.
    const rows = first.shape[0]!
    return fills(first.shape[1]) && fills(second.shape[1]) && (typeof rows === 'string' || rows * 2 >= block)
  }
  if (!second.shape.slice(0, 2).every(fills)) return false
  return node.primitive === 'conv' || isTurned(node)
}

/** Whether dx is a convolution of dy: in steps of one, with padding that no window lies in as a whole. */
const isTurned = (node: Node<'convTranspose'>): boolean =>
  node.params.strides.every((stride) => stride === 1) &&
  turnedPadding(node).every(([low, high]) => low >= 0 && high >= 0)

interface Windows {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padding: readonly (readonly [number, number])[]
}

/** x and its filters, both in blocks, to y, which is taken out of them. */
function convolved(
  context: EmitContext,
  inputs: readonly OnnxValue[],
  { kernel, strides, dilations, padding }: Windows,
  channels: number,
): OnnxValue {
  const pads = [...padding.map(([low]) => low), ...padding.map(([, high]) => high)]
  const attributes = { kernel_shape: kernel, strides, dilations, pads, group: 1 }
  const y = op(context, 'Conv', { inputs, attributes, like, domain })
  return op(context, 'ReorderOutput', { inputs: [y], attributes: { channels }, like, domain })
}

function intoBlocks(context: EmitContext, x: OnnxValue): OnnxValue {
  const known = context.blocked.get(x)
  if (known !== undefined) return known
  const blocked = op(context, 'ReorderInput', { inputs: [x], like, domain })
  context.blocked.set(x, blocked)
  return blocked
}

/** Filters of [channels in, channels out, H, W] as [out/b, in/b, H, W, in b, out b]: two steps that move whole blocks. */
function filters(context: EmitContext, w: OnnxValue, [wanted, ...sizes]: readonly number[]): OnnxValue {
  const block = context.channelBlock!
  const shaped = (value: OnnxValue, shape: readonly number[]): OnnxValue =>
    op(context, 'Reshape', { inputs: [value, integers(context, shape)], like })
  const area = sizes.reduce((a, b) => a * b, 1)
  const apart = shaped(intoBlocks(context, w), [-1, block, wanted! / block, area, block])
  return shaped(transpose(context, apart, [2, 0, 3, 1, 4]), [wanted!, -1, ...sizes])
}

const swapped = (context: EmitContext, x: OnnxValue): OnnxValue => transpose(context, x, [1, 0, 2, 3])

/** A convolution; a third operand is the bias. */
export function blockedConv(
  context: EmitContext,
  [x, w, ...bias]: readonly OnnxValue[],
  { params, inputs }: Node<'conv'>,
): OnnxValue {
  const out = Number(inputs[1]!.shape[0])
  const kernel = spatialOf(inputs[1]!)
  const filter = filters(context, swapped(context, w!), [out, ...kernel])
  return convolved(context, [intoBlocks(context, x!), filter, ...bias], { ...params, kernel }, out)
}

/** dx of a convolution in steps of one: dy convolved with the filters turned around. */
export function blockedConvTranspose(
  context: EmitContext,
  [y, w]: readonly OnnxValue[],
  node: Node<'convTranspose'>,
): OnnxValue {
  const { params, inputs } = node
  const out = Number(inputs[1]!.shape[1])
  const kernel = spatialOf(inputs[1]!)
  const padding = turnedPadding(node)
  const filter = filters(context, turned(context, w!), [out, ...kernel])
  return convolved(context, [intoBlocks(context, y!), filter], { ...params, padding, kernel }, out)
}

function turnedPadding({ params, inputs }: Node<'convTranspose'>): (readonly [number, number])[] {
  const { dilations, padding, spatial } = params
  const [sizes, kernel] = [spatialOf(inputs[0]!), spatialOf(inputs[1]!)]
  return padding.map(([low], i) => {
    const span = (kernel[i]! - 1) * dilations[i]!
    return [span - low, spatial[i]! - sizes[i]! + low]
  })
}

/** Both axes from their end to their beginning. */
function turned(context: EmitContext, w: OnnxValue): OnnxValue {
  const [last, beyond] = [integers(context, [-1, -1]), integers(context, [-(2 ** 31), -(2 ** 31)])]
  return op(context, 'Slice', {
    inputs: [w, last, beyond, integers(context, [2, 3]), integers(context, [-1, -1])],
    like,
  })
}

/** dw: x convolved with dy, where batch and channels change places, and steps and dilations too. */
export function blockedConvFilter(
  context: EmitContext,
  [x, y]: readonly OnnxValue[],
  { params, inputs }: Node<'convFilter'>,
): OnnxValue {
  const [over, out] = [inputs[0]!, inputs[1]!]
  const channels = Number(out.shape[1])
  const rest = batchRest(context, over.shape[0]!)
  const none = params.padding.map(() => [0, 0] as const)
  // Windows that reach over the edge are computed one by one: zeros around x spare that, for nearly all of the few windows do.
  const rows = intoBlocks(context, swapped(context, padded(context, x!, rest, params.padding)))
  const filter = filters(context, padded(context, y!, rest, none), [channels, ...spatialOf(out)])
  const windows = {
    strides: params.dilations,
    dilations: params.strides,
    padding: none,
    kernel: spatialOf(out),
  }
  const raw = convolved(context, [rows, filter], windows, channels)
  // Rows of x beyond the last window would give more places than the kernel has: they are cut.
  const zeros = integers(context, [0, 0])
  const cut = op(context, 'Slice', {
    inputs: [raw, zeros, integers(context, params.kernel), integers(context, [2, 3])],
    like,
  })
  return swapped(context, cut)
}

/** How many rows a batch lacks to fill the blocks; undefined where it does. */
function batchRest(
  context: EmitContext,
  rows: Spec['shape'][number],
): ((x: OnnxValue) => OnnxValue) | undefined {
  const block = context.channelBlock!
  if (Number(rows) % block === 0) return undefined
  const { builder } = context
  return (x) => {
    const count = builder.node('Shape', [x], { start: 0, end: 1 }, { type: 'int64' })
    const owed = builder.node('Neg', [count], {}, { type: 'int64' })
    return builder.node('Mod', [owed, integers(context, [block])], {}, { type: 'int64' })
  }
}

/** Zeros around the axes, and after the batch. */
function padded(
  context: EmitContext,
  x: OnnxValue,
  rest: ReturnType<typeof batchRest>,
  padding: Windows['padding'],
): OnnxValue {
  const [low, high] = [padding.map(([before]) => before), padding.map(([, after]) => after)]
  if (rest === undefined && [...low, ...high].every((count) => count === 0)) return x
  const begins = integers(context, [0, 0, ...low])
  const pads =
    rest === undefined
      ? integers(context, [0, 0, ...low, 0, 0, ...high])
      : context.builder.node(
          'Concat',
          [begins, rest(x), integers(context, [0, ...high])],
          { axis: 0 },
          { type: 'int64' },
        )
  return op(context, 'Pad', { inputs: [x, pads, number(context, 0, 'float32')], like })
}
