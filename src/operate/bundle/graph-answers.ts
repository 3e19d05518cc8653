// What the graph of a bundle gives, in the terms of its target.
import { InternalError } from '../../base/index.js'
import type { Tensor } from '../../engine/onnx/index.js'
import type { Label } from '../../learn/contracts/index.js'
import type { IntervalHalfWidth } from './manifest.js'

/** Outputs of a run, by name. */
export type GraphOutputs = Readonly<Record<string, Tensor>>

/** The numbers of an output. @throws {@link InternalError} when the graph has no such output in float64 */
export function answeredNumbers(outputs: GraphOutputs, name: string): Float64Array {
  const data = outputs[name]?.data
  if (data instanceof Float64Array) return data
  throw new InternalError(`The graph gives no float64 output '${name}'.`, { name })
}

/** Labels in the types of the target: the graph's integers and booleans become JavaScript's. */
export function answeredLabels(outputs: GraphOutputs, name: string, classes: readonly Label[]): Label[] {
  const data: ArrayLike<unknown> | undefined = outputs[name]?.data
  if (data === undefined) throw new InternalError('The graph gives no labels.')
  if (typeof classes[0] === 'boolean') return Array.from(data, Boolean)
  const mixed = new Set(classes.map((label) => typeof label)).size > 1
  if (mixed) return Array.from(data, (text) => classes.find((label) => String(label) === text)!)
  return Array.from(data as ArrayLike<Label | bigint>, (label) =>
    typeof label === 'bigint' ? Number(label) : label,
  )
}

/** The half-width of the smallest stored level that is at least the one asked for; undefined where there is none. */
export function intervalHalfWidth(stored: readonly IntervalHalfWidth[], level: number): number | undefined {
  // Levels are decimal fractions: 1e-12 forgives their binary form.
  return stored.find((interval) => interval.level >= level - 1e-12)?.halfWidth
}
