// Models as JSON: plain data, typed arrays in base64, exact to the bit.
import { FormatError } from '../../base/index.js'

/** A fitted model or transform as data. `kind` names who can read it; loading runs no code from it. */
export interface ModelDocument {
  readonly format: 'modelwright'
  readonly version: 1
  readonly kind: string
  readonly options: unknown
  readonly state: unknown
  /** Where a classifier of two classes decides, if not at one half. */
  readonly threshold?: number
  /** What the model was fitted with. */
  readonly seed?: number
}

const arrayTypes = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Uint8Array,
} as const

type ArrayType = keyof typeof arrayTypes

/** Plain data from state: typed arrays become `{ $array, base64 }`, NaN and infinities `{ $number }`. */
export function encodeState(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) }
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return { $array: value.constructor.name, base64: bytes.toString('base64') }
  }
  if (Array.isArray(value)) return value.map(encodeState)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encodeState(item)]))
  }
  return value
}

/** The reverse of {@link encodeState}. @throws {@link FormatError} for an unknown array type */
export function decodeState(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decodeState)
  if (typeof value !== 'object' || value === null) return value
  if ('$number' in value) return Number(value.$number)
  if ('$array' in value && 'base64' in value) return decodeArray(String(value.$array), String(value.base64))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decodeState(item)]))
}

function decodeArray(name: string, base64: string): unknown {
  if (!Object.hasOwn(arrayTypes, name)) {
    throw new FormatError(`The model document holds an array of type '${name}', which is not known here.`, {
      format: 'modelwright',
      position: name,
    })
  }
  const bytes = Buffer.from(base64, 'base64')
  // A copy: Buffers may share an ArrayBuffer at an offset that wider types do not accept.
  return new arrayTypes[name as ArrayType](new Uint8Array(bytes).buffer)
}

/** @throws {@link FormatError} unless this is a model document that this version can read */
export function checkDocument(value: unknown): ModelDocument {
  const document = value as Partial<ModelDocument> | null
  if (typeof document !== 'object' || document === null || document.format !== 'modelwright') {
    throw new FormatError("This is not a model document: expected { format: 'modelwright', … }.", {
      format: 'modelwright',
    })
  }
  if (document.version !== 1 || typeof document.kind !== 'string') {
    throw new FormatError(
      `The model document has version ${String(document.version)}, expected 1. Update modelwright to read it.`,
      { format: 'modelwright', version: document.version },
    )
  }
  for (const name of ['threshold', 'seed'] as const) {
    if (document[name] === undefined || typeof document[name] === 'number') continue
    throw new FormatError(
      `The ${name} of the model document is no number. Take it again from where it was written.`,
      {
        format: 'modelwright',
        position: name,
      },
    )
  }
  return document as ModelDocument
}
