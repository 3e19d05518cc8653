// Inner loops over stretches of arrays that all decompositions share.

/** A stretch of an array: `length` numbers from `at`. */
export interface Stretch {
  readonly data: Float64Array
  readonly at: number
}

/** The scalar product of two stretches; four partial sums keep the processor's adders busy. */
export function dot(a: Stretch, b: Stretch, length: number): number {
  const x = a.data
  const y = b.data
  let i = a.at
  let j = b.at
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  const end = i + length
  for (; i + 3 < end; i += 4, j += 4) {
    s0 += x[i]! * y[j]!
    s1 += x[i + 1]! * y[j + 1]!
    s2 += x[i + 2]! * y[j + 2]!
    s3 += x[i + 3]! * y[j + 3]!
  }
  for (; i < end; i++, j++) s0 += x[i]! * y[j]!
  return s0 + s1 + (s2 + s3)
}

/** Adds `factor` times the stretch `x` to the stretch `y`. */
export function addScaled(factor: number, x: Stretch, y: Stretch, length: number): void {
  const from = x.data
  const to = y.data
  const shift = y.at - x.at
  for (let i = x.at, end = x.at + length; i < end; i++) to[i + shift]! += factor * from[i]!
}

/** The Euclidean length of a stretch, scaled so that squares neither overflow nor vanish. */
export function norm(x: Stretch, length: number): number {
  let largest = 0
  for (let i = x.at; i < x.at + length; i++) largest = Math.max(largest, Math.abs(x.data[i]!))
  if (largest === 0 || !Number.isFinite(largest)) return largest
  // Squares of numbers between 1e-140 and 1e140 are safe to sum without scaling.
  if (largest > 1e-140 && largest < 1e140) return Math.sqrt(dot(x, x, length))
  let sum = 0
  for (let i = x.at; i < x.at + length; i++) sum += (x.data[i]! / largest) ** 2
  return largest * Math.sqrt(sum)
}
