// From a table to the tensors that a model's graph takes at its door.
import { type Column, type Field, missingBoolean, type Table } from '../../data/index.js'
import type { Tensor } from '../../engine/onnx/index.js'

/** One tensor [N, 1] for each field: numbers, booleans and timestamps as float64 with NaN for missing, text with '' for missing. */
export function graphFeeds(x: Table, inputs: readonly Field[]): Record<string, Tensor> {
  // Without a prototype: a column may be named `__proto__`.
  const feeds = Object.create(null) as Record<string, Tensor>
  for (const { name } of inputs) feeds[name] = feedOf(x.col(name))
  return feeds
}

function feedOf(column: Column): Tensor {
  const dims = [column.length, 1]
  switch (column.type) {
    case 'string': {
      const { codes, dictionary } = column
      return { type: 'string', dims, data: Array.from(codes, (code) => (code < 0 ? '' : dictionary[code]!)) }
    }
    case 'boolean':
      return {
        type: 'float64',
        dims,
        data: Float64Array.from(column.values, (value) => (value === missingBoolean ? Number.NaN : value)),
      }
    default: {
      const { values } = column
      return {
        type: 'float64',
        dims,
        data: values instanceof Float64Array ? values : Float64Array.from(values),
      }
    }
  }
}
