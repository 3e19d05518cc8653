// What a request of MLflow's REST holds: fields of the query or of the body, in the types of its protocol buffers, with its refusals.
import type { FastifyRequest } from 'fastify'
import { mlflowError } from './errors.js'

export type FieldType = 'string' | 'integer' | 'boolean' | 'strings' | 'pairs'

interface FieldTypes {
  string: string
  integer: number
  boolean: boolean
  strings: readonly string[]
  pairs: Readonly<Record<string, string>>
}

/** The fields of a request. A name that ends in `!` must be given and not be empty. */
export type FieldList = Readonly<Record<string, FieldType>>

type Plain<Name> = Name extends `${infer Base}!` ? Base : Name

/** What was read: required fields are there, others may be undefined. */
export type Parameters<F extends FieldList> = {
  readonly [Name in keyof F as Plain<Name>]: Name extends `${string}!`
    ? FieldTypes[F[Name]]
    : FieldTypes[F[Name]] | undefined
}

/** Reads the fields of a request; what else it holds is passed over, as MLflow does. */
export function readParameters<F extends FieldList>(request: FastifyRequest, fields: F): Parameters<F> {
  const fromQuery = request.method === 'GET'
  const given = fromQuery ? (request.query as Record<string, unknown>) : bodyOf(request.body)
  const read: Record<string, unknown> = {}
  for (const [declared, type] of Object.entries(fields)) {
    const name = declared.replace(/!$/, '')
    const value = readers[type](valueOf(given, name), name, fromQuery)
    if (declared.endsWith('!') && (value === undefined || value === '')) throw missing(name)
    read[name] = value
  }
  return read as Parameters<F>
}

const hint = 'See the API docs for more information about request parameters.'

const missing = (name: string): Error =>
  mlflowError('INVALID_PARAMETER_VALUE', `Missing value for required parameter '${name}'. ${hint}`)

function wrongType(value: unknown, name: string): Error {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return mlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid value ${text.slice(0, 200)} for parameter '${name}' supplied. Hint: Value was of type '${pythonType(value)}'. ${hint}`,
  )
}

/** The name that MLflow's users know a type by. */
function pythonType(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return { string: 'str', boolean: 'bool' }[typeof value as string] ?? 'dict'
}

/** Postgres keeps no U+0000, UTF-8 has no half characters. */
function wholeText(text: string, name: string): string {
  if (!/[\0\p{Surrogate}]/u.test(text)) return text
  throw mlflowError(
    'INVALID_PARAMETER_VALUE',
    `The parameter '${name}' is no text: it holds U+0000 or half of a character. ${hint}`,
  )
}

/** Some clients write the JSON of a body into a JSON text. */
function bodyOf(body: unknown): Record<string, unknown> {
  let value = body
  if (typeof value === 'string') {
    try {
      value = JSON.parse(value)
    } catch {
      throw mlflowError(
        'INVALID_PARAMETER_VALUE',
        'The body is no JSON object, expected one with the fields of the request.',
      )
    }
  }
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw mlflowError(
    'INVALID_PARAMETER_VALUE',
    'The body is no JSON object, expected one with the fields of the request.',
  )
}

/** Lists in a query are written as `name`, `name[]` or `name[0]` by different clients. */
function valueOf(given: Record<string, unknown>, name: string): unknown {
  const own = (key: string): unknown => (Object.hasOwn(given, key) ? given[key] : undefined)
  return own(name) ?? own(`${name}[]`) ?? own(`${name}[0]`) ?? undefined
}

type Reader = (value: unknown, name: string, fromQuery: boolean) => unknown

const readers: Readonly<Record<FieldType, Reader>> = {
  string(value, name, fromQuery) {
    if (value === undefined || value === null) return undefined
    // Of a field that is given twice the last counts.
    const text = fromQuery && Array.isArray(value) ? value.at(-1) : value
    if (typeof text === 'string') return wholeText(text, name)
    throw wrongType(value, name)
  },
  integer(value, name) {
    if (value === undefined || value === null) return undefined
    const number = typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value) ? Number(value) : value
    if (Number.isSafeInteger(number)) return number
    throw wrongType(value, name)
  },
  boolean(value, name) {
    if (value === undefined || value === null) return undefined
    if (typeof value === 'boolean') return value
    throw wrongType(value, name)
  },
  strings(value, name, fromQuery) {
    if (value === undefined || value === null) return undefined
    const list = fromQuery && !Array.isArray(value) ? [value] : value
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list
    throw wrongType(value, name)
  },
  pairs(value, name) {
    if (value === undefined || value === null) return undefined
    if (!Array.isArray(value)) throw wrongType(value, name)
    return Object.fromEntries(value.map((item: unknown) => pairOf(item, name)))
  },
}

function pairOf(item: unknown, name: string): readonly [string, string] {
  const { key, value = '' } = (item ?? {}) as { readonly key?: unknown; readonly value?: unknown }
  if (typeof key === 'string' && typeof value === 'string')
    return [wholeText(key, name), wholeText(value, name)]
  throw wrongType(item, name)
}
