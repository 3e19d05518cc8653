// MLflow's FileStore as it lies on a disk (file_store.py of its tracking and of its registry): names of folders, fields of meta.yaml, lines of metrics.
import { createHash } from 'node:crypto'
import { FormatError } from '../../../base/index.js'
import type { LoggedModelStatus, ModelVersionStatus, RunStatus } from '../../store/index.js'
import type { YamlRecord } from './yaml.js'

export const folders = {
  trash: '.trash',
  metrics: 'metrics',
  params: 'params',
  tags: 'tags',
  artifacts: 'artifacts',
  inputs: 'inputs',
  outputs: 'outputs',
  datasets: 'datasets',
  models: 'models',
  traces: 'traces',
  aliases: 'aliases',
} as const

export const metaFile = 'meta.yaml'

/** Folders of an experiment that are no runs. */
export const reserved: ReadonlySet<string> = new Set([
  folders.tags,
  folders.datasets,
  folders.traces,
  folders.models,
])

/** RunStatus of MLflow's service.proto. */
export const statusNumbers: Readonly<Record<RunStatus, number>> = {
  RUNNING: 1,
  SCHEDULED: 2,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
}

/** LoggedModelStatus of MLflow's service.proto; its files have a number. */
export const modelStatusNumbers: Readonly<Record<LoggedModelStatus, number>> = {
  PENDING: 1,
  READY: 2,
  UPLOAD_FAILED: 3,
}

export const versionStatuses = [
  'PENDING_REGISTRATION',
  'FAILED_REGISTRATION',
  'READY',
] as const satisfies readonly ModelVersionStatus[]

/** What an alias may be: names that read as versions are reserved. */
export const aliasPattern = /^(?!(?:latest|v\d+)$)[\p{L}\p{N}_-]{1,255}$/iu

/** What a name of a run, a logged model or an experiment may be, so that it is no path elsewhere. */
export const idPattern = /^[A-Za-z0-9][\w-]{0,255}$/

/** A field that must be there. @throws {@link FormatError} */
export function textField(meta: YamlRecord, name: string, path: string): string {
  const value = meta[name]
  if (typeof value === 'string') return value
  throw new FormatError(
    `'${path}' has no '${name}', which MLflow writes. The file is damaged, or of something else.`,
    {
      format: 'meta.yaml',
      path,
    },
  )
}

/** A time, or undefined where it is null or absent. @throws {@link FormatError} */
export function timeField(meta: YamlRecord, name: string, path: string): number | undefined {
  const value = meta[name]
  if (value === undefined || value === null) return undefined
  const time = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : NaN
  if (Number.isSafeInteger(time)) return time
  throw new FormatError(`'${name}' of '${path}' is no time in milliseconds. The file is damaged.`, {
    format: 'meta.yaml',
    path,
  })
}

/** A text that may be null or absent. */
export const optionalText = (meta: YamlRecord, name: string): string | undefined => {
  const value = meta[name]
  return typeof value === 'string' ? value : undefined
}

/** A status by its number or its name. @throws {@link FormatError} */
export function statusField<T extends string>(
  meta: YamlRecord,
  path: string,
  numbers: Readonly<Record<T, number>>,
): T {
  const value = meta['status'] ?? '1'
  const found = Object.entries(numbers).find(([name, number]) => value === String(number) || value === name)
  if (found !== undefined) return found[0] as T
  throw new FormatError(`'status' of '${path}' is none that MLflow has. The file is damaged.`, {
    format: 'meta.yaml',
    path,
  })
}

export interface LinePoint {
  readonly timestamp: number
  readonly value: number
  readonly step: number
}

/** A line of a metric: time, value, and since 2019 a step; newer ones with the name and digest of a data set. */
export function metricLine(line: string): LinePoint | undefined {
  const parts = line.trim().split(' ')
  return parts.length === 4 ? undefined : pointOf(parts)
}

/** The same of a logged model, where the run that measured it stands behind the step. */
export function modelMetricLine(line: string):
  | (LinePoint & {
      readonly runId: string
      readonly datasetName: string | undefined
      readonly datasetDigest: string | undefined
    })
  | undefined {
  const parts = line.trim().split(' ')
  const point = parts.length === 4 || parts.length > 5 ? pointOf(parts) : undefined
  const named = parts.length > 5
  return (
    point && {
      ...point,
      runId: parts[3]!,
      // MLflow writes names of data with spaces, too, and then cannot read them.
      datasetName: named ? parts.slice(4, -1).join(' ') : undefined,
      datasetDigest: named ? parts.at(-1) : undefined,
    }
  )
}

function pointOf(parts: readonly string[]): LinePoint | undefined {
  if (parts.length < 2) return undefined
  const [timestamp, step] = [parts[0]!, parts[2] ?? '0'].map((text) =>
    /^-?\d{1,16}$/.test(text) ? Number(text) : NaN,
  )
  const value = pythonNumber(parts[1]!)
  if (value === undefined || !Number.isSafeInteger(timestamp) || !Number.isSafeInteger(step)) return undefined
  return { timestamp: timestamp!, value, step: step! }
}

/** A number as Python writes it; undefined for what is none. */
function pythonNumber(text: string): number | undefined {
  const special = /^([+-]?)(nan|inf|infinity)$/i.exec(text)
  if (special !== null) {
    if (special[2]!.toLowerCase() === 'nan') return NaN
    return special[1] === '-' ? -Infinity : Infinity
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}

export const pythonText = (value: number): string =>
  Number.isNaN(value)
    ? 'nan'
    : Number.isFinite(value)
      ? Number.isInteger(value) && Math.abs(value) < 1e16
        ? value.toFixed(1)
        : String(value)
      : value > 0
        ? 'inf'
        : '-inf'

/** Names of folders of data sets and of inputs: MD5 of two texts, as MLflow has it; no secret hangs on it. */
export const md5 = (...texts: readonly string[]): string => {
  const hash = createHash('md5')
  for (const text of texts) hash.update(text, 'utf8')
  return hash.digest('hex')
}
