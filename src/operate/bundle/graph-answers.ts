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

/** Compiles the classes of a target into a reader of labels: the graph's integers and booleans become JavaScript's. */
export function labelReader(classes: readonly Label[]): (outputs: GraphOutputs, name: string) => Label[] {
  const isMixed = new Set(classes.map((label) => typeof label)).size > 1
  const byText = new Map(classes.map((label) => [String(label), label]))
  const ofGraph = (label: unknown): Label => {
    if (isMixed) return byText.get(label as string)!
    return typeof label === 'bigint' ? Number(label) : (label as Label)
  }
  const read = typeof classes[0] === 'boolean' && !isMixed ? Boolean : ofGraph
  return (outputs, name) => {
    const data: ArrayLike<unknown> | undefined = outputs[name]?.data
    if (data === undefined) throw new InternalError('The graph gives no labels.')
    const labels: Label[] = []
    for (let row = 0; row < data.length; row++) labels.push(read(data[row]))
    return labels
  }
}

/** The half-width of the smallest stored level that is at least the one asked for; undefined where there is none. */
export function intervalHalfWidth(stored: readonly IntervalHalfWidth[], level: number): number | undefined {
  // Levels are decimal fractions: 1e-12 forgives their binary form.
  return stored.find((interval) => interval.level >= level - 1e-12)?.halfWidth
}
