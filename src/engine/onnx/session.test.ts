import { describe, expect, it } from 'vitest'
import { graphBuilder, openSession, scalar, tensor } from './index.js'

describe.each(['native', 'wasm'] as const)('session on %s', (engine) => {
  it('runs', async () => {
    const g = graphBuilder({ name: 'twice' })
    const x = g.input('x', 'float64', ['N', 1])
    const two = g.initializer('two', scalar('float64', 2))
    g.output('y', g.node('Mul', [x, two]), 'float64', ['N', 1])
    await using session = await openSession(g.build(), { engine })
    const { y } = await session.run({ x: tensor('float64', [1, 2, 3], [3, 1]) })
    expect(y).toEqual({ type: 'float64', dims: [3, 1], data: Float64Array.of(2, 4, 6) })
  })
})
