import { describe, expect, it } from 'vitest'
import { rng } from '../../../base/index.js'
import { array, spec } from '../../../engine/graph/index.js'
import * as nn from '../index.js'

// Least squares: gradient descent converges below 2/λ and diverges above, for λ the largest eigenvalue of 2 XᵀX/n.
const rows = 64
const scales = [1, 3]
const random = rng(11)
const features = Float32Array.from({ length: rows * 2 }, (_, i) =>
  Math.fround(random.normal() * scales[i % 2]!),
)
const goals = Float32Array.from({ length: rows }, (_, i) => 2 * features[2 * i]! - features[2 * i + 1]!)
const x = array(features, { shape: [rows, 2] })
const y = array(goals, { shape: [rows, 1] })
const net = nn.network(nn.dense(1, { bias: false }), spec('float32', ['batch', 2]))
const initial = { weight: array([[0, 0]]) as never }
const options: nn.FindLearningRateOptions = {
  data: nn.batches({ x, y }, { batchSize: rows, shuffle: false }),
  loss: (output, batch) => nn.meanSquaredError(output, batch.y),
  optimizer: nn.sgd(),
  initial,
}

function largestEigenvalue(): number {
  const [a, b, d] = [0, 0, 0].map((_, which) => {
    const [i, j] = [
      [0, 0],
      [0, 1],
      [1, 1],
    ][which]! as [number, number]
    return (
      (2 / rows) *
      Array.from({ length: rows }, (_, r) => features[2 * r + i]! * features[2 * r + j]!).reduce(
        (s, v) => s + v,
        0,
      )
    )
  }) as [number, number, number]
  return (a + d) / 2 + Math.sqrt(((a - d) / 2) ** 2 + b * b)
}

/** Gradient descent in float64 along the same rates. */
function expectedLosses(count: number): number[] {
  const w = [0, 0]
  return Array.from({ length: count }, (_, i) => {
    const rate = 1e-7 * (10 / 1e-7) ** (i / 99)
    const errors = Array.from(
      goals,
      (goal, r) => w[0]! * features[2 * r]! + w[1]! * features[2 * r + 1]! - goal,
    )
    for (const j of [0, 1])
      w[j]! -= rate * (2 / rows) * errors.reduce((sum, error, r) => sum + error * features[2 * r + j]!, 0)
    return errors.reduce((sum, error) => sum + error * error, 0) / rows
  })
}

describe('findLearningRate', () => {
  it('sweeps as gradient descent does, and suggests a rate that converges fast', async () => {
    const { curve, suggestion, stopped } = await nn.findLearningRate(net, options)
    expect(stopped).toBe('diverged')
    const limit = 2 / largestEigenvalue()
    // Float32 sums of 64 products; beyond the limit what is rounded away grows as the loss does.
    const stable = curve.filter(({ learningRate }) => learningRate < limit)
    expect(stable.length).toBeGreaterThan(70)
    expectedLosses(stable.length).forEach((loss, i) =>
      expect(Math.abs(stable[i]!.loss - loss)).toBeLessThan(1e-5 * Math.max(1, loss)),
    )
    expect(curve.at(-1)!.learningRate).toBeGreaterThan(limit)
    expect(curve.at(-1)!.learningRate).toBeLessThan(20 * limit)
    // Half the limit is the fastest for the steepest direction; a fiftieth of it is slow.
    expect(suggestion).toBeLessThan(limit)
    expect(suggestion).toBeGreaterThan(limit / 50)
    const fitted = await nn.fitNetwork(net, {
      ...options,
      optimizer: nn.sgd({ learningRate: suggestion! }),
      epochs: 400,
    })
    expect(fitted.history.at(-1)!.trainLoss).toBeLessThan(1e-3 * fitted.history[0]!.trainLoss)
  })

  it('leaves the parameters as they are', async () => {
    await nn.findLearningRate(net, options)
    expect(initial).toEqual({ weight: array([[0, 0]]) })
  })

  it('rises exponentially, smooths without the pull of the beginning, and repeats', async () => {
    const given = { ...options, from: 1e-4, to: 1e-2, steps: 21, smoothing: 0.5 }
    const { curve, stopped } = await nn.findLearningRate(net, given)
    expect(stopped).toBe('finished')
    expect(curve).toHaveLength(21)
    expect(curve[0]!.learningRate).toBe(1e-4)
    expect(curve[10]!.learningRate).toBeCloseTo(1e-3, 12)
    expect(curve[20]!.learningRate).toBeCloseTo(1e-2, 12)
    expect(curve[0]!.smoothed).toBe(curve[0]!.loss)
    expect(curve[1]!.smoothed).toBeCloseTo((curve[0]!.loss + 2 * curve[1]!.loss) / 3, 10)
    expect((await nn.findLearningRate(net, { ...given, worker: true })).curve).toEqual(curve)
  })

  it('suggests nothing where the loss never fell, and says where the data ended', async () => {
    const up = await nn.findLearningRate(net, { ...options, from: 5, to: 50, steps: 10 })
    expect(up).toMatchObject({ stopped: 'diverged', suggestion: undefined })
    const short = await nn.findLearningRate(net, { ...options, data: [{ x, y }].values() })
    expect(short).toMatchObject({ stopped: 'data', suggestion: undefined })
    expect(short.curve).toHaveLength(1)
  })

  it('checks what it is told', async () => {
    await expect(nn.findLearningRate(net, { ...options, from: 1, to: 0.1 })).rejects.toThrow(
      /'to' must be a number greater than 1/,
    )
    await expect(nn.findLearningRate(net, { ...options, step: 3 } as never)).rejects.toThrow(
      /no option 'step'. Did you mean 'steps'/,
    )
    await expect(nn.findLearningRate(net, { ...options, data: [] })).rejects.toThrow(/gave no batch/)
  })
})
