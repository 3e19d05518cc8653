import { describe, expect, it } from 'vitest'
import { matrix } from '../../../data/index.js'
import { graphBuilder, openSession, tensor } from '../../../engine/onnx/index.js'
import { arrangeInGraph } from './inputs-graph.js'
import { arrange, bent, readInputs } from './inputs.js'
import { piecesOf } from './pieces.js'

const columns = (rows: readonly (readonly number[])[]) =>
  matrix(Float64Array.from(rows.flat()), { rows: rows.length, columns: rows[0]!.length })

// A category of four codes, two values, a number, a constant.
const training = columns(Array.from({ length: 9 }, (_, row) => [row % 4, 5 + (row % 2), row * row, 7]))

describe('inputs of networks for tables', () => {
  it('come in the order flags, numbers, categories, each on a scale of its own', () => {
    const inputs = readInputs(training, [4, 0, 0, 0])
    expect(inputs).toMatchObject({ order: [1, 3, 2, 0], flags: 2, numbers: 1, levels: [4] })
    // The median of squares to 64, and the distance of quartiles 4 and 36 in deviations of a normal distribution.
    expect(Array.from(inputs.center)).toEqual([5, 7, 16])
    expect(Array.from(inputs.scale)).toEqual([1, 1, 32 / 1.349])
    const [first, second] = [0, 1].map((row) =>
      Array.from(arrange(training, inputs).slice(4 * row, 4 * row + 4)),
    )
    expect(first).toEqual([0, 0, Math.fround(bent((-16 * 1.349) / 32)), 0])
    expect(second).toEqual([Math.fround(bent(1)), 0, Math.fround(bent((-15 * 1.349) / 32)), 1])
  })

  it('stay within three deviations, in order, and nearly as they are around 0', () => {
    const far = [-Infinity, -1e300, -10, -1, 0, 1, 10, 1e300, Infinity].map(bent)
    expect(far).toEqual(far.toSorted((a, b) => a - b))
    expect(far.every((value) => Math.abs(value) <= 3)).toBe(true)
    // z − z³/18 + …
    expect(bent(0.1)).toBeCloseTo(0.1 - 0.001 / 18, 6)
  })

  it('have distinct edges, as many as rows can fill', () => {
    const few = readInputs(columns(Array.from({ length: 400 }, (_, row) => [Math.max(0, row - 300)])), [])
    // Five pieces of 80 rows, of which three are all zero and one.
    expect(few.edges[0]!.length).toBe(3)
    const many = readInputs(columns(Array.from({ length: 10_000 }, (_, row) => [row])), [])
    expect(many.edges[0]!.length).toBe(33)
    const { starts, slopes, pieces } = piecesOf([few.edges[0]!, many.edges[0]!])
    expect(pieces).toBe(32)
    expect(starts[32]! + 1 / slopes[32]!).toBeCloseTo(starts[33]!, 6)
    // Pieces that the first column lacks.
    expect(Array.from(slopes.slice(2, 32)).every((slope) => slope === 0)).toBe(true)
  })

  it('are the same numbers in a graph, however great', async () => {
    const most = Number.MAX_VALUE
    const extremes = columns([
      [0, most, -most],
      [1, -most, most],
      [2, most / 2, 1e300],
      [1, 0, -1e-300],
    ])
    const inputs = readInputs(extremes, [3, 0, 0])
    const graph = graphBuilder({ name: 'inputs' })
    const arranged = arrangeInGraph(graph, graph.input('x', 'float64', ['N', 3]), inputs)
    graph.output('arranged', arranged, 'float32', ['N', 3])
    await using session = await openSession(graph.build())
    const { arranged: found } = await session.run({
      x: tensor('float64', Float64Array.from(extremes.data), [4, 3]),
    })
    const expected = arrange(extremes, inputs)
    expect(expected.every(Number.isFinite)).toBe(true)
    expect(Array.from(found!.data as Float32Array)).toEqual(Array.from(expected))
  })
})
