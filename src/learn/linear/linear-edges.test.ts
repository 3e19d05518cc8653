import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError, rng } from '../../base/index.js'
import { matrix, type Matrix } from '../../engine/linalg/index.js'
import { makeDesign } from './design.kernel.js'
import { elasticNetKernel, elasticNetPath, largestAlpha } from './elastic-net.kernel.js'
import { fista } from './fista.kernel.js'
import { lbfgs } from './lbfgs.kernel.js'
import { leastSquaresKernel, ridgeKernel } from './least-squares.kernel.js'
import { logisticKernel } from './logistic.kernel.js'
import { newton } from './newton.kernel.js'
import { proxNewton } from './prox-newton.kernel.js'

function randomMatrix(rows: number, columns: number, seed = 1): Matrix {
  const random = rng(seed)
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => random.normal()),
  )
}

function linearTarget(x: Matrix, coefficients: number[], intercept: number): Float64Array {
  return Float64Array.from({ length: x.rows }, (_, i) =>
    coefficients.reduce((sum, w, j) => sum + w * x.data[i * x.columns + j]!, intercept),
  )
}

describe('least squares at the edges', () => {
  it('recovers coefficients across scales of 1e12 and 1e-12 and a mean of 1e9', async () => {
    const x = randomMatrix(50, 3)
    for (let i = 0; i < 50; i++) {
      x.data[i * 3]! *= 1e12
      x.data[i * 3 + 1]! *= 1e-12
      x.data[i * 3 + 2]! += 1e9
    }
    const expected = [2e-12, 3e12, -1.5]
    const { coefficients } = await leastSquaresKernel(x, linearTarget(x, expected, 4))
    // The mean of 1e9 costs nine of sixteen digits of column and target; the others see its rounding in the target.
    expected.forEach((w, j) => expect(coefficients[j]! / w).toBeCloseTo(1, 6))
  })

  it('falls back to orthogonal factors when the Gram matrix loses the answer', async () => {
    const x = randomMatrix(200, 3)
    // Nearly dependent: the Gram matrix sees 1e-14 here, less than its rounding.
    for (let i = 0; i < 200; i++) x.data[i * 3 + 2] = x.data[i * 3]! + 1e-7 * x.data[i * 3 + 2]!
    const { coefficients } = await leastSquaresKernel(x, linearTarget(x, [1, 2, 3], 0))
    // Condition 1e7 times rounding.
    ;[1, 2, 3].forEach((w, j) => expect(coefficients[j]).toBeCloseTo(w, 6))
  })

  it('one row, one column of a constant, and no spread give the mean', async () => {
    const one = await leastSquaresKernel(matrix(1, 2, [1, 2]), Float64Array.of(5))
    expect([...one.coefficients, one.intercept]).toEqual([0, 0, 5])
    const constant = await ridgeKernel(matrix(3, 1, [0.1, 0.1, 0.1]), Float64Array.of(1, 2, 6), { alpha: 1 })
    expect([constant.coefficients[0], constant.intercept]).toEqual([0, 3])
  })

  it('duplicate columns share the weight of one', async () => {
    const single = randomMatrix(30, 1)
    const double = matrix(
      30,
      2,
      [...single.data].flatMap((value) => [value, value]),
    )
    const y = linearTarget(single, [3], 1)
    const { coefficients } = await leastSquaresKernel(double, y)
    expect(coefficients[0]).toBeCloseTo(1.5, 10)
    expect(coefficients[1]).toBeCloseTo(1.5, 10)
  })

  it('whole weights equal repeated rows, and zero weights equal absent ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(4, 12), async (seed, columns) => {
        const x = randomMatrix(9, columns, seed)
        const y = randomMatrix(1, 9, seed + 1).data
        const weights = Float64Array.of(0, 1, 2, 3, 1, 0, 1, 2, 1)
        const index = [...weights].flatMap((w, i) => Array<number>(w).fill(i))
        const rows = index.flatMap((i) => [...x.data.subarray(i * columns, (i + 1) * columns)])
        const repeated = matrix(index.length, columns, rows)
        const a = await ridgeKernel(x, y, { alpha: 0.5, weights })
        const b = await ridgeKernel(
          repeated,
          Float64Array.from(index, (i) => y[i]!),
          { alpha: 0.5 },
        )
        // Two orders of summation, and the dual against the primal.
        a.coefficients.forEach((w, j) => expect(w).toBeCloseTo(b.coefficients[j]!, 9))
      }),
      { numRuns: 20 },
    )
  })

  it('names the column of a number that is not finite', async () => {
    const x = matrix(2, 2, [1, 2, 3, NaN])
    const failure = leastSquaresKernel(x, Float64Array.of(1, 2))
    await expect(failure).rejects.toSatisfy((error) => DataError.is(error) && error.details['column'] === 1)
    await expect(leastSquaresKernel(matrix(0, 2), new Float64Array(0))).rejects.toThrow(/no rows/)
    const weights = new Float64Array(2)
    await expect(
      leastSquaresKernel(matrix(2, 1, [1, 2]), Float64Array.of(1, 2), { weights }),
    ).rejects.toThrow(/only zeros/)
  })
})

