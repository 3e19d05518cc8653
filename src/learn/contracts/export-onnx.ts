// A model as one ONNX file: raw named columns in, prediction (and probabilities) out. The decision is part of the graph.
import {
  cast,
  type GraphBuilder,
  graphBuilder,
  scalar,
  tensor,
  type Tensor,
  type Value,
} from '../../engine/onnx/index.js'
import type { CoreModel } from './core.js'
import { graphInputs } from './symbolic-table.js'
import type { Label } from './target.js'

/** The names of the outputs; with `_` added where a column has that name already. */
export interface OutputNames {
  readonly prediction: string
  /** Classifiers only. */
  readonly probabilities: string
}

/** What the graph may carry beside the model. */
export interface ExportOptions {
  /** For two classes: the probability of the second from which it is predicted. @default 0.5 */
  readonly threshold?: number | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** The names under which the graph of this model gives its outputs. */
export function outputNames(core: Pick<CoreModel, 'inputs'>): OutputNames {
  const taken = new Set(core.inputs.map((field) => field.name))
  const free = (name: string): string => (taken.has(name) ? free(`${name}_`) : name)
  return { prediction: free('prediction'), probabilities: free('probabilities') }
}

/** Writes the bytes of an ONNX model. Inputs and outputs are [N, 1], probabilities [N, k] in float64. */
export function exportOnnx(core: CoreModel, options: ExportOptions): Uint8Array {
  const graph = graphBuilder({ name: core.kind })
  const scores = core.toGraph(graphInputs(graph, core.inputs), graph)
  const names = outputNames(core)
  if (core.predicts === 'values') {
    graph.output(names.prediction, scores, 'float64', ['N', 1])
  } else {
    const labels = labelTensor(core.classes)
    const codes = decide(graph, scores, core.classes.length === 2 ? (options.threshold ?? 0.5) : 0.5)
    const label = graph.node('Gather', [graph.initializer('classes', labels), codes], { axis: 0 })
    graph.output(names.prediction, label, labels.type, ['N', 1])
    graph.output(names.probabilities, scores, 'float64', ['N', core.classes.length])
  }
  return graph.build(options.metadata === undefined ? {} : { metadata: options.metadata })
}

/** Codes [N, 1]: the first of the most probable, or for a threshold of its own whether the second class reaches it. */
function decide(graph: GraphBuilder, scores: Value, threshold: number): Value {
  if (threshold === 0.5) return graph.node('ArgMax', [scores], { axis: 1, keepdims: 1 })
  const second = graph.node('Gather', [scores, graph.initializer('second', tensor('int64', [1n]))], {
    axis: 1,
  })
  const reached = graph.node('GreaterOrEqual', [
    second,
    graph.initializer('threshold', scalar('float64', threshold)),
  ])
  return cast(graph, reached, 'int64')
}

/** Classes in the nearest type that ONNX has: booleans, whole numbers, other numbers, or text. */
function labelTensor(classes: readonly Label[]): Tensor {
  if (classes.every((label) => typeof label === 'boolean')) {
    return tensor('bool', Uint8Array.from(classes, Number))
  }
  if (classes.every((label) => Number.isSafeInteger(label)))
    return tensor(
      'int64',
      classes.map((label) => BigInt(label)),
    )
  if (classes.every((label) => typeof label === 'number')) return tensor('float64', classes as number[])
  return tensor('string', classes.map(String))
}
