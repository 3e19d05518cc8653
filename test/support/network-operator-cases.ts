// Normalization, windows, images, recurrent cells, attention and linear models, from version 7 to 26.
import { type AttributeValue, floatsAttribute } from '../../src/engine/onnx/attributes.js'
import { type Tensor, tensor } from '../../src/engine/onnx/index.js'
import { floats } from './onnx-models.js'
import { bools, f, fixed, ints, one, type OperatorCase } from './operator-case.js'

const x23 = floats([2, 3])
const x234 = floats([2, 3, 4])
const image = floats([2, 3, 6, 5])
const b = { shapes: { x0: ['batch', 3, 4] } }

const channel = (low = -1, high = 1): readonly [Tensor] => [floats([3], low, high)]
const normalization: OperatorCase[] = [
  one('BatchNormalization', 9, [image, channel(), channel(), channel(), channel(0.5, 2)]),
  one('BatchNormalization', 15, [image, channel(), channel(), channel(), channel(0.5, 2)], {
    epsilon: f(0.01),
  }),
  one('BatchNormalization', 14, [x23, channel(), channel(), channel(), channel(0.5, 2)]),
  one('LayerNormalization', 17, [x234, [floats([4])], [floats([4])]], {}, b),
  one('LayerNormalization', 17, [x234, [floats([3, 4])]], { axis: 1, epsilon: f(0.01) }, b),
  one('RMSNormalization', 23, [x234, [floats([4])]], {}, b),
  one('RMSNormalization', 23, [x234, [floats([3, 4])]], { axis: 1, epsilon: f(0.01) }, b),
  one('InstanceNormalization', 9, [image, channel(), channel()], {}, { shapes: { x0: ['batch', 3, 6, 5] } }),
  one('GroupNormalization', 18, [floats([2, 4, 3]), [floats([2])], [floats([2])]], { num_groups: 2 }),
  one('GroupNormalization', 21, [floats([2, 4, 3]), [floats([4])], [floats([4])]], { num_groups: 2 }),
  one('LpNormalization', 1, [x23], { axis: 1, p: 1 }),
  one('LpNormalization', 7, [x23]),
  one('MeanVarianceNormalization', 13, [image]),
  one('LRN', 13, [image], { size: 3, alpha: f(0.1), beta: f(0.5), bias: f(1.5) }),
].filter(({ opset }) => opset >= 7)

const conv = (attributes: Readonly<Record<string, AttributeValue>>, opset = 11): OperatorCase =>
  one('Conv', opset, [image, [floats([4, 3, 3, 2])], [floats([4])]], attributes, {
    shapes: { x0: ['batch', 3, 6, 5] },
  })
const transposed = (attributes: Readonly<Record<string, AttributeValue>>): OperatorCase =>
  one('ConvTranspose', 11, [floats([2, 3, 3, 4]), [floats([3, 2, 3, 2])], [floats([2])]], attributes)
const pool = (
  operator: string,
  opset: number,
  attributes: Readonly<Record<string, AttributeValue>>,
): OperatorCase => one(operator, opset, [image], { kernel_shape: [3, 2], ...attributes })

