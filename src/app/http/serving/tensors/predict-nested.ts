// Tensors of plain graphs as JSON nests them, by name: what the own API, TensorFlow Serving, MLflow and others send for models that
// have no columns.
import { closestName, quote, UsageError } from '../../../../base/index.js'
import type { Tensor } from '../../../../engine/onnx/index.js'
import type {
  Addressee,
  InferenceService,
  RequestOptions,
  Served,
  TensorPredictions,
  TensorSpec,
  VersionDescription,
} from '../../../../operate/serve/index.js'
import type { JsonReading } from '../body/json.js'
import { elementsOf } from './elements.js'
import { flatten } from './nested.js'
import { nestedText, type WriteStyle } from './write-json.js'

type Values = Readonly<Record<string, unknown>>

export interface NestedTask {
  readonly to: Addressee
  readonly options: RequestOptions
  readonly description: VersionDescription
  /** Read as {@link readingFor} says. */
  readonly inputs: Values
}

/** How JSON for a model is read: numbers of 64 bits to the digit, where a graph takes some. */
export const readingFor = ({ kind, inputs }: VersionDescription): JsonReading => ({
  exactIntegers: kind === 'onnx' && inputs.some(({ type }) => type === 'int64' || type === 'uint64'),
})

/** Predicts tensors by name of input. @throws {@link UsageError}, {@link ShapeError} for what does not fit */
export async function predictTensorsOf(
  service: InferenceService,
  task: NestedTask,
): Promise<TensorPredictions> {
  const { to, inputs, description, options } = task
  return service.predictTensors(to, namedTensors(inputs, description.inputs), undefined, options)
}

/** The same with answers as JSON by name of output. */
export async function predictColumns(
  service: InferenceService,
  task: NestedTask,
  styleOf: (output: string) => WriteStyle = () => ({}),
): Promise<{ readonly served: Served; readonly outputs: Readonly<Record<string, string>> }> {
  const { served, outputs } = await predictTensorsOf(service, task)
  const texts = Object.create(null) as Record<string, string>
  for (const name in outputs) texts[name] = nestedText(outputs[name]!, styleOf(name))
  return { served, outputs: texts }
}

function namedTensors(values: Values, specs: readonly TensorSpec[]): Readonly<Record<string, Tensor>> {
  const names = specs.map(({ name }) => name)
  const unknown = Object.keys(values).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const closest = closestName(unknown, names)
    const hint =
      closest === undefined ? `It takes ${names.map(quote).join(', ')}.` : `Did you mean ${quote(closest)}?`
    throw new UsageError(`The model has no input ${quote(unknown)}. ${hint}`, { argument: unknown })
  }
  const tensors = Object.create(null) as Record<string, Tensor>
  for (const spec of specs) {
    if (!Object.hasOwn(values, spec.name)) {
      throw new UsageError(
        `Input ${quote(spec.name)} is missing; the model takes ${names.map(quote).join(', ')}.`,
        {
          argument: spec.name,
        },
      )
    }
    tensors[spec.name] = nestedTensor(values[spec.name], spec)
  }
  return tensors
}

/** A tensor of the type of an input. */
function nestedTensor(value: unknown, { name, type }: TensorSpec): Tensor {
  const where = `Input ${quote(name)}`
  const { dims, values } = flatten(value, where)
  return { type, dims, data: elementsOf(type, values, where) } as Tensor
}
