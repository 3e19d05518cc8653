import { describe, expect, it } from 'vitest'
import { full, type NDArray, random, spec } from '../../../engine/graph/index.js'
import { network } from '../network.js'
import { dropout } from './dense.js'

const rows = 20_000
const net = network(dropout(0.3), spec('float32', [rows]))
const x = full([rows], 2)
const apply = (options: object): Float32Array => (net.apply({}, x, options) as NDArray<'float32'>).data

describe('dropout', () => {
  it('drops its share in training, and makes up for it', () => {
    const found = apply({ training: true, key: random.key(5) })
    const kept = found.filter((value) => value !== 0)
    // Five standard deviations of a share of 20,000: 0.016.
    expect(Math.abs(1 - kept.length / rows - 0.3)).toBeLessThan(0.016)
    expect(kept.every((value) => value === Math.fround(2 / 0.7))).toBe(true)
  })

  it('drops others for another key, the same for the same, and none in prediction', () => {
    const [a, b, again] = [1, 2, 1].map((seed) => apply({ training: true, key: random.key(seed) }))
    expect(again).toEqual(a)
    expect(b).not.toEqual(a)
    expect(apply({})).toEqual(x.data)
  })
})
