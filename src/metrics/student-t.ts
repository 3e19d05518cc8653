// Student's t distribution by the regularized incomplete beta function. Values checked against SciPy.

/**
 * The chance that |T| exceeds |t| under Student's t with `df` degrees of freedom: the two-sided p-value.
 *
 * I_x(df/2, 1/2) with x = df / (df + t²). To 1e-12 relative up to df = 1000.
 */
export function studentTTwoSided(t: number, df: number): number {
  const square = t * t
  if (square === Infinity) return 0
  // Both arguments are formed directly: 1 − x would lose all digits for small t.
  return incompleteBeta({ a: df / 2, b: 0.5, x: df / (df + square), y: square / (df + square) })
}

/** The t that |T| exceeds with chance `p`, 0 < p ≤ 1, by halving. */
export function studentTCritical(p: number, df: number): number {
  let low = 0
  let high = 1
  while (studentTTwoSided(high, df) > p) {
    low = high
    high *= 2
  }
  for (;;) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) return high
    if (studentTTwoSided(middle, df) > p) low = middle
    else high = middle
  }
}

interface BetaArguments {
  readonly a: number
  readonly b: number
  readonly x: number
  /** 1 − x, kept apart for its digits. */
  readonly y: number
}

/** The regularized incomplete beta function I_x(a, b). */
function incompleteBeta({ a, b, x, y }: BetaArguments): number {
  if (x <= 0) return 0
  if (y <= 0) return 1
  // The fraction converges fast below the mean of the beta distribution; above it the mirror image does.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta({ a: b, b: a, x: y, y: x })
  const logFront = a * logOf(x, y) + b * logOf(y, x) - (logGamma(a) + logGamma(b) - logGamma(a + b))
  return (Math.exp(logFront) * betaFraction(a, b, x)) / a
}

/** ln x, from its complement where x is near 1. */
const logOf = (x: number, complement: number): number => (x > 0.5 ? Math.log1p(-complement) : Math.log(x))

/** The continued fraction of I_x (DLMF 8.17.22), evaluated by Lentz's method from the front. */
function betaFraction(a: number, b: number, x: number): number {
  // Lentz: a zero denominator is replaced by something harmlessly small.
  const nonZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value)
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let result = d
  // Needs O(√max(a, b)) steps; 10,000 suffice for a million degrees of freedom.
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    result *= d * c
    if (Math.abs(d * c - 1) < Number.EPSILON) break
  }
  return result
}

// B₂ⱼ / (2j (2j − 1)) of Stirling's series (DLMF 5.11.1); at z ≥ 12 the next term is below 1e-17.
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156]

/** ln Γ(z) for z > 0: Stirling's series, after shifting z up to 12. */
function logGamma(z: number): number {
  let shift = 1
  let x = z
  for (; x < 12; x++) shift *= x
  let series = 0
  let power = x
  for (const coefficient of STIRLING) {
    series += coefficient / power
    power *= x * x
  }
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - Math.log(shift)
}
