// The whole network against PyTorch: outputs and gradients from equal parameters (test/golden/tabular_networks.py).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  array,
  compile,
  type NDArray,
  spec,
  t,
  type Tensor,
  trace,
  grad,
} from '../../../engine/graph/index.js'
import { network } from '../network.js'
import { embedRows } from './embed-rows.js'
import { embed } from './embed.js'
import { tabularEnsemble } from './ensemble.js'
import type { NumericEmbeddings } from './numeric-embeddings.js'

interface Stored {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface Golden {
  readonly flags: number
  readonly numbers: number
  readonly levels: readonly number[]
  readonly edges: readonly (readonly number[])[]
  readonly members: number
  readonly hidden: number
  readonly outputs: number
  readonly cases: readonly {
    readonly kind: NumericEmbeddings
    readonly x: Stored
    readonly y: Stored
    readonly weights: Stored
    readonly values: Readonly<Record<string, Stored>>
    readonly gradients: Readonly<Record<string, Stored>>
  }[]
}

const file = new URL('../../../../test/golden/tabular_networks.json', import.meta.url)
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden
const { flags, numbers, levels, members, outputs } = golden
const edges = golden.edges.map((own) => Float32Array.from(own))

const arrayOf = ({ shape, data }: Stored): NDArray<'float32'> => array(Float32Array.from(data), { shape })

/** Float32 sums of some fifty products of numbers around 1 and more: relative to the largest of all. */
function expectClose(found: ArrayLike<number>, { data }: Stored, what: string): void {
  const most = data.reduce((a, b) => Math.max(a, Math.abs(b)), 1)
  expect(found.length, what).toBe(data.length)
  data.forEach((value, i) => expect(Math.abs(found[i]! - value), what).toBeLessThanOrEqual(1e-5 * most))
}

describe.each(golden.cases)('networks for tables against PyTorch: $kind', (one) => {
  const inputs = { flags, numbers, levels, edges, numericEmbeddings: one.kind }
  const form = { inputs, members, hiddenLayers: [golden.hidden], outputs, dropout: 0 }
  const net = network(tabularEnsemble(form), spec('float32', ['batch', flags + numbers + levels.length]))
  const values = Object.fromEntries(Object.entries(one.values).map(([path, value]) => [path, arrayOf(value)]))
  const specs = Object.fromEntries(
    Object.entries(values).map(([path, { shape }]) => [path, spec('float32', shape)]),
  )

  it('has the same parameters', () => {
    expect(Object.fromEntries(net.parameters.map(({ path, shape }) => [path, shape]))).toEqual(
      Object.fromEntries(Object.entries(one.values).map(([path, { shape }]) => [path, shape])),
    )
  })

  it('gives the same outputs and gradients', async () => {
    const loss = (params: Readonly<Record<string, Tensor>>): Tensor =>
      t.sum(t.mul(net.apply(params, arrayOf(one.x)), arrayOf(one.weights)))
    await using compiled = await compile(trace(grad(loss as never) as never, specs as never))
    const gradients = (await compiled.run(values as never)) as unknown as Record<string, NDArray>
    for (const [path, expected] of Object.entries(one.gradients))
      expectClose(gradients[path]!.data, expected, path)
    await using forward = await compile(trace((x: Tensor) => net.apply(values, x), net.input as never))
    const y = (await forward.run(arrayOf(one.x) as never)) as unknown as NDArray
    expectClose(y.data, one.y, 'outputs')
  })

  it('embeds rows in loops as in the graph', async () => {
    const rows = one.x.shape[0]!
    const data = Object.fromEntries(
      Object.entries(one.values).map(([path, value]) => [path, Float32Array.from(value.data)]),
    )
    const state = {
      inputs: { ...inputs, order: [0, 1, 2, 3, 4, 5, 6] },
      values: data,
      numericEmbeddings: one.kind,
    }
    const embedded = embedRows(state as never, Float32Array.from(one.x.data), rows)
    const layer = network(embed(inputs), net.input)
    const own = Object.fromEntries(layer.parameters.map(({ path }) => [path, values[path]!]))
    await using compiled = await compile(trace((x: Tensor) => layer.apply(own, x), net.input as never))
    const found = (await compiled.run(arrayOf(one.x) as never)) as unknown as NDArray
    expectClose(embedded, { shape: found.shape, data: Array.from(found.data) }, 'embedded')
  })
})
