// Runs the query of a relation: opens its sources, then reads the result like any other source.
import { DataError } from '../base/index.js'
import { queryRows } from './duckdb/index.js'
import type { Matrix } from './matrix.js'
import { matrixOf, type ReadMatrixOptions } from './read-matrix.js'
import { openingOf, type ReadOptions, tableOf } from './read-table.js'
import type { RelationParts } from './relation.js'
import { openRelation, openScan, type Scan } from './source/index.js'
import { streamScan, type StreamOptions } from './stream-tables.js'
import type { Table } from './table.js'

export const collect = async (relation: RelationParts, options: ReadOptions): Promise<Table> =>
  tableOf(await open(relation, options), options)

export async function* stream(relation: RelationParts, options: StreamOptions): AsyncGenerator<Table, void> {
  yield* streamScan(await open(relation, options), options)
}

export const toMatrix = async (relation: RelationParts, options: ReadMatrixOptions): Promise<Matrix> =>
  matrixOf(await open(relation, options), options)

export async function count(relation: RelationParts, options: ReadOptions): Promise<number> {
  const scan = await open(relation, options)
  try {
    const first = scan.columns[0]?.name
    if (first === undefined) throw new DataError('The relation has no columns.', {})
    const [row] = await queryRows(`select count(*) from (${scan.sql([first])})`, {
      subject: scan.subject,
      signal: options.signal,
      parameters: scan.parameters,
    })
    return Number(row?.[0])
  } finally {
    await scan.close()
  }
}

async function open({ sources, render }: RelationParts, options: ReadOptions): Promise<Scan> {
  const scans = new Map<string, Scan>()
  const close = async (): Promise<void> => {
    for (const scan of scans.values()) await scan.close()
  }
  try {
    for (const source of sources)
      scans.set(source, await openScan(source, { ...openingOf(options), sql: undefined }))
    const { text, parameters } = render((source) => {
      const scan = scans.get(source)!
      return scan.sql(scan.columns.map(({ name }) => name))
    })
    const scan = await openRelation(`(${text})`, {
      subject: 'The relation',
      signal: options.signal,
      parameters,
    })
    const warnings = [...[...scans.values()].flatMap((inner) => inner.warnings), ...scan.warnings]
    return { ...scan, warnings, close }
  } catch (error) {
    await close()
    throw error
  }
}
