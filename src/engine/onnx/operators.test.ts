import { describe, expect, it } from 'vitest'
import * as op from './index.js'
import {
  graphBuilder,
  type GraphBuilder,
  openSession,
  type Tensor,
  tensor,
  type TensorType,
  type Value,
} from './index.js'

const x = [-1.5, 0, 2, Number.NaN]

interface Case {
  readonly name: string
  readonly type: TensorType
  readonly build: (g: GraphBuilder, x: Value) => Value
  readonly expected: readonly (number | boolean)[]
}

const unary = (name: string, build: Case['build'], f: (value: number) => number): Case => ({
  name,
  type: 'float64',
  build,
  expected: x.map(f),
})
const test = (name: string, build: Case['build'], f: (value: number) => boolean): Case => ({
  name,
  type: 'bool',
  build,
  expected: x.map(f),
})

const cases: readonly Case[] = [
  unary(
    'add',
    (g, v) => op.add(g, v, 1),
    (v) => v + 1,
  ),
  unary(
    'sub',
    (g, v) => op.sub(g, 1, v),
    (v) => 1 - v,
  ),
  unary(
    'mul',
    (g, v) => op.mul(g, v, v),
    (v) => v * v,
  ),
  unary(
    'div',
    (g, v) => op.div(g, v, 3),
    (v) => v / 3,
  ),
  unary(
    'pow',
    (g, v) => op.pow(g, v, 3),
    (v) => v ** 3,
  ),
  unary('abs', op.abs, Math.abs),
  unary('neg', op.neg, (v) => 0 - v),
  unary('exp', op.exp, Math.exp),
  unary(
    'log',
    (g, v) => op.log(g, op.abs(g, v)),
    (v) => Math.log(Math.abs(v)),
  ),
  unary(
    'sqrt',
    (g, v) => op.sqrt(g, op.abs(g, v)),
    (v) => Math.sqrt(Math.abs(v)),
  ),
  unary('floor', op.floor, Math.floor),
  unary('sigmoid', op.sigmoid, (v) => 1 / (1 + Math.exp(-v))),
  unary(
    'clip',
    (g, v) => op.clip(g, v, { min: -1, max: 1 }),
    (v) => Math.max(-1, Math.min(1, v)),
  ),
  unary(
    'clip below only',
    (g, v) => op.clip(g, v, { min: 0 }),
    (v) => Math.max(0, v),
  ),
  unary(
    'where',
    (g, v) => op.where(g, op.isNaN(g, v), [7, v]),
    (v) => (Number.isNaN(v) ? 7 : v),
  ),
  unary('cast', (g, v) => op.cast(g, op.cast(g, v, 'float32'), 'float64'), Math.fround),
  unary(
    'reshape',
    (g, v) => op.reshape(g, op.reshape(g, v, [1, -1]), [-1, 1]),
    (v) => v,
  ),
  unary(
    'concat, gather',
    (g, v) => op.gather(g, op.concat(g, [v, op.add(g, v, 1)]), { indices: [1] }),
    (v) => v + 1,
  ),
  unary(
    'reduceSum',
    (g, v) => op.reduceSum(g, op.concat(g, [v, v, v])),
    (v) => 3 * v,
  ),
  unary(
    'matmul',
    (g, v) => op.matmul(g, v, g.initializer('w', tensor('float64', [2], [1, 1]))),
    (v) => 2 * v,
  ),
  unary(
    'softmax',
    (g, v) => op.gather(g, op.softmax(g, op.concat(g, [v, op.mul(g, v, 0)])), { indices: [0] }),
    (v) => Math.exp(v) / (Math.exp(v) + 1),
  ),
  test('isNaN', op.isNaN, Number.isNaN),
  test(
    'equal',
    (g, v) => op.equal(g, v, 2),
    (v) => v === 2,
  ),
  test(
    'less',
    (g, v) => op.less(g, v, 0),
    (v) => v < 0,
  ),
  test(
    'lessOrEqual',
    (g, v) => op.lessOrEqual(g, v, 0),
    (v) => v <= 0,
  ),
  test(
    'greater',
    (g, v) => op.greater(g, v, 0),
    (v) => v > 0,
  ),
  test(
    'greaterOrEqual',
    (g, v) => op.greaterOrEqual(g, v, 0),
    (v) => v >= 0,
  ),
  test(
    'and, or, not',
    (g, v) => op.and(g, op.not(g, op.isNaN(g, v)), op.or(g, op.less(g, v, 0), op.greater(g, v, 1))),
    (v) => v < 0 || v > 1,
  ),
]