describe('elastic net', () => {
  it('is all zero from the largest alpha on, and not below', async () => {
    const x = randomMatrix(40, 6)
    const y = linearTarget(x, [1, -2, 0, 0, 3, 0], 1)
    const top = await largestAlpha(x, y)
    const [at, below] = await elasticNetPath(x, y, { alphas: [top * (1 + 1e-9), top * 0.9] })
    expect([...at!.coefficients].every((w) => w === 0)).toBe(true)
    expect([...below!.coefficients].some((w) => w !== 0)).toBe(true)
  })

  it('a path equals single fits, and a fit started at its end rests there', async () => {
    const x = randomMatrix(30, 50)
    const y = linearTarget(x, [1, -2, 3], 1)
    const alphas = [0.5, 0.2, 0.1]
    const path = await elasticNetPath(x, y, { alphas, tolerance: 1e-12 })
    const alone = await elasticNetKernel(x, y, { alpha: 0.1, tolerance: 1e-12 })
    const again = await elasticNetKernel(x, y, { alpha: 0.1, tolerance: 1e-12, start: alone.coefficients })
    expect(again.iterations).toBe(0)
    // A relative gap of 1e-12 leaves coefficients its root apart.
    path[2]!.coefficients.forEach((w, j) => expect(w).toBeCloseTo(alone.coefficients[j]!, 5))
  })
})

describe('logistic regression', () => {
  const x = randomMatrix(120, 5)
  const noise = rng(3)
  const score = linearTarget(x, [2, -1, 0.5, 0, 0], 0.3).map((value) => value + noise.normal())
  const codes = Int32Array.from(score, (value) => (value > 0 ? 1 : 0))
  const three = Int32Array.from(score, (value) => (value > 1 ? 2 : value > -1 ? 1 : 0))

  it('all minimizers of the smooth problem meet, and both of the sparse one', async () => {
    const design = makeDesign(x, { fitIntercept: true })
    const weights = new Float64Array(120).fill(1 / 120)
    for (const l1 of [0, 0.02]) {
      const penalty = (strength: number): Float64Array =>
        Float64Array.from({ length: 18 }, (_, j) => (j % 6 === 5 ? 0 : strength))
      const problem = { design, outputs: 3, codes: three, weights, l1: penalty(l1), l2: penalty(0.01) }
      const limits = { tolerance: 1e-8, maxIterations: 5000 }
      const methods = l1 === 0 ? [newton, lbfgs, fista] : [proxNewton, fista]
      const ends = await Promise.all(methods.map((method) => method(problem, new Float64Array(18), limits)))
      for (const end of ends) {
        expect(end.converged).toBe(true)
        // Objectives are flat at the optimum: a gradient of 1e-8 leaves 1e-14.
        expect(end.state.objective).toBeCloseTo(ends[0]!.state.objective, 12)
      }
    }
  })

  it('softmax of two classes is the binary model with twice C', async () => {
    const soft = await logisticKernel(x, codes, { classes: 2, softmax: true, c: 1, tolerance: 1e-10 })
    const binary = await logisticKernel(x, codes, { classes: 2, c: 2, tolerance: 1e-10 })
    binary.coefficients.forEach((w, j) => {
      expect(soft.coefficients[5 + j]! - soft.coefficients[j]!).toBeCloseTo(w, 7)
    })
  })

  it('a start at the solution takes no step', async () => {
    const first = await logisticKernel(x, three, { classes: 3, tolerance: 1e-9 })
    const second = await logisticKernel(x, three, { classes: 3, tolerance: 1e-8, start: first })
    expect(second.iterations).toBe(0)
    expect(second.objective).toBeCloseTo(first.objective, 8)
  })

  it('perfect separation stays finite with a penalty and says so without one', async () => {
    const line = matrix(4, 1, [1, 2, 3, 4])
    const apart = Int32Array.of(0, 0, 1, 1)
    const held = await logisticKernel(line, apart, { classes: 2, c: 1e6 })
    expect(held.converged).toBe(true)
    const free = await logisticKernel(line, apart, {
      classes: 2,
      c: Infinity,
      maxIterations: 10,
      tolerance: 1e-9,
    })
    expect(free.converged).toBe(false)
    expect(Number.isFinite(free.coefficients[0])).toBe(true)
  })

  it('copes with constant and duplicate columns, huge scales and more columns than rows', async () => {
    const wide = randomMatrix(20, 40, 5)
    for (let i = 0; i < 20; i++) {
      wide.data[i * 40]! *= 1e12
      wide.data[i * 40 + 1] = 7
      wide.data[i * 40 + 2] = wide.data[i * 40 + 3]!
    }
    for (const l1Ratio of [0, 0.5, 1]) {
      const solution = await logisticKernel(wide, codes.slice(0, 20), { classes: 2, l1Ratio })
      expect(solution.converged).toBe(true)
      expect(solution.coefficients[1]).toBe(0)
      expect(solution.coefficients.every(Number.isFinite)).toBe(true)
    }
  })

  it('refuses a class without rows and ends when aborted', async () => {
    await expect(logisticKernel(x, new Int32Array(120), { classes: 2 })).rejects.toThrow(/none for class 1/)
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(logisticKernel(x, codes, { classes: 2, signal })).rejects.toBe(reason)
    await expect(ridgeKernel(x, score, { alpha: 1, signal })).rejects.toBe(reason)
  })
})
