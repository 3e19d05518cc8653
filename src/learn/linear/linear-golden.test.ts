import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { matrix, type Matrix } from '../../engine/linalg/index.js'
import { elasticNetKernel } from './elastic-net.kernel.js'
import { leastSquaresKernel, ridgeKernel } from './least-squares.kernel.js'
import { logisticKernel, type LogisticKernelOptions } from './logistic.kernel.js'

interface Dataset {
  readonly x: number[][]
  readonly y: number[]
}

interface Golden {
  readonly data: Record<string, Dataset>
  readonly weights: number[]
  readonly regressions: {
    readonly data: string
    readonly kernel: 'leastSquares' | 'ridge' | 'elasticNet'
    readonly options: { alpha?: number; l1Ratio?: number; fitIntercept?: boolean }
    readonly weighted: boolean
    readonly coefficients: number[]
    readonly intercept: number
  }[]
  readonly classData: Record<string, Dataset>
  readonly classWeights: number[]
  readonly logistics: {
    readonly data: string
    readonly options: Omit<LogisticKernelOptions, 'classes' | 'classWeight'> & {
      readonly classWeight?: 'balanced' | number[]
    }
    readonly weighted: boolean
    readonly coefficients: number[]
    readonly intercepts: number[]
  }[]
}

const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/linear.json', import.meta.url), 'utf8'),
) as Golden

const matrixOf = (rows: number[][]): Matrix => matrix(rows.length, rows[0]!.length, rows.flat())

/** Both sides are exact solvers in float64; condition numbers of these data stay below 1e6. */
const direct = 1e-9
/** scikit-learn's iterations stop at 1e-13 or 1e-14, in other units; coefficients then agree to about the root. */
const iterative = 1e-6

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  const scale = Math.max(1, ...expected.map(Math.abs))
  const worst = Math.max(...expected.map((value, j) => Math.abs(value - actual[j]!)))
  expect(worst / scale).toBeLessThan(tolerance)
}

describe('regressions equal scikit-learn', () => {
  golden.regressions.forEach((entry, k) => {
    const { kernel, options, weighted } = entry
    const label = `${k} ${kernel} ${entry.data} ${JSON.stringify(options)}${weighted ? ' weighted' : ''}`
    it(label, async () => {
      const { x, y } = golden.data[entry.data]!
      const given = {
        ...options,
        alpha: options.alpha ?? 0,
        weights: weighted ? Float64Array.from(golden.weights) : undefined,
        tolerance: 1e-14,
      }
      const fit = { leastSquares: leastSquaresKernel, ridge: ridgeKernel, elasticNet: elasticNetKernel }[
        kernel
      ]
      const solution = await fit(matrixOf(x), Float64Array.from(y), given)
      const tolerance = kernel === 'elasticNet' ? iterative : direct
      expectClose(
        [...solution.coefficients, solution.intercept],
        [...entry.coefficients, entry.intercept],
        tolerance,
      )
    })
  })
})

describe('logistic regressions equal scikit-learn', () => {
  golden.logistics.forEach((entry, k) => {
    const { options, weighted } = entry
    it(`${k} ${entry.data} ${JSON.stringify(options)}${weighted ? ' weighted' : ''}`, async () => {
      const { x, y } = golden.classData[entry.data]!
      const solution = await logisticKernel(matrixOf(x), Int32Array.from(y), {
        ...options,
        classWeight: Array.isArray(options.classWeight)
          ? Float64Array.from(options.classWeight)
          : options.classWeight,
        classes: Math.max(...y) + 1,
        weights: weighted ? Float64Array.from(golden.classWeights) : undefined,
        tolerance: 1e-11,
      })
      expect(solution.converged).toBe(true)
      const mean =
        entry.intercepts.length > 1 ? entry.intercepts.reduce((a, b) => a + b) / entry.intercepts.length : 0
      expectClose(solution.coefficients, entry.coefficients, iterative)
      expectClose(
        solution.intercepts,
        entry.intercepts.map((value) => value - mean),
        iterative,
      )
    })
  })
})
