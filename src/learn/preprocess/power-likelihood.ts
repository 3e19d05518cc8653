// Chooses the power of a Box–Cox or Yeo–Johnson transformation by maximum likelihood.
import { minimizeBounded } from './brent.kernel.js'

// Beyond ±5 powers of ordinary numbers overflow, and the shape of the result hardly changes.
const bounds = { low: -5, high: 5 } as const

/** λ of Box–Cox for positive numbers; 1 when they are all equal. */
export function boxCoxLambda(values: Float64Array): number {
  if (allEqual(values)) return 1
  const logs = values.map((value) => Math.log(value))
  const sum = logs.reduce((total, value) => total + value, 0)
  return minimizeBounded((lambda) => {
    const powers = lambda === 0 ? logs : logs.map((value) => Math.expm1(lambda * value) / lambda)
    return -logLikelihood(powers, (lambda - 1) * sum)
  }, bounds)
}

/** λ of Yeo–Johnson; 1 when all numbers are equal. */
export function yeoJohnsonLambda(values: Float64Array): number {
  if (allEqual(values)) return 1
  const logs = values.map((value) => Math.log1p(Math.abs(value)))
  let sum = 0
  for (let i = 0; i < logs.length; i++) sum += Math.sign(values[i]!) * logs[i]!
  const powers = new Float64Array(values.length)
  return minimizeBounded((lambda) => {
    for (let i = 0; i < logs.length; i++) {
      powers[i] = values[i]! < 0 ? -powerOfLog(logs[i]!, 2 - lambda) : powerOfLog(logs[i]!, lambda)
    }
    return -logLikelihood(powers, (lambda - 1) * sum)
  }, bounds)
}

/** (uᵏ − 1) / k from ln u, without the cancellation of the plain form near k = 0. */
const powerOfLog = (logU: number, k: number): number => (k === 0 ? logU : Math.expm1(k * logU) / k)

/** −n/2 · ln σ² plus the logarithm of the Jacobian (Box & Cox 1964, section 3). */
function logLikelihood(powers: Float64Array, jacobian: number): number {
  const n = powers.length
  let mean = 0
  for (let i = 0; i < n; i++) mean += powers[i]!
  mean /= n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (powers[i]! - mean) ** 2
  const likelihood = (-n / 2) * Math.log(squares / n) + jacobian
  // Where powers overflow or all run together the λ is out of question.
  return Number.isFinite(likelihood) ? likelihood : -Number.MAX_VALUE
}

const allEqual = (values: Float64Array): boolean => values.every((value) => value === values[0])
