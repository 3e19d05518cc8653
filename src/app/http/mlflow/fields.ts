// Fields of a request, read as protocol buffers read JSON: numbers may be texts, null is absent, what is unknown is passed over.
import { invalidParameter } from './errors.js'
import { pythonJson, pythonType } from './json.js'

type Source = Readonly<Record<string, unknown>>

export interface Fields {
  /** Where it stands in the request: empty for the request itself, `metrics[3]` in a list. */
  readonly path: string
  has(name: string): boolean
  /** As it came. */
  raw(name: string): unknown
  text(name: string): string | undefined
  /** One of the names that is there and not empty: `run_uuid` is an older name of `run_id`. */
  requiredText(name: string, older?: string): string
  /** A whole number that a double holds exactly. */
  integer(name: string): number | undefined
  requiredInteger(name: string): number
  requiredDouble(name: string): number
  flag(name: string): boolean | undefined
  /** A name of an enumeration; its number is accepted too. */
  choice<T extends string>(name: string, values: Readonly<Record<number, T>>): T | undefined
  texts(name: string): string[]
  /** How many entries a list has. */
  size(name: string): number
  list<T>(name: string, read: (entry: Fields) => T): T[]
  entry(name: string): Fields | undefined
}

export function fieldsOf(source: Source, path = ''): Fields {
  const at = (name: string): Place => ({
    value: Object.hasOwn(source, name) ? (source[name] ?? undefined) : undefined,
    name,
    path: path === '' ? name : `${path}.${name}`,
  })
  return {
    path,
    has: (name) => at(name).value !== undefined,
    raw: (name) => at(name).value,
    text: (name) => textAt(at(name)),
    requiredText: (name, older) =>
      textAt(at(name)) ||
      (older === undefined ? undefined : textAt(at(older))) ||
      fail(missing(at(name).path)),
    integer: (name) => integerAt(at(name)),
    requiredInteger: (name) => integerAt(at(name)) ?? fail(missing(at(name).path)),
    requiredDouble: (name) => doubleAt(at(name)),
    flag: (name) => flagAt(at(name)),
    choice: (name, values) => choiceAt(at(name), values),
    texts: (name) => textsAt(at(name)),
    size: (name) => listAt(at(name)).length,
    list: (name, read) =>
      listAt(at(name)).map((entry, i) => {
        const place = `${at(name).path}[${i}]`
        return read(fieldsOf(objectAt(entry, place), place))
      }),
    entry(name) {
      const { value, path: place } = at(name)
      return value === undefined ? undefined : fieldsOf(objectAt(value, place), place)
    },
  }
}

interface Place {
  readonly value: unknown
  readonly name: string
  readonly path: string
}

const fail = (error: Error): never => {
  throw error
}

const wrong = ({ path, value }: Place): never => fail(wrongType(path, value))

function textAt(place: Place): string | undefined {
  const { value, name, path } = place
  if (value === undefined) return undefined
  if (typeof value === 'string') return checked(value, path)
  // Servers and clients before MLflow 0.9 wrote ids of experiments as numbers.
  return name === 'experiment_id' && typeof value === 'number' && Number.isSafeInteger(value)
    ? String(value)
    : wrong(place)
}

function integerAt(place: Place): number | undefined {
  const { value } = place
  if (value === undefined) return undefined
  const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : wrong(place)
}

function doubleAt(place: Place): number {
  if (place.value === undefined || place.value === '') throw missing(place.path)
  return doubleOf(place.value) ?? wrong(place)
}

function flagAt(place: Place): boolean | undefined {
  const { value } = place
  if (value === undefined || typeof value === 'boolean') return value
  return value === 'true' || value === 'false' ? value === 'true' : wrong(place)
}

function choiceAt<T extends string>(place: Place, values: Readonly<Record<number, T>>): T | undefined {
  const { value } = place
  if (value === undefined) return undefined
  return values[Number(value)] ?? Object.values(values).find((one) => one === value) ?? wrong(place)
}

function listAt(place: Place): unknown[] {
  const { value = [] } = place
  return Array.isArray(value) ? value : wrong(place)
}

function textsAt(place: Place): string[] {
  const { value, name, path } = place
  // A parameter of an address that occurs once comes without a list.
  if (typeof value === 'string') return [checked(value, path)]
  return listAt(place).map((entry) => {
    if (typeof entry === 'string') return checked(entry, path)
    return name === 'experiment_ids' && typeof entry === 'number' && Number.isSafeInteger(entry)
      ? String(entry)
      : wrong(place)
  })
}

/** A double, also as the text that protocol buffers write; undefined when it is none. */
export function doubleOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  if (value === 'NaN') return NaN
  const number = Number(value)
  return Number.isNaN(number) ? undefined : number
}

function objectAt(value: unknown, path: string): Source {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Source
  throw wrongType(path, value)
}

function checked(text: string, path: string): string {
  // Postgres cannot keep it, and no name of anybody holds it.
  if (text.includes('\0')) throw wrongType(path, text)
  return text
}

const behind = ' See the API docs for more information about request parameters.'

export const wrongType = (path: string, value: unknown): Error =>
  invalidParameter(
    `Invalid value ${pythonJson(value)} for parameter '${path}' supplied:  Hint: Value was of type '${pythonType(value)}'.${behind}`,
  )

export const missing = (path: string): Error =>
  invalidParameter(`Missing value for required parameter '${path}'.${behind}`)
