// Another table read in the types of a known schema: what a model was fitted on.
import { closestName, quote, SchemaMismatchError } from '../../base/index.js'
import {
  booleanColumn,
  type Column,
  encodeStrings,
  missingBoolean,
  numberColumn,
  timestampColumn,
} from '../column.js'
import { notFinite, withoutInfinities } from '../infinities.js'
import { type Field, listNames, type Table, table } from '../table.js'
import { asText, isoText, readGiven, textReader } from './cell-reader.js'
import { clean, type DataWarning, keepVerbatim } from './infer-text.js'

export interface ConformOptions {
  readonly onWarning?: ((warning: DataWarning) => void) | undefined
  /** Columns that may be absent and then stay out: a target in data to predict. @default none */
  readonly optional?: readonly string[] | undefined
  /** Columns that may be there besides, without a warning. @default none */
  readonly ignore?: readonly string[] | undefined
}

/** The columns of a schema whose text is data as it stands. */
export const verbatimNames = (fields: readonly Field[]): string[] =>
  fields.filter(({ verbatim }) => verbatim === true).map(({ name }) => name)

/**
 * Reads a table in the types of a schema: columns in its order, others left out with a warning.
 *
 * Texts are read as numbers, booleans and dates by the notation of the field; numbers as categories by their digits, so
 * that 1 and '1' are one category. Text of a `verbatim` field stays as it is, other text is cleaned as text of files.
 * Cells that cannot be read, and infinite numbers, become missing and are counted in a warning.
 *
 * @throws {@link SchemaMismatchError} when columns are missing, or hold nothing that can be read
 * @example
 * ```ts
 * conform(fromRows([{ zip: 1234, age: '31' }]), [{ name: 'age', type: 'number' }, { name: 'zip', type: 'string' }]).row(0) // => { age: 31, zip: '1234' }
 * ```
 */
export function conform(source: Table, fields: readonly Field[], options: ConformOptions = {}): Table {
  const { onWarning = () => {}, optional = [], ignore = [] } = options
  const wanted = fields.filter(({ name }) => source.has(name) || !optional.includes(name))
  checkNames(source, wanted)
  const extra = source.names.filter(
    (name) => !fields.some((field) => field.name === name) && !ignore.includes(name),
  )
  if (extra.length > 0) {
    onWarning({
      code: 'unexpected-columns',
      column: extra[0]!,
      message: `${extra.length} column${extra.length === 1 ? ' is' : 's are'} not known to the model and left out: ${listNames(extra)}.`,
    })
  }
  const sourceFields = new Map(source.fields.map((field) => [field.name, field]))
  const columns = new Map(
    wanted.map((field) => {
      const labels = sourceFields.get(field.name)?.labels
      return [field.name, convert(source.col(field.name), field, { labels, onWarning })]
    }),
  )
  const formats = wanted.flatMap(({ name, format }) =>
    format === undefined ? [] : [[name, format] as const],
  )
  return table(columns, Object.fromEntries(formats))
}

function checkNames(source: Table, fields: readonly Field[]): void {
  const missing = fields.filter(({ name }) => !source.has(name)).map(({ name }) => name)
  if (missing.length === 0) return
  const unexpected = source.names.filter((name) => !fields.some((field) => field.name === name))
  const hints = missing.flatMap((name) => {
    const closest = closestName(name, unexpected)
    return closest === undefined ? [] : [`'${closest}' for '${name}'`]
  })
  const advice = hints.length > 0 ? ` Did you mean ${hints.slice(0, 3).join(', ')}?` : ' Add or rename them.'
  throw new SchemaMismatchError(
    `The data lacks ${missing.length} of ${fields.length} columns: ${listNames(missing)}.${unexpected.length > 0 ? ` It has besides: ${listNames(unexpected)}.` : ''}${advice}`,
    { missing, unexpected, changed: [] },
  )
}

interface Conversion {
  /** Those of the source. */
  readonly labels: readonly [string, string] | undefined
  readonly onWarning: (warning: DataWarning) => void
}

