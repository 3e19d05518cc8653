import { describe, expect, it } from 'vitest'
import { array, full, spec } from '../../../engine/graph/index.js'
import * as nn from '../index.js'

const net = nn.network(
  nn.sequential(nn.dense(8), nn.batchNorm(), nn.relu, nn.dropout(0.5), nn.dense(3)),
  spec('float32', ['batch', 4]),
)
const values = net.initialize(1)
const x = array(Array.from({ length: 5 }, (_, i) => [i, -i, 1, i / 2]))

describe('predictNetwork', () => {
  it('gives the same in parts, without dropout', async () => {
    const whole = await nn.predictNetwork(net, values, x)
    expect(whole.shape).toEqual([5, 3])
    expect(await nn.predictNetwork(net, values, x)).toEqual(whole)
    const parts = await nn.predictNetwork(net, values, x, { batchSize: 2 })
    expect(parts.shape).toEqual(whole.shape)
    // Products of other sizes add up in another order.
    parts.data.forEach((value, i) => expect(value).toBeCloseTo(whole.data[i]!, 5))
  })

  it('refuses what the network was not described for', async () => {
    await expect(nn.predictNetwork(net, values, full([5, 3], 0))).rejects.toThrow(/x is float32\[5, 3\]/)
    await expect(nn.predictNetwork(net, values, full([0, 4], 0))).rejects.toThrow(/x has no rows/)
  })
})