const windows: OperatorCase[] = [
  conv({}),
  conv({ strides: [2, 1], pads: [1, 0, 2, 1], kernel_shape: [3, 2] }),
  conv({ dilations: [2, 1] }),
  conv({ auto_pad: 'SAME_UPPER', strides: [2, 2] }),
  conv({ auto_pad: 'SAME_LOWER' }),
  conv({ auto_pad: 'VALID' }),
  one('Conv', 11, [floats([1, 4, 7]), [floats([6, 2, 3])]], { group: 2 }),
  one('Conv', 11, [floats([1, 2, 4, 4, 3]), [floats([2, 2, 2, 2, 2])]], { pads: [1, 1, 1, 0, 0, 0] }),
  transposed({}),
  transposed({ strides: [2, 3], output_padding: [1, 2], pads: [1, 0, 0, 1] }),
  transposed({ strides: [2, 2], output_shape: [6, 8] }),
  transposed({ strides: [2, 2], output_shape: [8, 9] }),
  transposed({ strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  transposed({ strides: [4, 3], auto_pad: 'SAME_UPPER' }),
  transposed({ strides: [2, 2], auto_pad: 'SAME_LOWER' }),
  transposed({ dilations: [2, 1] }),
  one('ConvTranspose', 11, [floats([1, 4, 5]), [floats([4, 3, 3])]], { group: 2, strides: [2] }),
  pool('MaxPool', 8, {}),
  pool('MaxPool', 11, { strides: [2, 2], pads: [1, 0, 1, 1] }),
  pool('MaxPool', 12, { strides: [2, 2], ceil_mode: 1 }),
  pool('MaxPool', 12, { strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 }),
  pool('MaxPool', 12, { dilations: [2, 2] }),
  pool('MaxPool', 12, { dilations: [2, 1], pads: [1, 0, 2, 1], strides: [1, 2] }),
  pool('MaxPool', 12, { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
  pool('AveragePool', 7, {}),
  pool('AveragePool', 11, { strides: [2, 2], pads: [1, 0, 1, 1] }),
  pool('AveragePool', 11, { strides: [2, 2], pads: [1, 0, 1, 1], count_include_pad: 1 }),
  pool('AveragePool', 11, { strides: [2, 2], ceil_mode: 1 }),
  pool('AveragePool', 19, { strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1, count_include_pad: 1 }),
  pool('AveragePool', 19, { strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 }),
  pool('AveragePool', 19, { dilations: [2, 2] }),
  pool('AveragePool', 11, { auto_pad: 'SAME_LOWER', strides: [2, 2] }),
  pool('AveragePool', 19, { kernel_shape: [1, 1], strides: [3, 2], auto_pad: 'SAME_UPPER' }),
  one('GlobalAveragePool', 7, [image], {}, { shapes: { x0: ['batch', 3, 6, 5] } }),
  one('GlobalMaxPool', 7, [image], {}, { shapes: { x0: ['batch', 3, 6, 5] } }),
]

const picture = floats([1, 2, 3, 4])
const scales = (values: readonly number[]): readonly [Tensor] => [tensor('float32', values)]
const resize = (
  attributes: Readonly<Record<string, AttributeValue>>,
  factors = [1, 1, 2, 1.5],
  opset = 13,
): OperatorCase => one('Resize', opset, [picture, null, scales(factors)], attributes)
const sized = (
  attributes: Readonly<Record<string, AttributeValue>>,
  sizes = [1, 2, 5, 3],
  opset = 13,
): OperatorCase => one('Resize', opset, [picture, null, null, fixed(sizes)], attributes)

const resizes: OperatorCase[] = [
  one('Upsample', 7, [picture], { scales: floatsAttribute([1, 1, 2, 3]) }),
  one('Upsample', 9, [picture, scales([1, 1, 2, 2])], { mode: 'nearest' }),
  one('Upsample', 9, [picture, scales([1, 1, 2, 2])], { mode: 'linear' }),
  one('Resize', 10, [picture, scales([1, 1, 2, 0.5])], { mode: 'nearest' }),
  resize({ mode: 'nearest' }),
  resize(
    { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' },
    [1, 1, 2, 3],
  ),
  resize({ mode: 'nearest', nearest_mode: 'ceil' }),
  resize({
    mode: 'nearest',
    nearest_mode: 'round_prefer_ceil',
    coordinate_transformation_mode: 'align_corners',
  }),
  resize({ mode: 'linear' }),
  resize({ mode: 'linear', coordinate_transformation_mode: 'align_corners' }, [1, 1, 2, 2]),
  sized({ mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' }),
  sized({ mode: 'nearest' }),
  resize({ mode: 'cubic' }, [1, 1, 2, 2]),
  resize(
    { mode: 'cubic', coordinate_transformation_mode: 'align_corners', cubic_coeff_a: f(-0.5) },
    [1, 1, 2, 2],
  ),
  one('Resize', 18, [picture, null, scales([2, 2])], { axes: [2, 3] }),
  ...['not_larger', 'not_smaller'].map((policy) =>
    one('Resize', 19, [picture, null, null, fixed([7, 5])], {
      mode: 'linear',
      axes: [2, 3],
      keep_aspect_ratio_policy: policy,
    }),
  ),
  resize({ mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' }, [1, 1, 2, 1.4], 19),
]

const sequence = floats([4, 2, 3])
const cell = (
  operator: string,
  gates: number,
  rest: OperatorCase['operands'],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): OperatorCase => {
  const ways = attributes['direction'] === 'bidirectional' ? 2 : 1
  const weights = [[floats([ways, gates * 2, 3])], [floats([ways, gates * 2, 2])]] as const
  return one(
    operator,
    14,
    [sequence, ...weights, ...rest],
    { hidden_size: 2, ...attributes },
    {
      outputs: operator === 'LSTM' ? 3 : 2,
      // Lengths and states that are given fix the batch.
      shapes: rest.length > 1 ? {} : { x0: [4, 'batch', 3] },
    },
  )
}
const lengths: readonly [Tensor] = [tensor('int32', [4, 2])]

const recurrent: OperatorCase[] = [
  cell('LSTM', 4, []),
  cell('LSTM', 4, [[floats([2, 16])]], { direction: 'bidirectional' }),
  cell('LSTM', 4, [[floats([1, 16])], null, [floats([1, 2, 2])], [floats([1, 2, 2])], [floats([1, 6])]], {
    direction: 'reverse',
  }),
  cell('LSTM', 4, [[floats([2, 16])], lengths], { direction: 'bidirectional' }),
  cell('GRU', 3, [[floats([1, 12])]]),
  cell('GRU', 3, [[floats([1, 12])]], { linear_before_reset: 1 }),
  cell('GRU', 3, [[floats([2, 12])], lengths], { direction: 'bidirectional', linear_before_reset: 1 }),
  cell('RNN', 1, [[floats([1, 4])]]),
  cell('RNN', 1, [], { activations: ['Relu'] }),
]

const ml = { domain: 'ai.onnx.ml' }
const machineLearning: OperatorCase[] = [
  one('Scaler', 1, [x23], { offset: floatsAttribute([1, 2, 3]), scale: floatsAttribute([0.5, 2, 1]) }, ml),
  one(
    'Scaler',
    1,
    [ints([1, 2, 3], [1, 3])],
    { offset: floatsAttribute([1]), scale: floatsAttribute([0.5]) },
    ml,
  ),
  one(
    'LinearRegressor',
    1,
    [x23],
    { coefficients: floatsAttribute([1, -2, 0.5]), intercepts: floatsAttribute([0.25]) },
    ml,
  ),
  one(
    'LinearRegressor',
    1,
    [x23],
    {
      targets: 2,
      coefficients: floatsAttribute([1, -2, 0.5, 3, 1, 1]),
      intercepts: floatsAttribute([0.25, 1]),
    },
    ml,
  ),
  ...['NONE', 'LOGISTIC', 'SOFTMAX'].map((transform) =>
    one(
      'LinearClassifier',
      1,
      [x23],
      {
        coefficients: floatsAttribute([1, -2, 0.5, -1, 2, -0.5]),
        intercepts: floatsAttribute([0.25, -0.25]),
        post_transform: transform,
        classlabels_ints: [3, 8],
      },
      { outputs: 2, ...ml },
    ),
  ),
  one(
    'LinearClassifier',
    1,
    [x23],
    {
      coefficients: floatsAttribute([1, -2, 0.5, 3, 1, 1, 0, 1, 0]),
      intercepts: floatsAttribute([0.25, 1, 0]),
      post_transform: 'SOFTMAX',
      classlabels_ints: [0, 1, 2],
    },
    { outputs: 2, ...ml },
  ),
  one(
    'LinearClassifier',
    1,
    [x23],
    {
      coefficients: floatsAttribute([1, -2, 0.5]),
      intercepts: floatsAttribute([0.25]),
      post_transform: 'LOGISTIC',
      classlabels_ints: [0, 1],
    },
    { outputs: 2, ...ml },
  ),
  ...['MAX', 'L1', 'L2'].map((norm) => one('Normalizer', 1, [floats([2, 3], 0.1, 2)], { norm }, ml)),
  one(
    'Imputer',
    1,
    [tensor('float32', [1, NaN, 3, NaN], [2, 2])],
    { imputed_value_floats: floatsAttribute([7, 8]), replaced_value_float: f(NaN) },
    ml,
  ),
  one('Binarizer', 1, [x23], { threshold: f(0.5) }, ml),
  one('ArrayFeatureExtractor', 1, [x23, fixed([2, 0])], {}, ml),
]

const heads = (count: number, length: number, width = 8): Tensor => floats([2, count, length, width])
const flat = (length: number, width = 24): Tensor => floats([2, length, width])
const open = { shapes: { x0: ['batch', 3, 4, 8], x1: ['batch', 3, 6, 8], x2: ['batch', 3, 6, 8] } }
const mask = bools([1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1], [4, 6])

const attention: OperatorCase[] = [
  one('Attention', 23, [heads(3, 4), heads(3, 6), heads(3, 6)], {}, open),
  one('Attention', 24, [heads(3, 4), heads(3, 6), heads(3, 6, 5)], { scale: f(0.3) }),
  one('Attention', 23, [flat(4), flat(6), flat(6)], { q_num_heads: 3, kv_num_heads: 3, is_causal: 1 }),
  one('Attention', 23, [flat(4), flat(6, 8), flat(6, 8)], { q_num_heads: 6, kv_num_heads: 2 }),
  one('Attention', 23, [heads(4, 4), heads(2, 6), heads(2, 6), floats([4, 6])], { softcap: f(2) }),
  one('Attention', 24, [heads(4, 4), heads(2, 6), heads(2, 6), [mask]], { softcap: f(2) }),
  one('Attention', 23, [heads(3, 4), heads(3, 6), heads(3, 6), mask]),
  one(
    'Attention',
    23,
    [heads(3, 4), heads(3, 6), heads(3, 6), null, heads(3, 2), heads(3, 2)],
    {},
    { outputs: 3 },
  ),
  one(
    'Attention',
    23,
    [heads(3, 4), heads(3, 4), heads(3, 4), null, heads(3, 2), heads(3, 2)],
    { is_causal: 1 },
    { outputs: 3 },
  ),
  ...[0, 1, 2, 3].map((mode) =>
    one(
      'Attention',
      23,
      [heads(2, 4), heads(2, 6), heads(2, 6), floats([2, 1, 4, 6])],
      { qk_matmul_output_mode: mode, softcap: f(1.5) },
      { outputs: 4 },
    ),
  ),
  one('RotaryEmbedding', 23, [
    heads(3, 5),
    [floats([7, 4])],
    [floats([7, 4])],
    fixed([0, 1, 2, 3, 4, 6, 5, 4, 3, 2], [2, 5]),
  ]),
  one('RotaryEmbedding', 23, [flat(5), floats([2, 5, 4]), floats([2, 5, 4])], {
    num_heads: 3,
    interleaved: 1,
  }),
  one('RotaryEmbedding', 23, [heads(3, 5), floats([2, 5, 2]), floats([2, 5, 2])], {
    rotary_embedding_dim: 4,
  }),
]

const grid = floats([2, 4, 3, 2], -1.2, 1.2)
// Between the nearest elements there are jumps: where they lie is a constant there, and only the image moves.
const grids: OperatorCase[] = [
  one(
    'GridSample',
    16,
    [image, grid],
    { mode: 'bilinear' },
    { shapes: { x0: ['batch', 3, 6, 5], x1: ['batch', 4, 3, 2] } },
  ),
  one('GridSample', 20, [image, grid], { align_corners: 1 }),
  one('GridSample', 22, [image, grid], { padding_mode: 'border' }),
  one('GridSample', 20, [image, [grid]], { mode: 'nearest' }),
  one('GridSample', 20, [image, [grid]], { mode: 'nearest', padding_mode: 'border', align_corners: 1 }),
  ...[0, 1].map((align_corners) =>
    one('GridSample', 20, [image, grid], { padding_mode: 'reflection', align_corners }),
  ),
  ...[0, 1].map((align_corners) =>
    one('AffineGrid', 20, [floats([2, 2, 3]), fixed([2, 3, 4, 5])], { align_corners }),
  ),
]

export const networkOperatorCases: readonly OperatorCase[] = [
  ...normalization,
  ...windows,
  ...resizes,
  ...recurrent,
  ...attention,
  ...grids,
  ...machineLearning,
]
