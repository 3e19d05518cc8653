// What a transform gives in its ONNX graph, beside what it gives in memory.
import { expect } from 'vitest'
import { asNumbers, type Column, type Table } from '../../src/data/index.js'
import {
  graphBuilder,
  openSession,
  type SessionOptions,
  type Tensor,
  tensor,
} from '../../src/engine/onnx/index.js'
import { graphInputs, type Transform } from '../../src/learn/contracts/index.js'

/** A column as it goes through the graph's door: NaN or '' for missing. */
function feedOf(column: Column): Tensor {
  const dims = [column.length, 1]
  if (column.type === 'string') {
    const texts = Array.from(column.codes, (code) => column.dictionary[code] ?? '')
    return tensor('string', texts, dims)
  }
  const numbers = Float64Array.from(asNumbers(column)!)
  return tensor('float64', numbers, dims)
}

/** The columns that the graph gives, by name. */
export async function runGraph(
  transform: Transform,
  x: Table,
  options: SessionOptions = {},
): Promise<Map<string, Float64Array | string[]>> {
  const graph = graphBuilder({ name: transform.kind })
  const outputs = transform.toGraph(graphInputs(graph, transform.inputs))
  expect(outputs.names).toEqual(transform.outputs)
  const byType = (['float64', 'string'] as const).map((type) => ({
    type,
    names: outputs.columns.filter((column) => column.type === type).map((column) => column.name),
  }))
  for (const { type, names } of byType) {
    if (names.length > 0)
      graph.output(`out:${type}`, outputs.select(names).stack(), type, ['N', names.length])
  }
  await using session = await openSession(graph.build(), options)
  const feeds = Object.fromEntries(transform.inputs.map(({ name }) => [name, feedOf(x.col(name))]))
  const results = await session.run(feeds)
  const columns = byType.flatMap(({ type, names }) =>
    names.map((name, j) => {
      const { data, dims } = results[`out:${type}`]!
      expect(dims).toEqual([x.rowCount, names.length])
      const values = Array.from({ length: x.rowCount }, (_, row) => data[row * names.length + j]!)
      return [name, type === 'string' ? (values as string[]) : Float64Array.from(values as number[])] as const
    }),
  )
  return new Map(columns)
}

/**
 * Expects the graph to give what `apply` gives, on the whole table, its first row alone, and no row.
 *
 * @param tolerance - relative to the greater of 1 and the value; 0: the same to the bit
 */
export async function expectParity(
  transform: Transform,
  x: Table,
  { tolerance = 0, ...options }: SessionOptions & { readonly tolerance?: number } = {},
): Promise<void> {
  for (const part of [x, x.slice(0, 1), x.slice(0, 0)]) {
    const applied = transform.apply(part)
    expect(applied.names).toEqual(transform.outputs)
    const graph = await runGraph(transform, part, options)
    for (const name of applied.names) {
      const column = applied.col(name)
      const found = graph.get(name)!
      if (column.type === 'string') {
        expect(found).toEqual(Array.from({ length: column.length }, (_, row) => column.at(row) ?? ''))
        continue
      }
      expectClose(found as Float64Array, feedOf(column).data as Float64Array, { name, tolerance })
    }
  }
}

function expectClose(
  found: Float64Array,
  expected: Float64Array,
  { name, tolerance }: { readonly name: string; readonly tolerance: number },
): void {
  const far = expected.findIndex((value, row) => {
    const other = found[row]!
    if (Number.isNaN(value) || Number.isNaN(other)) return Number.isNaN(value) !== Number.isNaN(other)
    return Math.abs(value - other) > tolerance * Math.max(1, Math.abs(value))
  })
  expect(far < 0 ? undefined : { name, row: far, apply: expected[far], graph: found[far] }).toBeUndefined()
}
