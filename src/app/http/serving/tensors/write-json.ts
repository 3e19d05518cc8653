// Tensors as text of JSON. Written by hand: 64-bit integers stay exact, a sign of zero is kept, and no list of JavaScript values is made.
import { floatsOfHalves } from '../../../../base/index.js'
import { elementCount, type Tensor } from '../../../../engine/onnx/index.js'

/** How numbers are written that JSON has not. */
export type NotFinite = 'null' | 'token'

/** How a tensor is written. */
export interface WriteStyle {
  /** @default 'null' */
  readonly notFinite?: NotFinite | undefined
  /** Texts as `{"b64": …}`, as TensorFlow Serving writes what may be no text. @default false */
  readonly base64?: boolean | undefined
}

/** One number; NaN and infinite ones as null, or as the words that Python and TensorFlow Serving know. */
export function numberText(value: number, notFinite: NotFinite = 'null'): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  if (Number.isFinite(value)) return String(value)
  return notFinite === 'null' ? 'null' : String(value)
}

/** How each element is written. */
export function elementWriter(
  value: Tensor,
  { notFinite, base64 = false }: WriteStyle = {},
): (index: number) => string {
  const { type, data } = value
  switch (type) {
    case 'string':
      return base64
        ? (index) => `{"b64":"${Buffer.from(data[index]!, 'utf8').toString('base64')}"}`
        : (index) => JSON.stringify(data[index])
    case 'bool':
      return (index) => (data[index] === 0 ? 'false' : 'true')
    case 'float16': {
      const floats = floatsOfHalves(data)
      return (index) => numberText(floats[index]!, notFinite)
    }
    case 'float32':
    case 'float64':
      return (index) => numberText(data[index]!, notFinite)
    default:
      return (index) => String(data[index])
  }
}

/** All elements as one list, in row-major order. */
export function flatText(value: Tensor, style?: WriteStyle): string {
  const write = elementWriter(value, style)
  let text = '['
  for (let i = 0; i < value.data.length; i++) text += (i === 0 ? '' : ',') + write(i)
  return `${text}]`
}

/** Lists in lists, as the sizes say; a tensor without axes is its element. */
export function nestedText(value: Tensor, style?: WriteStyle): string {
  return partText(value.dims, 0, elementWriter(value, style))
}

/** The parts along the first axis, one text each. */
export function rowTexts(value: Tensor, style?: WriteStyle): string[] {
  const [rows = 1, ...rest] = value.dims
  const write = elementWriter(value, style)
  const width = elementCount(rest)
  return Array.from({ length: rows }, (_, row) => partText(rest, row * width, write))
}

function partText(dims: readonly number[], start: number, write: (index: number) => string): string {
  if (dims.length === 0) return write(start)
  const [size = 0, ...rest] = dims
  const width = elementCount(rest)
  let text = '['
  for (let i = 0; i < size; i++) text += (i === 0 ? '' : ',') + partText(rest, start + i * width, write)
  return `${text}]`
}
