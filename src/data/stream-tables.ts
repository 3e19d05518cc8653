// A source in batches: files larger than memory are scored so.
import { checkOptions, integer, type OptionChecks } from '../base/index.js'
import type { Field, Table } from './table.js'
import { table } from './table.js'
import type { Column } from './column.js'
import { withAbsentKeys } from './absent-keys.js'
import { conform, type ConformOptions } from './infer/index.js'
import { withoutInfinities } from './infinities.js'
import { queryChunks, quoteName } from './duckdb/index.js'
import {
  chosenNames,
  finishTable,
  openingOf,
  readChecks,
  type ReadOptions,
  requireRows,
  textColumns,
  type Warn,
  warner,
} from './read-table.js'
import { type ColumnBuilder, columnBuilder, openScan, type Scan, type ScanColumn } from './source/index.js'

export interface StreamOptions extends ReadOptions {
  /** Rows per table. @default 65536 */
  readonly rows?: number | undefined
  /** With `fields`: columns that may be absent. */
  readonly optional?: readonly string[] | undefined
  /** With `fields`: columns that may be there besides, without a warning. */
  readonly ignore?: readonly string[] | undefined
  /** With `fields`: columns of the source that are carried along behind those of the schema, as text. */
  readonly keep?: readonly string[] | 'all' | undefined
}

const streamChecks: OptionChecks<StreamOptions> = {
  ...readChecks,
  rows: integer({ min: 1, default: 65536 }),
  optional: readChecks.columns,
  ignore: readChecks.columns,
  keep: {
    expected: "a list of names, or 'all'",
    accepts: (value) => value === 'all' || Array.isArray(value),
  },
}

/** Behind the door of this name: doors.ts. */
export async function* streamTables(
  source: string | undefined,
  options: StreamOptions = {},
): AsyncGenerator<Table, void> {
  checkOptions<StreamOptions>('streamTables', options, streamChecks)
  yield* streamScan(await openScan(source, openingOf(options)), options)
}

/** As `streamTables`, of an opened source, which is closed at the end. */
export async function* streamScan(scan: Scan, options: StreamOptions): AsyncGenerator<Table, void> {
  try {
    const warn = once(warner(options))
    for (const warning of scan.warnings) warn(warning)
    let fields = options.fields
    let total = 0
    const names = chosenNames(scan, options.columns)
    const known = new Set(fields?.map(({ name }) => name))
    for await (const raw of rawTables(scan, names, { options, warn })) {
      total += raw.values().next().value?.length ?? 0
      if (fields === undefined) {
        const first = finishTable(raw, { ...scan, warn, warnings: [], verbatim: options.verbatim })
        fields = first.fields
        yield first
      } else {
        const needed = fields.filter(({ name }) => options.optional?.includes(name) !== true)
        const whole = scan.sparse === true ? withAbsentKeys(raw, needed, warn) : raw
        yield conformed(whole, fields, { options, warn, known })
      }
    }
    requireRows(total, scan)
  } finally {
    await scan.close()
  }
}

interface Conforming {
  readonly options: StreamOptions
  readonly warn: Warn
  readonly known: ReadonlySet<string>
}

function conformed(
  raw: ReadonlyMap<string, Column>,
  fields: readonly Field[],
  { options, warn, known }: Conforming,
): Table {
  const all = table(raw)
  const kept = options.keep === 'all' ? all.names : (options.keep ?? [])
  const carried = known.size === 0 ? [] : kept.filter((name) => !known.has(name) && all.has(name))
  const ignore = [...carried, ...(options.ignore ?? [])]
  const settings: ConformOptions = { onWarning: warn, optional: options.optional ?? [], ignore }
  return carried.reduce((result, name) => result.with(name, all.col(name)), conform(all, fields, settings))
}

function once(warn: Warn): Warn {
  const told = new Set<string>()
  return (warning) => {
    const key = `${warning.code}\0${warning.column}`
    if (told.has(key)) return
    told.add(key)
    warn(warning)
  }
}

/** Batches of columns as the engine types them; text where the source has text or the schema wants it. */
async function* rawTables(
  scan: Scan,
  names: readonly string[],
  { options, warn }: Omit<Conforming, 'known'>,
): AsyncGenerator<ReadonlyMap<string, Column>, void> {
  const { rows: batchRows = 65_536, signal, fields = [] } = options
  const asText = textColumns(scan, fields)
  const columns = names.map((name): ScanColumn => {
    const column = scan.columns.find((candidate) => candidate.name === name)!
    return asText.has(name) ? { ...column, type: 'text', guessed: false } : column
  })
  const batch = batchOf(columns, batchRows)
  const query = { subject: scan.subject, signal, parameters: scan.parameters }
  const take = (): ReadonlyMap<string, Column> =>
    new Map([...batch.take()].map(([name, column]) => [name, withoutInfinities(column, name, warn)]))
  let none = true
  for await (const chunk of queryChunks(lenientSql(scan, columns), query)) {
    none = false
    if (batch.rows() > 0 && batch.rows() + chunk.rowCount > batchRows) yield take()
    batch.add(chunk)
  }
  // An empty result has columns all the same, and a file that is written of it has a header.
  if (batch.rows() > 0 || (none && scan.query)) yield take()
}

/**
 * What was yielded cannot be taken back when a word turns up among numbers, so such cells come as infinite numbers, which
 * are counted and become missing.
 */
function lenientSql(scan: Scan, columns: readonly ScanColumn[]): string {
  const names = columns.map(({ name }) => name)
  const guessed = new Set(columns.filter((column) => column.guessed).map(({ name }) => name))
  const asText = new Set(columns.filter(({ type }) => type === 'text').map(({ name }) => name))
  if (guessed.size === 0) return scan.sql(names, asText)
  const list = names.map((name) => {
    const quoted = quoteName(name)
    if (!guessed.has(name)) return quoted
    return `case when ${quoted} is not null then coalesce(try_cast(${quoted} as DOUBLE), 'infinity'::DOUBLE) end`
  })
  return `select ${list.join(', ')} from (${scan.sql(names, new Set([...asText, ...guessed]))})`
}

function batchOf(columns: readonly ScanColumn[], batchRows: number) {
  const fresh = (): ColumnBuilder[] => columns.map((column) => columnBuilder(column, batchRows))
  let builders = fresh()
  let rows = 0
  return {
    rows: () => rows,
    add(chunk: Parameters<ColumnBuilder['append']>[0]): void {
      builders.forEach((builder, column) => builder.append(chunk, column, rows))
      rows += chunk.rowCount
    },
    take(): ReadonlyMap<string, Column> {
      const taken = new Map(columns.map(({ name }, i) => [name, builders[i]!.finish(rows)]))
      builders = fresh()
      rows = 0
      return taken
    },
  }
}
