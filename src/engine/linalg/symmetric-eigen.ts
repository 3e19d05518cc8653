// Eigenvalues and eigenvectors of symmetric matrices.
import { ConvergenceError } from '../../base/index.js'
import { addScaled, dot, norm } from './dot.js'
import { identity, type Matrix, transpose } from './matrix.js'

/** A = V·diag(values)·Vᵀ. */
export interface SymmetricEigen {
  /** In falling order. */
  readonly values: Float64Array
  /** n × n; column k belongs to `values[k]`. */
  readonly vectors: Matrix
}

interface Tridiagonal {
  readonly diagonal: Float64Array
  /** Element i couples i and i + 1; the last is 0. */
  readonly coupling: Float64Array
  /** Row k is the k-th basis vector. */
  readonly basis: Matrix
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix.
 *
 * Householder reduction to tridiagonal form, then implicit QL steps with Wilkinson's shift (Golub & Van Loan,
 * Matrix Computations, section 8.3); about 9·n³ operations, 500 × 500 in a second or two.
 *
 * @param a - symmetric; the whole matrix is read
 * @throws ConvergenceError when the matrix holds NaN or infinity
 * @example
 * ```ts
 * symmetricEigen(matrix(2, 2, [2, 0, 0, 3])).values // => Float64Array [3, 2]
 * ```
 */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const t = tridiagonalize(a)
  for (let l = 0; l < a.rows; l++) isolate(t, l)
  return sorted(t)
}

function tridiagonalize(a: Matrix): Tridiagonal {
  const n = a.rows
  const work = a.data.slice()
  const coupling = new Float64Array(n)
  const reflectors: Reflector[] = []
  for (let k = 0; k < n - 1; k++) {
    const reflector = reflectorOf(work.subarray(k * n + k + 1, (k + 1) * n))
    coupling[k] = reflector.target
    reflectors.push(reflector)
    if (reflector.beta !== 0) reflectBothSides(work, n, { k, reflector })
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => work[i * n + i]!)
  return { diagonal, coupling, basis: basisOf(reflectors, n) }
}

/** I − β·v·vᵀ maps the vector it was made from to `target` times the first axis. */
interface Reflector {
  readonly v: Float64Array
  readonly beta: number
  readonly target: number
}

function reflectorOf(x: Float64Array): Reflector {
  const v = x.slice()
  const tail = norm({ data: v, at: 1 }, v.length - 1)
  if (tail === 0) return { v, beta: 0, target: v[0]! }
  const length = Math.hypot(v[0]!, tail)
  const target = v[0]! > 0 ? -length : length
  const first = v[0]! - target
  for (let i = 1; i < v.length; i++) v[i] = v[i]! / first
  v[0] = 1
  return { v, beta: -first / target, target }
}

/** Replaces the trailing block B by H·B·H, as the symmetric update B − v·wᵀ − w·vᵀ. */
function reflectBothSides(work: Float64Array, n: number, at: { k: number; reflector: Reflector }): void {
  const { v, beta } = at.reflector
  const size = v.length
  const start = (at.k + 1) * n + at.k + 1
  const vector = { data: v, at: 0 }
  const w = new Float64Array(size)
  for (let i = 0; i < size; i++) w[i] = beta * dot({ data: work, at: start + i * n }, vector, size)
  addScaled((-beta / 2) * dot({ data: w, at: 0 }, vector, size), vector, { data: w, at: 0 }, size)
  for (let i = 0; i < size; i++) {
    const row = start + i * n
    const vi = v[i]!
    const wi = w[i]!
    for (let j = 0; j < size; j++) work[row + j]! -= vi * w[j]! + wi * v[j]!
  }
}

/** The transposed product of all reflectors: its rows are the new basis. */
function basisOf(reflectors: readonly Reflector[], n: number): Matrix {
  const basis = identity(n)
  for (let k = reflectors.length - 1; k >= 0; k--) {
    const { v, beta } = reflectors[k]!
    if (beta === 0) continue
    for (let i = k + 1; i < n; i++) {
      const row = { data: basis.data, at: i * n + k + 1 }
      addScaled(-beta * dot(row, { data: v, at: 0 }, v.length), { data: v, at: 0 }, row, v.length)
    }
  }
  return basis
}

// Two or three steps isolate an eigenvalue; 60 without success means that the numbers are not finite.
const maxSteps = 60

/** Rotates until position l no longer couples to the next one. */
function isolate(t: Tridiagonal, l: number): void {
  for (let step = 0; ; step++) {
    const end = blockEnd(t, l)
    if (end === l) return
    if (step === maxSteps) {
      throw new ConvergenceError(
        'symmetric eigenvalues: no convergence: expected a matrix of finite numbers, received NaN or infinity; clean the data first',
        { iterations: step },
      )
    }
    qlStep(t, l, end)
  }
}

function blockEnd(t: Tridiagonal, l: number): number {
  const { diagonal, coupling } = t
  let m = l
  for (; m < diagonal.length - 1; m++) {
    const size = Math.abs(diagonal[m]!) + Math.abs(diagonal[m + 1]!)
    if (Math.abs(coupling[m]!) <= Number.EPSILON * size) break
  }
  return m
}

/** One implicit QL sweep over positions l … end, chasing the bulge upward by plane rotations. */
function qlStep(t: Tridiagonal, l: number, end: number): void {
  const { diagonal: d, coupling: e, basis } = t
  const half = (d[l + 1]! - d[l]!) / (2 * e[l]!)
  const root = Math.hypot(half, 1)
  // Wilkinson's shift: the eigenvalue of the leading 2 × 2 block nearest to d[l].
  const shift = d[l]! - e[l]! / (half + (half < 0 ? -root : root))
  let g = d[end]! - shift
  let sine = 1
  let cosine = 1
  let carried = 0
  for (let i = end - 1; i >= l; i--) {
    const f = sine * e[i]!
    const b = cosine * e[i]!
    const r = Math.hypot(f, g)
    e[i + 1] = r
    if (r === 0) {
      // The bulge vanished early: the block has split at i + 1.
      d[i + 1]! -= carried
      e[end] = 0
      return
    }
    sine = f / r
    cosine = g / r
    g = d[i + 1]! - carried
    const s = (d[i]! - g) * sine + 2 * cosine * b
    carried = sine * s
    d[i + 1] = g + carried
    g = cosine * s - b
    rotateRows(basis, i, { cosine, sine })
  }
  d[l]! -= carried
  e[l] = g
  e[end] = 0
}

function rotateRows(basis: Matrix, i: number, turn: { cosine: number; sine: number }): void {
  const { data, columns: n } = basis
  const { cosine, sine } = turn
  for (let k = i * n, end = k + n; k < end; k++) {
    const upper = data[k]!
    const lower = data[k + n]!
    data[k + n] = sine * upper + cosine * lower
    data[k] = cosine * upper - sine * lower
  }
}

function sorted(t: Tridiagonal): SymmetricEigen {
  const n = t.diagonal.length
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => t.diagonal[j]! - t.diagonal[i]!)
  const rows = new Float64Array(n * n)
  order.forEach((from, to) => rows.set(t.basis.data.subarray(from * n, (from + 1) * n), to * n))
  return {
    values: Float64Array.from(order, (i) => t.diagonal[i]!),
    vectors: transpose({ data: rows, rows: n, columns: n }),
  }
}