function convert(column: Column, field: Field, conversion: Conversion): Column {
  if (field.type === 'string') return toStrings(column, field)
  if (column.type === 'boolean' && field.type === 'boolean') return booleanColumn(column.values, field.labels)
  const finite =
    field.type === 'boolean' ? column : withoutInfinities(column, field.name, conversion.onWarning)
  if (finite.type === field.type) return finite
  const values = finite.type === 'string' ? readTexts(finite, field) : readNumbers(finite, field)
  const { missing, unread, infinite, example } = values
  if (infinite > 0) conversion.onWarning(notFinite(field.name, infinite))
  if (unread > 0) refuseOrWarn(field, { unread, present: column.length - missing, example, conversion })
  return finish(values.values, field)
}

const finish = (values: Float64Array, field: Field): Column => {
  if (field.type === 'number') return numberColumn(values)
  if (field.type === 'timestamp') return timestampColumn(values)
  const codes = Uint8Array.from(values, (value) => (Number.isNaN(value) ? missingBoolean : value))
  return booleanColumn(codes, field.labels)
}

interface Values {
  readonly values: Float64Array
  readonly missing: number
  readonly unread: number
  /** Texts such as 'inf', which are missing. */
  readonly infinite: number
  readonly example: unknown
}

function readTexts(column: Column & { type: 'string' }, field: Field): Values {
  const { codes, dictionary } = clean(column)
  const read = textReader(field)
  const parsed = dictionary.map(read)
  const values = new Float64Array(codes.length)
  let [missing, unread, infinite] = [0, 0, 0]
  let example: unknown
  codes.forEach((code, row) => {
    const value = code < 0 ? undefined : parsed[code]
    values[row] = value ?? Number.NaN
    if (code < 0) missing++
    else if (value === undefined) {
      unread++
      example ??= dictionary[code]
    } else if (Number.isNaN(value)) infinite++
  })
  return { values, missing: missing + infinite, unread, infinite, example }
}

function readNumbers(column: Column, field: Field): Values {
  const values = new Float64Array(column.length)
  let [missing, unread] = [0, 0]
  let example: unknown
  for (let row = 0; row < values.length; row++) {
    const given = column.at(row) as number | boolean | Date | null
    const value = given === null ? undefined : readGiven(given, field.type)
    values[row] = value ?? Number.NaN
    if (given === null) missing++
    else if (value === undefined) {
      unread++
      example ??= given
    }
  }
  return { values, missing, unread, infinite: 0, example }
}

interface Failure {
  readonly unread: number
  readonly present: number
  readonly example: unknown
  readonly conversion: Conversion
}

const nouns = { number: 'numbers', boolean: 'yes/no values', timestamp: 'dates', string: 'text' } as const

function refuseOrWarn(field: Field, { unread, present, example, conversion }: Failure): void {
  const { name, type } = field
  if (unread === present) {
    throw new SchemaMismatchError(
      `Column '${name}' holds nothing that reads as ${nouns[type]}, which the model was fitted on; received for instance ${quote(example)}. Give it as then${field.labels === undefined ? '' : `: ${field.labels.map((label) => quote(label)).join(' or ')}`}.`,
      { missing: [], unexpected: [], changed: [name] },
    )
  }
  conversion.onWarning({
    code: 'unreadable-cells',
    column: name,
    message: `Column '${name}': ${unread} of ${present} values do not read as ${nouns[type]}, for instance ${quote(example)}; they count as missing.`,
  })
}

function toStrings(column: Column, { labels, ...field }: Field): Column {
  const verbatim = field.verbatim === true
  switch (column.type) {
    case 'string':
      return verbatim ? keepVerbatim(column) : clean(column)
    case 'number':
      return encodeStrings(textsOf(column.values, String), verbatim)
    case 'timestamp':
      return encodeStrings(
        textsOf(column.values, (value) => isoText(new Date(value))),
        verbatim,
      )
    case 'boolean': {
      const texts = [0, 1].map((code) => asText(code === 1, column.labels ?? labels))
      return encodeStrings(
        Array.from(column.values, (value) => texts[value] ?? null),
        verbatim,
      )
    }
  }
}

/** Numbers as texts: each distinct one is written once. */
function textsOf(values: ArrayLike<number>, write: (value: number) => string): (string | null)[] {
  const known = new Map<number, string>()
  return Array.from(values, (value) => {
    if (Number.isNaN(value)) return null
    const text = known.get(value) ?? write(value)
    known.set(value, text)
    return text
  })
}
