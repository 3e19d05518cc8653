// Inputs and outputs of a file as specs.
import { FormatError } from '../../../base/index.js'
import { typeOfCode } from '../../onnx/index.js'
import { toNumber, type ValueInfoProto } from '../../onnx/proto/index.js'
import type { Dim, Shape } from '../dims.js'
import type { Spec } from '../value.js'
import { carriedType } from './held.js'

/** The inputs, whose sizes may be given in place of those of the file. */
export function inputSpecs(
  ports: readonly ValueInfoProto[],
  shapes: Readonly<Record<string, Shape>>,
): Record<string, Spec> {
  const specs: Record<string, Spec> = {}
  for (const port of ports) {
    const name = port.name ?? ''
    const type = typeOfCode(port.type?.tensorType?.elemType ?? 0)
    const dtype = type === undefined ? undefined : carriedType(type)
    if (dtype === undefined) throw notNumbers(name, type)
    specs[name] = { dtype, shape: shapes[name] ?? shapeOf(port, name) }
  }
  return specs
}

function notNumbers(name: string, type: string | undefined): FormatError {
  return new FormatError(
    `ONNX model: the input '${name}' is ${type === 'string' ? 'text' : 'no tensor of numbers'}, which a graph that is differentiated cannot carry. Export the part of the model that takes numbers.`,
    { format: 'onnx', input: name },
  )
}

/** Whether a port is a tensor of text. */
export const isText = ({ type }: ValueInfoProto): boolean =>
  typeOfCode(type?.tensorType?.elemType ?? 0) === 'string'

// Products of sizes are written with '*', so that it cannot be part of a name.
const plainName = /^[A-Za-z_][A-Za-z_0-9]*$/
// Names that tf2onnx gives to sizes that have none.
const noName = /^(unk__\d+)?$/

function shapeOf({ type }: ValueInfoProto, name: string): Dim[] {
  const dims = type?.tensorType?.shape?.dim
  if (dims === undefined)
    throw new FormatError(
      `ONNX model: the file does not say how many axes the input '${name}' has. Give them with the option shapes, such as { ${JSON.stringify(name)}: ['batch', 3] }.`,
      { format: 'onnx', input: name },
    )
  return dims.map(({ dimParam, dimValue }, axis): Dim => {
    const size = dimValue === undefined || dimValue === null ? -1 : toNumber(dimValue)
    if (!dimParam && size > 0) return size
    const given = dimParam ?? ''
    if (plainName.test(given) && !noName.test(given)) return given
    if (!noName.test(given)) return `size_${given.replaceAll(/\W+/g, '_')}`
    // The first axis of all inputs is nearly always the batch.
    return axis === 0 ? 'batch' : `${name.replaceAll(/\W+/g, '_')}_${axis}`
  })
}
