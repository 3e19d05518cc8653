// Data as an input of a run: its name, a hash of its contents, its columns, and a hash of each, so that it can later be said what changed.
import { basename } from 'node:path'
import { contentHash, type Table } from '../../data/index.js'
import type { TrackedDataset } from './backend.js'
import { cut, limits } from './limits.js'
import { redactUrl } from './redact.js'

/** What is kept of a column. */
export interface ColumnFingerprint {
  readonly name: string
  readonly type: string
  /** Of its values in their order. */
  readonly hash: string
}

/** The profile of a logged table: MLflow's two counts, and ours. A saved format. */
export interface DatasetProfile {
  readonly num_rows: number
  readonly num_elements: number
  /** Of the whole table, as in the manifest of a bundle. */
  readonly hash: string
  readonly columns: readonly ColumnFingerprint[]
}

export interface DatasetOptions {
  /** @default the name of the file, else `table` */
  readonly name?: string | undefined
  /** What it is used for, such as `training` or `evaluation`. */
  readonly context?: string | undefined
  /** The column that is predicted. */
  readonly target?: string | undefined
  /** Where it was read from: a path, an address or a query. */
  readonly source?: string | undefined
}

/** MLflow's types of columns. */
const columnTypes = { number: 'double', string: 'string', boolean: 'boolean', timestamp: 'datetime' } as const

/** Hexadecimal digits of the digest: MLflow takes at most 36 characters; 128 bits tell any two tables apart. */
const digestLength = 32

/** A table as an input. Cost: two passes over its values. */
export function datasetInput(
  table: Table,
  { name, context, target, source }: DatasetOptions = {},
): TrackedDataset {
  const hash = contentHash(table)
  const profile: DatasetProfile = {
    num_rows: table.rowCount,
    num_elements: table.rowCount * table.names.length,
    hash,
    columns: table.fields.map((field) => ({
      name: field.name,
      type: field.type,
      hash: contentHash(table.select([field.name])).slice(0, digestLength),
    })),
  }
  const schema = {
    mlflow_colspec: table.fields.map((field) => ({
      type: columnTypes[field.type],
      name: field.name,
      required: true,
    })),
  }
  return {
    name: cut(name ?? nameOf(source), limits.datasetName),
    digest: hash.slice(0, digestLength),
    ...sourceOf(source),
    schema: JSON.stringify(schema),
    profile: JSON.stringify(profile),
    tags: {
      ...(context !== undefined && { 'mlflow.data.context': context }),
      ...(target !== undefined && { 'modelwright.target': target }),
    },
  }
}

const nameOf = (source: string | undefined): string =>
  source === undefined || source === '' ? 'table' : basename(redactUrl(source))

function sourceOf(source: string | undefined): Pick<TrackedDataset, 'sourceType' | 'source'> {
  if (source === undefined) return { sourceType: 'code', source: '{"tags":{}}' }
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(source)?.[1]?.toLowerCase()
  const sourceType =
    scheme === undefined || scheme === 'file' ? 'local' : scheme === 'https' ? 'http' : scheme
  return { sourceType, source: JSON.stringify({ uri: redactUrl(source) }) }
}

/** The profile of an input, where it is ours. */
export function profileOf(input: Pick<TrackedDataset, 'profile'>): DatasetProfile | undefined {
  try {
    const profile = JSON.parse(input.profile ?? 'null') as Partial<DatasetProfile> | null
    return typeof profile?.hash === 'string' && Array.isArray(profile.columns)
      ? (profile as DatasetProfile)
      : undefined
  } catch {
    return undefined
  }
}
