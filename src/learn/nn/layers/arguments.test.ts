// What layers refuse, where they are described.
import { describe, expect, it } from 'vitest'
import { array, type DType, full, type NDArray, spec } from '../../../engine/graph/index.js'
import * as nn from '../index.js'

// Not by spec(), which refuses sizes that none are by itself.
const described = (layer: nn.Layer, shape: (number | string)[], dtype: DType = 'float32') =>
  nn.network(layer, { dtype, shape }).output.shape

describe('layers refuse', () => {
  it.each([
    [() => nn.dense(0), /dense: 'units' must be a whole number of at least 1; received 0/],
    [() => nn.dense(2.5), /'units' must be a whole number/],
    [() => nn.dense('4' as never), /received '4'/],
    [() => nn.dense(3, { useBias: false } as never), /dense: there is no option 'useBias'/],
    [() => nn.embedding(0, 4), /embedding: 'rows' must be/],
    [() => nn.dropout(1), /dropout: 'probability' must be a number from 0 to 1, 1 excluded; received 1/],
    [() => nn.dropout(Number.NaN), /received NaN/],
    [() => nn.conv2d(4, 3, { strides: 2 } as never), /Did you mean 'stride'/],
    [() => nn.conv2d(4, 3, { stride: 0 }), /'stride' must be a whole number of at least 1, or one for each/],
    [() => nn.conv2d(4, 3, { padding: 'valid' as never }), /at least 0, or 'same'; received 'valid'/],
    [() => nn.maxPool(0), /maxPool: 'window' must be/],
    [() => nn.maxPool(2, { padding: 2 }), /'padding' must be at most half of the window; received 2/],
    [() => nn.adaptiveAveragePool(0), /adaptiveAveragePool: 'lengths' must be/],
    [() => nn.upsample(1.5), /upsample: 'factor' must be/],
    [() => nn.groupNorm(0), /groupNorm: 'groups' must be/],
    [() => nn.batchNorm({ momentum: 5 }), /batchNorm: option 'momentum' must be a number between 0 and 1/],
    [() => nn.lstm(8, { returnSequences: true } as never), /lstm: there is no option 'returnSequences'/],
    [() => nn.gru(8, { layers: 0 }), /gru: option 'layers' must be/],
    [() => nn.multiHeadAttention({ heads: 0 }), /option 'heads' must be/],
    [
      () => nn.multiHeadAttention({} as never),
      /'heads' must be a whole number of at least 1; received undefined/,
    ],
    [() => nn.transformerBlock({ heads: 2, norm: 'pre' as never }), /one of 'before', 'after'/],
    [() => nn.learnedPositions(-1), /learnedPositions: 'length' must be/],
    [() => nn.sequential([nn.relu] as never), /layer '0' is an array, expected a layer\. Spread a list/],
    [() => nn.sequential(nn.dense(1), 'relu' as never), /layer '1' is 'relu', expected a layer/],
    [
      () => nn.network({} as never, spec('float32', [1])),
      /the first argument is an object, expected a layer/,
    ],
    [() => nn.network(nn.dense(1), [1, 2] as never), /the input is an array, expected a spec/],
    [() => described(nn.dense(1), [-1, 2]), /the input is of shape \[-1, 2\], expected a spec/],
  ])('arguments: %s', (describe, message) => {
    expect(describe).toThrow(message)
  })

  it.each<[nn.Layer, (number | string)[], RegExp]>([
    [
      nn.conv2d(4, 3),
      ['batch', 3, 8],
      /conv2d: its input is \[batch, 3, 8\], expected \[batch, channels, height, width\]/,
    ],
    [nn.conv2d(4, [3]), ['batch', 3, 8, 8], /the kernel has 1 sizes, expected 2/],
    [
      nn.conv2d(4, 3, { groups: 2 }),
      ['batch', 3, 8, 8],
      /3 channels and 4 filters cannot be divided into 2 groups/,
    ],
    [nn.convTranspose2d(3, 3, { groups: 2 }), ['batch', 4, 8, 8], /cannot be divided into 2 groups/],
    [nn.maxPool(2), ['batch', 3], /maxPool: its input is \[batch, 3\]/],
    [nn.globalAveragePool, ['batch', 3], /its input is \[batch, 3\]/],
    [nn.adaptiveMaxPool([2, 2]), ['batch', 3, 8], /adaptiveMaxPool: its input is/],
    [nn.adaptiveMaxPool(2), ['batch', 3, 'h'], /the length of its input \[batch, 3, h\] is not known/],
    [
      nn.embedding(10, 4),
      ['batch', 3],
      /embedding: its input is float32\[batch, 3\], expected indices of type int32/,
    ],
    [nn.lstm(4), ['batch', 3], /lstm: its input is \[batch, 3\], expected \[batch, time, features\]/],
    [nn.multiHeadAttention({ heads: 2 }), ['batch', 8], /multiHeadAttention: its input is \[batch, 8\]/],
    [nn.multiHeadAttention({ heads: 1, rotary: true }), ['batch', 5, 7], /rotary turns pairs of numbers/],
    [
      nn.multiHeadAttention({ heads: 1, causal: true }),
      ['batch', 'time', 8],
      /with causal: the time of its input/,
    ],
    [nn.learnedPositions(3), ['batch', 5, 8], /is 5 long, expected at most 3\. Make more places/],
    [nn.residual(nn.dense(1)), ['batch', 3], /residual: the layer makes \[batch, 1\] of \[batch, 3\]/],
    [
      nn.sequential(nn.dense(3), nn.leakyRelu as never),
      ['batch', 3],
      /Layer '1': leakyRelu gave a function.*leakyRelu\(\)/,
    ],
    [
      () => (nn.flatten as () => never)(),
      ['batch', 3],
      /flatten: its input is undefined.*write flatten, not flatten\(\)/,
    ],
  ])('inputs: %#', (layer, shape, message) => {
    expect(() => described(layer, shape)).toThrow(message)
  })
})

describe('leakyRelu', () => {
  it('is the line through 0 on each side, for slopes above 1 too', () => {
    const net = nn.network(nn.leakyRelu(2), spec('float32', [4]))
    expect([...(net.apply({}, array([-2, -1, 0, 3])) as NDArray).data]).toEqual([-4, -2, 0, 3])
  })
})

describe('a network', () => {
  it('takes values of its own shapes only, also where others would broadcast', () => {
    const net = nn.network(nn.dense(3), spec('float32', ['batch', 2]))
    const values = { ...net.initialize(), bias: full([1], 0) }
    expect(() => net.toOnnx(values)).toThrow(/the value for 'bias' is \[1\], expected \[3\]/)
    expect(() => net.toOnnx(undefined as never)).toThrow(/no value for 'weight'/)
  })
})
