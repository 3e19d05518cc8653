// A function with a gradient of its own, where a better one is known than that of its steps.
import { bindAll, into } from './bind.js'
import { trace } from './trace.js'
import { closeDraft, type Graph, newDraft, newValue, type Tensor } from './value.js'
import { type Operand, toTensor } from './operations/operand.js'

/** Of what a gradient is made. */
export interface GradientInputs {
  readonly inputs: readonly Tensor[]
  readonly outputs: readonly Tensor[]
  /** Of each output. */
  readonly cotangents: readonly Tensor[]
}

/**
 * A function of tensors whose gradient is given.
 *
 * @param name - for the printed graph
 * @param f - gives one tensor or a list
 * @param gradient - the gradient of each input
 */
export function customGradient(
  name: string,
  f: (...inputs: Tensor[]) => Operand | readonly Operand[],
  gradient: (given: GradientInputs) => readonly Tensor[],
): (...inputs: Tensor[]) => Tensor[] {
  return (...inputs) => {
    const specs = inputs.map(({ dtype, shape }) => ({ dtype, shape }))
    const traced = trace((given: unknown) => {
      const result = f(...(given as Tensor[]))
      return Array.isArray(result) ? (result as Operand[]) : [result as Operand]
    }, specs as never)
    const { graph } = traced
    const params = { graph: withoutCaptures(graph), gradient: gradientGraph(graph, specs, gradient), name }
    return [...bindAll('call', [...inputs, ...graph.captured.map(({ outer }) => outer)], params)]
  }
}

/** Captured values as inputs, so that operands can be given for them. */
const withoutCaptures = (graph: Graph): Graph => ({
  ...graph,
  inputs: [...graph.inputs, ...graph.captured.map(({ inner }) => inner)],
  captured: [],
})

function gradientGraph(
  graph: Graph,
  specs: readonly Pick<Tensor, 'dtype' | 'shape'>[],
  gradient: (given: GradientInputs) => readonly Tensor[],
): Graph {
  const draft = newDraft()
  const make = (spec: Pick<Tensor, 'dtype' | 'shape'>) => newValue(draft, spec)
  const inputs = specs.map(make)
  const captured = graph.captured.map(({ inner }) => make(inner))
  const outputs = graph.outputs.map(make)
  const cotangents = graph.outputs.map(make)
  const results = gradient({ inputs, outputs, cotangents }).map((result) => into(draft, toTensor(result)))
  return closeDraft(draft, [...inputs, ...captured, ...outputs, ...cotangents], results)
}
