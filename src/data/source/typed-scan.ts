// Parquet, JSON and SQL: the engine knows the types; each is brought to one of our four.
import { DataError } from '../../base/index.js'
import { queryRows, quoteName, quoteTexts, type SqlParameter } from '../duckdb/index.js'
import type { Located } from './locate.js'
import type { Scan, ScanColumn, ScanType } from './scan.js'

interface Conversion {
  readonly when: RegExp
  readonly type: ScanType
  readonly wide?: boolean
  readonly expression: (name: string) => string
}

/** Whole milliseconds apart from the rest: microseconds of far years do not fit float64. */
const milliseconds = (time: string): string =>
  `(epoch_us(${time}) // 1000)::DOUBLE + (epoch_us(${time}) % 1000)::DOUBLE / 1000`

// The engine's types and what becomes of them. Order matters: arrays before what they are arrays of.
const conversions: readonly Conversion[] = [
  {
    when: /\[\d*\]$|^(STRUCT|MAP|UNION|VARIANT)/,
    type: 'text',
    expression: (name) => `to_json(${name})::VARCHAR`,
  },
  {
    when: /^(BIGINT|UBIGINT|HUGEINT|UHUGEINT|BIGNUM|DECIMAL)/,
    type: 'number',
    wide: true,
    expression: (name) => `${name}::DOUBLE`,
  },
  {
    when: /^(TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT|UINTEGER|FLOAT|DOUBLE)/,
    type: 'number',
    expression: (name) => `${name}::DOUBLE`,
  },
  { when: /^BOOLEAN/, type: 'boolean', expression: (name) => `${name}::UTINYINT` },
  {
    when: /^TIMESTAMP WITH TIME ZONE/,
    type: 'timestamp',
    expression: milliseconds,
  },
  {
    when: /^(DATE|TIMESTAMP)/,
    type: 'timestamp',
    expression: (name) => milliseconds(`${name}::TIMESTAMP`),
  },
  // A column of nothing but NULL.
  { when: /^"?NULL/, type: 'text', expression: (name) => `${name}::VARCHAR` },
  // What the engine calls a field of mixed values: texts without the quotes of JSON, so that they are looked at as a CSV's.
  { when: /^JSON/, type: 'text', expression: (name) => `${name}->>'$'` },
  {
    when: /^(VARCHAR|ENUM|UUID|TIME|INTERVAL|BIT)/,
    type: 'text',
    expression: (name) => `${name}::VARCHAR`,
  },
]

export interface TypedOptions {
  readonly signal?: AbortSignal | undefined
}

export async function openTyped(located: Located, options: TypedOptions): Promise<Scan> {
  const files = quoteTexts(located.files)
  const relation =
    located.format === 'parquet'
      ? `read_parquet(${files}, union_by_name = false)`
      : // 256 MiB for one record; DuckDB's 16 MiB refuse long texts.
        `read_json(${files}, maximum_object_size = 268435456${located.head.compressed ? ", compression = 'gzip'" : ''})`
  const scan = await openRelation(relation, { ...options, subject: located.subject })
  return { ...scan, query: false, close: () => located.close() }
}

/**
 * A scan of a query or table function.
 *
 * @throws {@link DataError} for binary columns, which have no reading as numbers or text
 */
export async function openRelation(
  relation: string,
  { subject, signal, parameters }: TypedOptions & { subject: string; parameters?: readonly SqlParameter[] },
): Promise<Scan> {
  const query = { subject, signal, parameters }
  const described = await queryRows(`describe from ${relation}`, query)
  const found = described.map(([name, type]) => ({
    name: String(name),
    conversion: conversionOf(String(type)),
    type: String(type),
  }))
  const readable = found.filter(({ conversion }) => conversion !== undefined)
  const refused = found.filter(({ conversion }) => conversion === undefined)
  if (refused.length > 0) {
    throw new DataError(
      `${subject}: column '${refused[0]!.name}' holds ${refused[0]!.type} values, expected numbers, texts, booleans or times. Leave it out by a query, sql (--sql): select * exclude (${quoteName(refused[0]!.name)}) from ….`,
      { column: refused[0]!.name, type: refused[0]!.type },
    )
  }
  const conversionsByName = new Map(readable.map(({ name, conversion }) => [name, conversion!]))
  return {
    subject,
    query: true,
    ...(parameters === undefined ? {} : { parameters }),
    columns: readable.map(({ name, conversion }): ScanColumn => ({
      name,
      type: conversion!.type,
      wide: conversion!.wide ?? false,
      guessed: false,
    })),
    sql(names, asText) {
      const list = names.map((name) => {
        const quoted = quoteName(name)
        const conversion = conversionsByName.get(name)!
        return asText?.has(name) === true && conversion.type !== 'text'
          ? `${quoted}::VARCHAR`
          : conversion.expression(quoted)
      })
      return `select ${list.join(', ')} from ${relation}`
    },
    // Unknown before reading: 100,000 rows of float64 are under a megabyte, and growing is cheap from there.
    estimatedRows: 100_000,
    warnings: found
      .filter(({ type, conversion }) => conversion === conversions[0] && type !== '')
      .map(({ name, type }) => ({
        code: 'nested',
        column: name,
        message: `Column '${name}' holds nested values (${type.slice(0, 60)}); it was read as JSON text. Take what you need of it by a query, sql (--sql).`,
      })),
    close: async () => {},
  }
}

const conversionOf = (type: string): Conversion | undefined => conversions.find(({ when }) => when.test(type))
