// The header of a .npy file: a Python dictionary, as text. It is read as the literal that it is; nothing is evaluated.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { FormatError } from '../../../base/index.js'
import type { Stored } from './elements.js'

/** What a header says of its array. */
export interface NpyHeader {
  readonly stored: Stored
  readonly bigEndian: boolean
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
}

/** Where a header stands, for messages. */
export interface HeaderPlace {
  readonly what: string
  /** The byte at which the text begins. */
  readonly position: number
}

type Fault = (at: number, message: string) => FormatError

// Values are strings, booleans, whole numbers and tuples of them, so a list of patterns is a grammar. NumPy of Python 2
// wrote whole numbers with an L.
const entryPattern = /\s*(?:'(\w+)'|"(\w+)")\s*:\s*('[^'\\]*'|"[^"\\]*"|True|False|\([^()]*\)|\[[^\]]*\])/y
const separatorPattern = /\s*(,?)\s*(\}?)/y

/** Reads the text of a header. @throws {@link FormatError} for anything that it may not hold */
export function parseNpyHeader(text: string, { what, position }: HeaderPlace): NpyHeader {
  const fault: Fault = (at, message) =>
    new FormatError(`${what}: its header at byte ${position + at} ${message}`, {
      format: 'npy',
      position: position + at,
    })
  const entries = dictionary(text, fault)
  const value = (key: string): { readonly text: string; readonly at: number } => {
    const found = entries.get(key)
    if (found === undefined) throw fault(0, `has no '${key}'. It is no header that NumPy writes.`)
    return found
  }
  const order = value('fortran_order')
  if (order.text !== 'True' && order.text !== 'False')
    throw fault(order.at, `has a 'fortran_order' of ${order.text}, expected True or False.`)
  const shape = value('shape')
  const type = value('descr')
  return {
    ...elementType(type.text, (message) => fault(type.at, message)),
    fortranOrder: order.text === 'True',
    shape: shapeOf(shape.text, (message) => fault(shape.at, message)),
  }
}

function dictionary(text: string, fault: Fault): Map<string, { readonly text: string; readonly at: number }> {
  const entries = new Map<string, { readonly text: string; readonly at: number }>()
  let at = text.indexOf('{') + 1
  if (at === 0 || text.slice(0, at - 1).trim() !== '') throw fault(0, "does not begin with '{'.")
  let closed = text.slice(at).trim() === '}'
  while (!closed) {
    entryPattern.lastIndex = at
    const entry = entryPattern.exec(text)
    if (entry === null) throw fault(at, "is no dictionary of 'descr', 'fortran_order' and 'shape'.")
    const key = (entry[1] ?? entry[2])!
    if (entries.has(key)) throw fault(at, `has '${key}' twice.`)
    entries.set(key, { text: entry[3]!, at: entryPattern.lastIndex - entry[3]!.length })
    separatorPattern.lastIndex = entryPattern.lastIndex
    const separator = separatorPattern.exec(text)!
    at = separatorPattern.lastIndex
    closed = separator[2] === '}'
    if (closed && text.slice(at).trim() !== '') throw fault(at, "goes on after its '}'.")
    if (!closed && separator[1] === '') throw fault(at, "lacks a ',' or '}'.")
  }
  return entries
}

function shapeOf(text: string, fault: (message: string) => FormatError): number[] {
  const parts = text.startsWith('(') ? text.slice(1, -1).split(',') : []
  const sizes = parts.map((part) => part.trim()).filter((part, i) => part !== '' || i < parts.length - 1)
  const shape = sizes.map((part) => (/^\d+L?$/.test(part) ? Number.parseInt(part, 10) : NaN))
  // (3) is a number in brackets and no tuple.
  const tuple = /^\(.*\)$/s.test(text) && (shape.length !== 1 || parts.length === 2)
  if (!tuple || !shape.every(Number.isSafeInteger))
    throw fault(`has a shape of ${text.slice(0, 60)}, expected a tuple of whole numbers.`)
  return shape
}

function elementType(
  descr: string,
  fault: (message: string) => FormatError,
): Pick<NpyHeader, 'stored' | 'bigEndian'> {
  const type = descr.slice(1, -1)
  const [, order, code] = /^([<>|=]?)(b1|[iu][1248]|f[248])$/.exec(type) ?? []
  if (code !== undefined) return { stored: code as Stored, bigEndian: order === '>' }
  throw fault(refusal(descr, type))
}

const convertible = 'Booleans, integers and floats of up to 64 bits can be read.'

function refusal(descr: string, type: string): string {
  if (!/^['"]/.test(descr))
    return `tells of records (a structured type). ${convertible} Save each field as an array of its own.`
  if (/^[<>|=]?O/.test(type))
    return `tells of Python objects, which are pickled and could run any program when read: they are refused. ${convertible} Save an array of numbers.`
  const kind = {
    U: 'text',
    S: 'bytes',
    a: 'bytes',
    M: 'dates',
    m: 'time spans',
    c: 'complex numbers',
    V: 'raw data',
    f: 'long floats',
  }[/[a-zA-Z]/.exec(type)?.[0] ?? '']
  return `tells of elements of type ${descr.slice(0, 40)}${kind === undefined ? '' : ` (${kind})`}. ${convertible}`
}

/** The text of the header of an array in row-major order. */
export function formatNpyHeader(stored: Stored, shape: readonly number[]): string {
  const descr = stored.endsWith('1') ? `|${stored}` : `<${stored}`
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
  return `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`
}
