// Tensors of a request in the types that the model takes. A graph takes its own types only; the columns of a bundle are read as
// generously as rows are, as long as nothing is rounded: an age may come as INT64, though the graph reads FP64.
import { floatsOfHalves, quote, ShapeError, UsageError } from '../../../../base/index.js'
import type { Tensor } from '../../../../engine/onnx/index.js'
import type { TensorSpec, VersionDescription } from '../../../../operate/serve/index.js'
import { openInferenceName } from '../tensors/datatypes.js'

type Tensors = Readonly<Record<string, Tensor>>

/**
 * @param inputs - none but those of the model
 * @throws {@link UsageError} for a missing input or a type that cannot be read; {@link ShapeError} for columns of
 * unequal length
 */
export function fitInputs(inputs: Tensors, { kind, inputs: specs }: VersionDescription): Tensors {
  const fitted = Object.create(null) as Record<string, Tensor>
  let rows: number | undefined
  for (const spec of specs) {
    const given = inputs[spec.name]
    if (given === undefined) throw missing(spec, specs)
    const value = kind === 'bundle' ? columnOf(given, spec) : given
    if (value.type !== spec.type) throw wrongType(given, spec)
    if (kind === 'bundle') rows = sameRows(value, rows, spec)
    fitted[spec.name] = value
  }
  return fitted
}

const listed = (specs: readonly TensorSpec[]): string => specs.map(({ name }) => quote(name)).join(', ')

export const unknownInput = (name: string, { inputs }: Pick<VersionDescription, 'inputs'>): UsageError =>
  new UsageError(`The model has no input ${quote(name)}; it takes ${listed(inputs)}.`, { argument: name })

const missing = ({ name }: TensorSpec, specs: readonly TensorSpec[]): UsageError =>
  new UsageError(`Input ${quote(name)} is missing; the model takes ${listed(specs)}.`, { argument: name })

const wrongType = ({ type }: Tensor, spec: TensorSpec): UsageError =>
  new UsageError(
    `Input ${quote(spec.name)} takes ${openInferenceName[spec.type]}; received ${openInferenceName[type]}. The model's metadata says the types of its inputs.`,
    { argument: spec.name },
  )

function sameRows({ dims }: Tensor, rows: number | undefined, { name }: TensorSpec): number {
  const own = dims[0]!
  if (rows === undefined || rows === own) return own
  throw new ShapeError(
    `Input ${quote(name)} has ${own} rows, the inputs before it ${rows}. Give columns of one length.`,
    {
      expected: rows,
      received: own,
      where: name,
    },
  )
}

/** A column as [rows, 1]; numbers of all types as float64. */
function columnOf(given: Tensor, spec: TensorSpec): Tensor {
  const [rows = 1, width = 1] = given.dims
  if (given.dims.length > 2 || width !== 1) {
    throw new ShapeError(
      `Input ${quote(spec.name)} is a column: its shape must be [rows, 1] or [rows]; received [${given.dims.join(', ')}].`,
      { expected: [-1, 1], received: given.dims, where: spec.name },
    )
  }
  const dims = [rows, 1]
  if (given.type === spec.type) return { ...given, dims }
  if (given.type === 'string' || spec.type !== 'float64') throw wrongType(given, spec)
  return { type: 'float64', dims, data: doublesOf(given, spec.name) }
}

function doublesOf(given: Exclude<Tensor, { readonly type: 'string' }>, name: string): Float64Array {
  const { data } = given
  if (given.type === 'float16') return Float64Array.from(floatsOfHalves(given.data))
  if (!(data instanceof BigInt64Array) && !(data instanceof BigUint64Array)) return Float64Array.from(data)
  const doubles = Float64Array.from(data as BigInt64Array, Number)
  const rounded = doubles.findIndex((value) => !Number.isSafeInteger(value))
  if (rounded < 0) return doubles
  throw new UsageError(
    `Input ${quote(name)} is a column of FP64, which would round ${String(data[rounded])}. Give numbers up to 2^53, or FP64 itself.`,
    { argument: name },
  )
}
