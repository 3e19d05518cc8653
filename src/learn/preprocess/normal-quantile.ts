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
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
]
const centralBottom = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852546,
]
const tailTop = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
]
const tailBottom = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
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
