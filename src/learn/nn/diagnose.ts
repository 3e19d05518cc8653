// Where numbers blew up: the first step of a loss whose result is no number any more.
import { compile, type Graph, type NDArray, type Traced, type Value } from '../../engine/graph/index.js'

/** The step that was first. */
export interface BlowUp {
  /** The layer, by its names; '' where it has none. */
  readonly scope: string
  readonly primitive: string
}

/** Runs the loss once more and looks at every step. Undefined when all is finite, as when gradients alone blew up. */
export async function findBlowUp(traced: Traced, input: unknown): Promise<BlowUp | undefined> {
  const steps = traced.graph.nodes.flatMap((node) =>
    node.outputs.filter(({ dtype }) => dtype.startsWith('float')).map((output) => ({ node, output })),
  )
  const graph: Graph = { ...traced.graph, outputs: steps.map(({ output }) => output) as readonly Value[] }
  const paths = steps.map((_, i) => `step${i}`)
  await using compiled = await compile({
    ...traced,
    graph,
    outputPaths: paths,
    outputShape: paths.map(() => 'leaf' as const),
  })
  const results = (await compiled.run(input as never)) as unknown as NDArray[]
  const at = results.findIndex(({ data }) => !data.every(Number.isFinite))
  const found = steps[at]
  return found === undefined ? undefined : { scope: found.node.scope, primitive: found.node.primitive }
}
