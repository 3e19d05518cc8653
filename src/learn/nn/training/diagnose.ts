// Where numbers blew up: the first step of a loss whose result is no number any more.
import { ConvergenceError } from '../../../base/index.js'
import { compile, type Graph, type NDArray, type Traced, type Value } from '../../../engine/graph/index.js'
import type { Batch } from '../sources/index.js'
import type { StepResult } from './step-engine.js'
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

/** Whether a step has given numbers: a loss, and where gradients are taken up, a gradient. */
export const isFiniteStep = ({ loss, gradientNorm = 0 }: StepResult): boolean =>
  Number.isFinite(loss) && Number.isFinite(gradientNorm)

/** The error for a loss or a gradient that is no number: with the step, and the layer where it began. */
export async function blownUp(
  { step, traced, steps }: { readonly step: TrainingStep; readonly traced: Traced; readonly steps: number },
  batch: Batch,
  { loss, gradientNorm }: StepResult,
): Promise<ConvergenceError> {
  const { parameters, states } = await step.snapshot()
  const found = await findBlowUp(traced, { params: parameters, states, ...batch })
  // A loss that is a number has a gradient that is none: the parameters are still those of before.
  const [what, otherwise] = Number.isFinite(loss)
    ? [
        `gradient is ${gradientNorm}`,
        `The loss is ${loss}, and all activations are finite: a slope is not, such as that of a root or a logarithm at 0. Add a small number before it.`,
      ]
    : [`loss is ${loss}`, 'All activations are finite: the targets are not.']
  const where =
    found === undefined
      ? otherwise
      : `It began in ${found.scope === '' ? 'the loss' : `layer '${found.scope}'`} (${found.primitive}).`
  return new ConvergenceError(
    `Training: the ${what} in step ${steps + 1}. ${where} Try a smaller learning rate, clipNorm: 1, or look for infinite and very large inputs.`,
    { step: steps + 1, layer: found?.scope, operation: found?.primitive },
  )
}