/** Exponentials may differ in the last bits between libraries; 1e-15 is about four of them. */
function expectClose(received: number, expected: number, what: string): void {
  const close = Math.abs(received - expected) <= 1e-15 * Math.max(1, Math.abs(expected))
  const same = received === expected || (Number.isNaN(received) && Number.isNaN(expected))
  expect(same || close, `${what}: ${received}, expected ${expected}`).toBe(true)
}

describe.each(['native', 'wasm'] as const)('operators on %s', (engine) => {
  it('compute in float64 what JavaScript does', async () => {
    const g = graphBuilder({ name: 'operators' })
    const input = g.input('x', 'float64', ['N', 1])
    for (const { name, build, type } of cases) g.output(`out ${name}`, build(g, input), type, ['N', 1])
    await using session = await openSession(g.build(), { engine })
    const results = await session.run({ x: tensor('float64', x, [x.length, 1]) })
    for (const { name, expected } of cases) {
      const received = Array.from<number | bigint | string>(results[`out ${name}`]!.data)
      received.forEach((value, i) => expectClose(Number(value), Number(expected[i]), `${name} of ${x[i]}`))
    }
  })

  it('gives signs and the largest of a row', async () => {
    const g = graphBuilder({ name: 'rows' })
    const input = g.input('x', 'float64', ['N', 3])
    g.output('sign', op.sign(g, input), 'float64', ['N', 3])
    g.output('largest', op.argMax(g, input), 'int64', ['N', 1])
    await using session = await openSession(g.build(), { engine })
    const out = await session.run({ x: tensor('float64', [-3, 0, 2, 5, 5, 1], [2, 3]) })
    expect(out['sign']!.data).toEqual(Float64Array.of(-1, 0, 1, 1, 1, 1))
    // Of equal values the first.
    expect(out['largest']).toEqual({ type: 'int64', dims: [2, 1], data: BigInt64Array.of(2n, 0n) })
  })

  it('looks up texts, exact in float64', async () => {
    const keys = ['Oslo', '', 'São Paulo']
    const values = [0.1, 1e300, Number.NaN]
    const g = graphBuilder({ name: 'lookup' })
    const city = g.input('city', 'string', ['N', 1])
    g.output('index', op.lookupIndex(g, city, { keys }), 'int64', ['N', 1])
    g.output('value', op.lookup(g, city, { keys, values, absent: -1 }), 'float64', ['N', 1])
    g.output('none', op.lookup(g, city, { keys: [], values: [], absent: 5 }), 'float64', ['N', 1])
    g.output('one hot', op.oneHotText(g, city, { keys }), 'float64', ['N', 3])
    await using session = await openSession(g.build(), { engine })
    const out = await session.run({ city: tensor('string', ['São Paulo', 'oslo', '', 'Oslo'], [4, 1]) })
    expect(out['index']!.data).toEqual(BigInt64Array.of(2n, -1n, 1n, 0n))
    expect(out['value']!.data).toEqual(Float64Array.of(Number.NaN, -1, 1e300, 0.1))
    expect(out['none']!.data).toEqual(Float64Array.of(5, 5, 5, 5))
    expect(out['one hot']).toEqual({
      type: 'float64',
      dims: [4, 3],
      data: Float64Array.of(0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0),
    } satisfies Tensor)
  })

  it('takes no rows', async () => {
    const g = graphBuilder({ name: 'none' })
    const city = g.input('city', 'string', ['N', 1])
    const age = g.input('age', 'float64', ['N', 1])
    g.output('y', op.concat(g, [op.oneHotText(g, city, { keys: ['a', 'b'] }), age]), 'float64', ['N', 3])
    await using session = await openSession(g.build(), { engine })
    const out = await session.run({ city: tensor('string', [], [0, 1]), age: tensor('float64', [], [0, 1]) })
    expect(out['y']).toEqual({ type: 'float64', dims: [0, 3], data: new Float64Array() })
  })
})
