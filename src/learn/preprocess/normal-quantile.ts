// The inverse of the normal distribution function, by the same rational functions in memory and in a graph.
import {
  abs,
  add,
  type GraphBuilder,
  greater,
  less,
  log,
  mul,
  neg,
  sqrt,
  sub,
  type Value,
  where,
  div,
} from '../../engine/onnx/index.js'

// Coefficients of PPND16, from the constant term up: M. J. Wichura, "Algorithm AS 241: The percentage points of the
// normal distribution", Applied Statistics 37 (1988) 477–484. Relative accuracy about 1e-16.
const centralTop = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
  45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
]
const centralBottom = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867,
  39307.89580009271061, 28729.085735721942674, 5226.495278852545925,
]
const tailTop = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
  1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
]
const tailBottom = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
]

// Within this distance of ½ the first function holds, outside the second, which is centered at 1.6 (ibid.). The third
// of the paper is for probabilities below e⁻²⁵ and is not needed: callers stay above 1e-10.
const centralHalfWidth = 0.425
const squaredHalfWidth = 0.180625
const tailCenter = 1.6

/** z with Φ(z) = p, for p between 1e-10 and 1 − 1e-10; NaN stays NaN. */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= centralHalfWidth) {
    const r = squaredHalfWidth - q * q
    return (q * horner(centralTop, r)) / horner(centralBottom, r)
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p)) - tailCenter
  const z = horner(tailTop, r) / horner(tailBottom, r)
  return q < 0 ? -z : z
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = coefficients.at(-1)!
  for (let i = coefficients.length - 2; i >= 0; i--) sum = sum * x + coefficients[i]!
  return sum
}

/** {@link normalQuantile} of every element of a float64 value. */
export function normalQuantileInGraph(g: GraphBuilder, p: Value): Value {
  const q = sub(g, p, 0.5)
  const central = centralInGraph(g, q)
  const below = less(g, q, 0)
  const outer = where(g, below, [p, sub(g, 1, p)])
  const r = sub(g, sqrt(g, neg(g, log(g, outer))), tailCenter)
  const z = div(g, hornerInGraph(g, tailTop, r), hornerInGraph(g, tailBottom, r))
  const tail = where(g, below, [neg(g, z), z])
  return where(g, greater(g, abs(g, q), centralHalfWidth), [tail, central])
}

function centralInGraph(g: GraphBuilder, q: Value): Value {
  const r = sub(g, squaredHalfWidth, mul(g, q, q))
  return div(g, mul(g, q, hornerInGraph(g, centralTop, r)), hornerInGraph(g, centralBottom, r))
}

function hornerInGraph(g: GraphBuilder, coefficients: readonly number[], x: Value): Value {
  const [highest, ...lower] = coefficients.toReversed()
  const first = mul(g, x, highest!)
  return lower.slice(1).reduce((sum, c) => add(g, mul(g, sum, x), c), add(g, first, lower[0]!))
}
