import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import {
  cholesky,
  gram,
  identity,
  leastSquares,
  logDeterminant,
  lu,
  matmul,
  type Matrix,
  matrix,
  multiplyVector,
  pivotedCholesky,
  qr,
  solveCholesky,
  solveLu,
  streamedQr,
  svd,
  symmetricEigen,
  transpose,
} from './index.js'

/** Rounding of a few hundred operations on numbers of size one, with room for the growth of small matrices. */
const f64 = 1e-11

function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const random = rng(seed)
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => random.normal()),
  )
}

/** Any shape, and with `rank` below both sizes a matrix of that rank. */
const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 24 }),
  columns: fc.integer({ min: 1, max: 24 }),
  rank: fc.integer({ min: 1, max: 24 }),
  seed: fc.nat(),
})

function ofRank(shape: { rows: number; columns: number; rank: number; seed: number }): Matrix {
  const { rows, columns, rank, seed } = shape
  if (rank >= Math.min(rows, columns)) return randomMatrix(rows, columns, seed)
  return matmul(randomMatrix(rows, rank, seed), randomMatrix(rank, columns, seed + 1))
}

function distance(a: Matrix, b: Matrix): number {
  expect([a.rows, a.columns]).toEqual([b.rows, b.columns])
  return a.data.reduce((worst, value, k) => Math.max(worst, Math.abs(value - b.data[k]!)), 0)
}

function naiveProduct(a: Matrix, b: Matrix): Matrix {
  const out = matrix(a.rows, b.columns)
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      for (let k = 0; k < a.columns; k++) {
        out.data[i * b.columns + j]! += a.data[i * a.columns + k]! * b.data[k * b.columns + j]!
      }
    }
  }
  return out
}

const withDiagonal = (a: Matrix, d: Float64Array): Matrix =>
  matrix(
    a.rows,
    a.columns,
    a.data.map((value, k) => value * d[k % a.columns]!),
  )

describe('products', () => {
  it('matmul equals the definition, across the edges of blocks', () => {
    const sizes = fc.constantFrom(1, 3, 4, 31, 33, 65, 130)
    fc.assert(
      fc.property(sizes, sizes, sizes, (m, k, n) => {
        const a = randomMatrix(m, k, 1)
        const b = randomMatrix(k, n, 2)
        expect(distance(matmul(a, b), naiveProduct(a, b))).toBeLessThan(f64)
      }),
      { numRuns: 20 },
    )
  })

  it('gram equals ZᵀWZ for weights, shifts, scales, ones, row ranges and single precision', () => {
    const x = randomMatrix(300, 7, 3)
    const weights = randomMatrix(1, 300, 4).data
    const shift = randomMatrix(1, 7, 5).data
    const scale = randomMatrix(1, 7, 6).data
    const from = 10
    const to = 290
    const z = matrix(to - from, 8)
    for (let i = from; i < to; i++) {
      for (let j = 0; j < 7; j++) z.data[(i - from) * 8 + j] = (x.data[i * 7 + j]! - shift[j]!) * scale[j]!
      z.data[(i - from) * 8 + 7] = 1
    }
    const weighted = matrix(
      z.rows,
      8,
      z.data.map((value, k) => value * weights[from + Math.floor(k / 8)]!),
    )
    const expected = naiveProduct(transpose(weighted), z)
    expect(distance(gram(x, { weights, shift, scale, withOnes: true, from, to }), expected)).toBeLessThan(f64)
    const single = { data: Float32Array.from(x.data), rows: 300, columns: 7 }
    const rounded = matrix(300, 7, single.data)
    expect(distance(gram(single), naiveProduct(transpose(rounded), rounded))).toBeLessThan(f64)
  })
})

describe('decompositions', () => {
  it('Q·R = A·P with orthonormal Q, for any shape and rank', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const a = ofRank(shape)
        const { q, r, permutation, rank } = qr(a)
        const permuted = matrix(a.rows, a.columns)
        for (let i = 0; i < a.rows; i++) {
          permutation.forEach((j, k) => (permuted.data[i * a.columns + k] = a.data[i * a.columns + j]!))
        }
        expect(distance(matmul(q, r), permuted)).toBeLessThan(f64)
        expect(distance(matmul(transpose(q), q), identity(q.columns))).toBeLessThan(f64)
        expect(rank).toBe(Math.min(shape.rows, shape.columns, shape.rank))
      }),
      { numRuns: 60 },
    )
  })

  it('U·Σ·Vᵀ = A with orthonormal factors and falling values, for any shape and rank', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const a = ofRank(shape)
        const { u, values, vt } = svd(a)
        expect(distance(matmul(withDiagonal(u, values), vt), a)).toBeLessThan(f64)
        expect(distance(matmul(transpose(u), u), identity(u.columns))).toBeLessThan(f64)
        expect(distance(matmul(vt, transpose(vt)), identity(vt.rows))).toBeLessThan(f64)
        expect([...values]).toEqual([...values].sort((x, y) => y - x))
      }),
      { numRuns: 60 },
    )
  })

  it('V·Λ·Vᵀ = A with orthonormal V, also with repeated eigenvalues', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const a = gram(ofRank(shape))
        const { values, vectors } = symmetricEigen(a)
        expect(distance(matmul(withDiagonal(vectors, values), transpose(vectors)), a)).toBeLessThan(f64 * 10)
        expect(distance(matmul(transpose(vectors), vectors), identity(a.rows))).toBeLessThan(f64)
      }),
      { numRuns: 60 },
    )
    expect([...symmetricEigen(identity(5)).values]).toEqual([1, 1, 1, 1, 1])
  })

  it('Cholesky reconstructs, solves, and refuses what is not definite', () => {
    const a = gram(randomMatrix(40, 9, 7))
    const lower = cholesky(a)!
    expect(distance(matmul(lower, transpose(lower)), a)).toBeLessThan(f64)
    const x = randomMatrix(1, 9, 8).data
    const solved = solveCholesky(lower, multiplyVector(a, x))
    expect(distance(matrix(1, 9, solved), matrix(1, 9, x))).toBeLessThan(f64)
    expect(cholesky(gram(randomMatrix(4, 9, 7)))).toBeUndefined()
    expect(cholesky(matrix(1, 1, [NaN]))).toBeUndefined()
    expect(pivotedCholesky(gram(randomMatrix(4, 9, 7)), 1e-10).rank).toBe(4)
  })

  it('a streamed factor equals the one of the whole, up to signs', () => {
    const a = randomMatrix(1500, 6, 9)
    const stream = streamedQr(6)
    for (let i = 0; i < 1500; i += 100) stream.add(a.data.subarray(i * 6, (i + 100) * 6))
    const r = stream.factor()
    // Squares of 1,500 numbers lose three digits more than the others.
    expect(distance(matmul(transpose(r), r), gram(a))).toBeLessThan(1e-9)
  })
})

