// What a transform gives in its ONNX graph, beside what it gives in memory.
import { expect } from 'vitest'
import { asNumbers, type Table } from '../../src/data/index.js'
import { graphBuilder, openSession, type SessionOptions, type Tensor } from '../../src/engine/onnx/index.js'
import { graphFeeds, graphInputs, type Transform } from '../../src/learn/contracts/index.js'

/** A transform's graph, loaded: tables in, columns out by name. */
export interface LoadedGraph extends AsyncDisposable {
  run(x: Table): Promise<Map<string, Float64Array | string[]>>
}

/** Loads the graph of a transform, as a file would be. */
export async function loadGraph(transform: Transform, options: SessionOptions = {}): Promise<LoadedGraph> {
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
  const session = await openSession(graph.build(), options)
  const run = async (x: Table): Promise<Map<string, Float64Array | string[]>> => {
    const results = await session.run(graphFeeds(x, transform.inputs))
    return new Map(
      byType.flatMap(({ type, names }) =>
        names.map(
          (name, j) => [name, columnOf(results[`out:${type}`]!, j, [x.rowCount, names.length])] as const,
        ),
      ),
    )
  }
  return { run, [Symbol.asyncDispose]: () => session.close() }
}

function columnOf(
  { data, dims, type }: Tensor,
  j: number,
  sizes: readonly [number, number],
): Float64Array | string[] {
  expect(dims).toEqual(sizes)
  const values = Array.from({ length: sizes[0] }, (_, row) => data[row * sizes[1] + j]!)
  return type === 'string' ? (values as string[]) : Float64Array.from(values as number[])
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
  await using graph = await loadGraph(transform, options)
  for (const part of [x, x.slice(0, 1), x.slice(0, 0)]) {
    const applied = transform.apply(part)
    expect(applied.names).toEqual(transform.outputs)
    const found = await graph.run(part)
    for (const name of applied.names) {
      const column = applied.col(name)
      if (column.type === 'string') {
        expect(found.get(name)).toEqual(
          Array.from({ length: column.length }, (_, row) => column.at(row) ?? ''),
        )
        continue
      }
      expectClose(found.get(name) as Float64Array, Float64Array.from(asNumbers(column)!), { name, tolerance })
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
