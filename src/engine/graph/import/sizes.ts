// Sizes that are known only when the graph runs, as values of it: an axis of a model's input has each of them.
import { FormatError } from '../../../base/index.js'
import { into } from '../bind.js'
import { parseDim, type Dim, type Shape } from '../dims.js'
import { add, broadcastTo, concat, iota, max, mul, reshape } from '../operations/index.js'
import type { NDArray } from '../array.js'
import { isValue, type Tensor, type Value } from '../value.js'
import { isStatic } from '../dims.js'
import { integers, scalar, type Sizes } from './held.js'

/** Where sizes come from. */
export interface SizeSources {
  /** Sizes as whole numbers that are there when the graph runs. */
  tensorOf(sizes: Sizes): Tensor
  /** 0 … n − 1 for a size; undefined when no input has it. */
  indices(dim: Dim): Tensor | undefined
  /** A number, repeated to a shape. */
  filled(value: NDArray, shape: Shape): Tensor
}

interface Source {
  readonly value: Value
  readonly axis: number
}

/** The sizes that these inputs have. */
export function sizeSources(inputs: readonly Tensor[]): SizeSources {
  const sources = new Map<string, Source>()
  for (const input of inputs) {
    if (!isValue(input)) continue
    input.shape.forEach((dim, axis) => {
      if (typeof dim === 'string' && !sources.has(dim)) sources.set(dim, { value: input, axis })
    })
  }
  const sourceOf = (name: string): Source => {
    const source = sources.get(name)
    if (source !== undefined) return source
    throw new FormatError(
      `ONNX model: the size '${name}' belongs to no input, so that it cannot be told when the graph runs. Fix the sizes of the inputs with the option shapes.`,
      { format: 'onnx', size: name },
    )
  }
  // One more than the last index.
  const length = ({ value, axis }: Source): Tensor => add(max(iota(value, axis)), 1)
  const numberOf = (dim: Dim): Tensor => {
    const { factor, names } = parseDim(dim)
    return names.map((name) => length(sourceOf(name))).reduce((a, b) => mul(a, b), scalar(factor, 'int32'))
  }
  return {
    tensorOf({ dims, scalar: single }) {
      if (single) return numberOf(dims[0]!)
      return concat(
        dims.map((dim) => (typeof dim === 'number' ? integers([dim]) : reshape(numberOf(dim), [1]))),
      )
    },
    indices(dim) {
      if (typeof dim === 'number') return integers(Array.from({ length: dim }, (_, i) => i))
      const source = sources.get(dim)
      return source && iota(source.value, source.axis)
    },
    filled(value, shape) {
      if (isStatic(shape)) return broadcastTo(value, shape)
      const [name] = shape.flatMap((dim) => parseDim(dim).names)
      // A number by itself would be repeated at once, and there is no size yet: it becomes part of the graph.
      return broadcastTo(into(sourceOf(name!).value.draft, value), shape)
    },
  }
}