describe('least squares', () => {
  it('leaves a residual orthogonal to all columns, and the shortest solution', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const a = ofRank(shape)
        const b = randomMatrix(1, a.rows, shape.seed + 2).data
        const { x, rank, residual } = leastSquares(a, b)
        const left = multiplyVector(a, x).map((value, i) => b[i]! - value)
        const pull = multiplyVector(transpose(a), left)
        // Random square matrices reach condition numbers of 1e4, which these errors carry.
        expect(Math.max(...pull.map(Math.abs))).toBeLessThan(1e-8)
        expect(left.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(residual, 8)
        const { vt } = svd(a)
        const spanned = matrix(rank, a.columns, vt.data.slice(0, rank * a.columns))
        const projected = multiplyVector(transpose(spanned), multiplyVector(spanned, x))
        const size = Math.max(1, ...x.map(Math.abs))
        expect(distance(matrix(1, x.length, projected), matrix(1, x.length, x)) / size).toBeLessThan(1e-8)
      }),
      { numRuns: 60 },
    )
  })
})

describe('ill-conditioned matrices equal numpy', () => {
  const { algebra } = JSON.parse(
    readFileSync(new URL('../../../test/golden/linear.json', import.meta.url), 'utf8'),
  ) as {
    algebra: {
      hilbertEigenvalues: number[]
      vandermonde: number[][]
      vandermondeSingularValues: number[]
      vandermondeSolution: number[]
    }
  }
  const rows = algebra.vandermonde
  const vandermonde = matrix(rows.length, rows[0]!.length, rows.flat())

  it("eigenvalues of Hilbert's matrix, absolute to the largest", () => {
    const hilbert = matrix(
      8,
      8,
      Array.from({ length: 64 }, (_, k) => 1 / (Math.floor(k / 8) + (k % 8) + 1)),
    )
    const { values } = symmetricEigen(hilbert)
    // Both methods are backward stable: errors of a few units in the last place of the largest value, 1.7.
    values.forEach((value, k) => expect(Math.abs(value - algebra.hilbertEigenvalues[k]!)).toBeLessThan(4e-15))
  })

  it('singular values and least squares of a Vandermonde matrix, condition 4e6', () => {
    svd(vandermonde).values.forEach((value, k) => {
      expect(Math.abs(value - algebra.vandermondeSingularValues[k]!)).toBeLessThan(1e-14)
    })
    const b = Float64Array.from({ length: 20 }, (_, i) => Math.sin(i / 19))
    const { x } = leastSquares(vandermonde, b)
    // Condition times machine precision, times the size of the coefficients.
    x.forEach((value, k) => expect(Math.abs(value - algebra.vandermondeSolution[k]!)).toBeLessThan(1e-8))
  })
})

describe('LU', () => {
  it('solves square systems of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(), (n, seed) => {
        const a = randomMatrix(n, n, seed)
        const x = randomMatrix(n, 1, seed + 1)
        const factors = lu(a)
        expect(factors.zeroPivot).toBe(-1)
        const found = solveLu(factors, matmul(a, x).data)
        // How far the solution may be off grows with the condition, which the determinant of a random matrix does not tell:
        // what the pivots guarantee is a small residual (Higham, section 9.3).
        const residual = matmul(a, { ...x, data: found })
        expect(distance(residual, matmul(a, x))).toBeLessThan(f64 * n)
      }),
    )
  })

  it('takes the pivot that is largest, and tells of the one that is 0', () => {
    expect(lu(matrix(2, 2, [0, 1, 1, 0])).permutation).toEqual(Int32Array.of(1, 0))
    expect(lu(matrix(3, 3, [1, 2, 3, 2, 4, 6, 1, 0, 1])).zeroPivot).toBe(2)
    expect(logDeterminant(lu(matrix(2, 2, [0, 2, 3, 0])))).toEqual({
      sign: -1,
      log: Math.log(3) + Math.log(2),
    })
  })
})
