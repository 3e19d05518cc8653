// What each pass gives is checked: a wrong one cannot get further than itself.
import { describe, expect, it } from 'vitest'
import { InternalError } from '../../../base/index.js'
import { repeat, spec, t, type Tensor, trace } from '../index.js'
import { lower } from '../lower.js'
import type { Graph, Node } from '../value.js'
import { optimize, type Pass, runPasses } from './index.js'

const graph = trace((x) => t.add(t.sin(x), t.cos(x)), spec('float32', [3])).graph
const looped = lower(
  trace((x) => repeat(20, (h: Tensor) => t.add(t.sin(h), t.cos(h)), x as Tensor), spec('float32', [3])).graph,
)

const backwards: Pass = (given) => ({ ...given, nodes: given.nodes.toReversed() })
const widened: Pass = (given) => ({
  ...given,
  nodes: given.nodes.map((node) => ({
    ...node,
    outputs: node.outputs.map((output) => ({ ...output, shape: [...output.shape, 1] })),
  })) as Node[],
})
const emptied: Pass = (given) => ({ ...given, nodes: [] })
/** The same done to the body of a loop. */
const inside =
  (pass: Pass): Pass =>
  (given) => ({
    ...given,
    nodes: given.nodes.map((node): Node =>
      node.primitive === 'scan'
        ? { ...node, params: { ...node.params, body: pass(node.params.body) } }
        : node,
    ),
  })

const faults: readonly (readonly [string, Pass, RegExp])[] = [
  ['uses a value before it is made', backwards, /add has operands that are made before it/],
  ['gives a value another shape', widened, /sin gives float32\[3\], as its output float32\[3, 1\] says/],
  ['loses what is asked for', emptied, /every output of a graph is made by it/],
]

describe('passes', () => {
  it.each(faults)('are caught where one %s', (_, fault, message) => {
    for (const [given, pass] of [
      [graph, fault],
      [looped, inside(fault)],
    ] as const) {
      const later: Graph[] = []
      const run = (): Graph => runPasses(given, [(same) => same, pass, (next) => (later.push(next), next)])
      expect(run).toThrow(InternalError)
      expect(run).toThrow(message)
      expect(later).toEqual([])
    }
  })

  it('leave a graph as it is when there is nothing to do', () => {
    const once = optimize(graph)
    expect(optimize(once).nodes.map(({ primitive }) => primitive)).toEqual(
      once.nodes.map(({ primitive }) => primitive),
    )
  })

  it('simplify the bodies of loops', () => {
    const { nodes } = optimize(
      lower(
        trace(
          (x) => repeat(20, (h: Tensor) => t.add(t.mul(t.sin(h), 1), t.mul(t.sin(h), t.exp(0))), x as Tensor),
          spec('float32', [3]),
        ).graph,
      ),
    )
    const [body] = nodes.flatMap((node) => (node.primitive === 'scan' ? [node.params.body] : []))
    expect(body!.nodes.map(({ primitive }) => primitive)).toEqual(['sin', 'add'])
  })
})
