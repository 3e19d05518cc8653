// Which numbers of a foreign file learn.
import { UsageError } from '../../base/index.js'
import type { ImportedModel, NDArray } from '../../engine/graph/index.js'

/** By name in the file, or by those of the nodes that read a parameter, since exporters call folded weights onnx::MatMul_12. */
export type Trainable = RegExp | ((name: string, readers: readonly string[]) => boolean)

/**
 * The parameters chosen, without the statistics of batch norms.
 *
 * @throws {@link UsageError} when there are none
 */
export function chooseParameters(
  caller: string,
  { parameters, statistics, readers }: ImportedModel,
  trainable: Trainable = () => true,
): Record<string, NDArray<'float32'>> {
  const learns = (name: string): boolean => {
    if (typeof trainable === 'function') return trainable(name, readers[name]!)
    // search() keeps no place between calls, as test() does for expressions with the flag g.
    return [name, ...readers[name]!].some((one) => one.search(trainable) >= 0)
  }
  const kept = new Set(statistics)
  const all = Object.keys(parameters)
  const names = all.filter((name) => !kept.has(name) && learns(name))
  if (names.length > 0) return Object.fromEntries(names.map((name) => [name, parameters[name]!]))
  // More names than these are better read from the file itself.
  const some = all.slice(0, 20).join(', ')
  throw new UsageError(
    `${caller}: no parameter is trainable; the file has ${some || 'none'}${all.length > 20 ? `, … (${all.length} in all)` : ''}.`,
  )
}
