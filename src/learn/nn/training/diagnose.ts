// Where numbers blew up: the first step of a loss whose result is no number any more.
import { ConvergenceError } from '../../../base/index.js'
import { compile, type Graph, type NDArray, type Traced, type Value } from '../../../engine/graph/index.js'
import type { Batch } from '../sources/index.js'
import type { TrainingStep } from './training-step.js'

/** The step that was first. */
interface BlowUp {
  /** The layer, by its names; '' where it has none. */
  readonly scope: string
  readonly primitive: string
}

/** Runs the loss once more and looks at every step. Undefined when all is finite, as when gradients alone blew up. */
async function findBlowUp(traced: Traced, input: unknown): Promise<BlowUp | undefined> {
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

/** The error for a loss that is no number: with the step, and the layer where it began. */
export async function blownUp(
  { step, traced, steps }: { readonly step: TrainingStep; readonly traced: Traced; readonly steps: number },
  batch: Batch,
  loss: number,
): Promise<ConvergenceError> {
  const { parameters, states } = await step.snapshot()
  const found = await findBlowUp(traced, { params: parameters, states, ...batch })
  const where =
    found === undefined
      ? 'All activations are finite: the targets or the gradients are not.'
      : `It began in ${found.scope === '' ? 'the loss' : `layer '${found.scope}'`} (${found.primitive}).`
  return new ConvergenceError(
    `Training: the loss is ${loss} in step ${steps + 1}. ${where} Try a smaller learning rate, clipNorm: 1, or look for infinite and very large inputs.`,
    { step: steps + 1, layer: found?.scope, operation: found?.primitive },
  )
}
