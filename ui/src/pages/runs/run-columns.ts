// Columns of the table of runs. A column is named as search names it (`metrics.rmse`), and `trends.rmse` is the curve of that metric.
import type { ColumnNames, RunRowData, RunSearch } from '../../../../src/app/http/api/page-types.js'
import { numberOf } from '../../base/format.js'

export type ColumnSort = 'attributes' | 'metrics' | 'params' | 'tags' | 'trends'

export interface RunColumn {
  /** Kind and name, as in an address. */
  readonly id: string
  readonly kind: ColumnSort
  readonly name: string
  readonly title: string
  readonly size: number
}

export const nameColumn = 'attributes.run_name'

const attributes: Readonly<Record<string, readonly [string, number]>> = {
  run_name: ['Run', 220],
  status: ['Status', 104],
  start_time: ['Started', 112],
  duration: ['Duration', 104],
  user_id: ['User', 110],
  experiment: ['Experiment', 150],
}

export const attributeIds: readonly string[] = Object.keys(attributes).map((name) => `attributes.${name}`)

export const kindTitles: Readonly<Record<ColumnSort, string>> = {
  attributes: 'Of the run',
  metrics: 'Metric',
  params: 'Parameter',
  tags: 'Tag',
  trends: 'Trend',
}

const kinds = new Set<string>(['attributes', 'metrics', 'params', 'tags', 'trends'])
const sizes: Readonly<Record<ColumnSort, number>> = {
  attributes: 120,
  metrics: 124,
  params: 132,
  tags: 150,
  trends: 112,
}

/** Pixels of the name on a telephone, where it stays while the others pass. */
const narrowName = 148
const isNarrow = (): boolean => window.matchMedia('(max-width: 700px)').matches

/** The column of an id; undefined for one that an old link names in vain. */
export function columnOf(id: string): RunColumn | undefined {
  const dot = id.indexOf('.')
  const [kind, name] = [id.slice(0, dot), id.slice(dot + 1)]
  if (!kinds.has(kind) || name === '') return undefined
  if (kind === 'attributes') {
    const known = attributes[name]
    return (
      known && {
        id,
        kind,
        name,
        title: known[0],
        size: name === 'run_name' && isNarrow() ? narrowName : known[1],
      }
    )
  }
  return { id, kind: kind as ColumnSort, name, title: name, size: sizes[kind as ColumnSort] }
}

/** What tells runs apart first: scores of data that was not learned from, by the measures that people name first; then the rest. */
const ranks: readonly RegExp[] = [
  /^(test|val|valid|validation|eval)[_./-]?(rmse|r2|mae|acc|accuracy|roc_auc|auc|f1|log_loss|loss)$/i,
  /^(test|val|valid|validation|eval)[_./-].*(?<!_low|_high)$/i,
  /^(?!baseline_|candidate_|rows$|columns$)(?!.*(_low|_high|seconds)$)/i,
]
const rankOf = (name: string): number => {
  const found = ranks.findIndex((pattern) => pattern.test(name))
  return found < 0 ? ranks.length : found
}

/** The tag by which a training says what it chose. */
const modelTag = 'modelwright.model'

/** What a first visit shows: how runs ended, what they were, and the metrics and parameters that tell most. */
export function usualColumns(known: ColumnNames): readonly string[] {
  // What has a slash is one of many alike, as a rule: errors of slices, readings of the machine.
  const plain = known.metrics.filter((name) => !name.includes('/'))
  const metrics = (plain.length > 0 ? plain : known.metrics).toSorted((a, b) => rankOf(a) - rankOf(b))
  const trend = metrics.find((name) => /loss|error|rmse|acc|auc|score/i.test(name)) ?? metrics[0]
  return [
    'attributes.status',
    'attributes.start_time',
    'attributes.duration',
    ...(known.tags.includes(modelTag) ? [`tags.${modelTag}`] : []),
    ...metrics.slice(0, 4).map((name) => `metrics.${name}`),
    ...(trend === undefined ? [] : [`trends.${trend}`]),
    ...known.params.slice(0, 6).map((name) => `params.${name}`),
  ]
}

/** What must be asked for to show these. */
export function projectionOf(columns: readonly RunColumn[]): NonNullable<RunSearch['columns']> {
  const of = (kind: ColumnSort) => columns.filter((column) => column.kind === kind).map(({ name }) => name)
  return { metrics: of('metrics'), params: of('params'), tags: of('tags') }
}

/** The column as search writes it: names of other than letters stand in back quotes. */
export const searchName = ({ kind, name }: Pick<RunColumn, 'kind' | 'name'>): string =>
  `${kind}.${/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``}`

const sortable = new Set(['run_name', 'status', 'start_time', 'user_id'])
/** Whether the server can order by it. */
export const canSort = ({ kind, name }: RunColumn): boolean =>
  kind === 'attributes' ? sortable.has(name) : kind !== 'trends'

/** What a cell holds, for grouping and for titles. */
export function textOf({ kind, name }: RunColumn, run: RunRowData): string | undefined {
  if (kind === 'params') return run.params[name]
  if (kind === 'tags') return run.tags[name]
  if (kind === 'metrics') return run.metrics[name] === undefined ? undefined : String(run.metrics[name])
  if (name === 'status') return run.status
  if (name === 'user_id') return run.userId
  if (name === 'run_name') return run.name
  if (name === 'experiment') return run.experimentId
  return undefined
}

/** A cell as a number where it is one; text that merely begins like one is none. */
export function numericOf({ kind, name }: RunColumn, run: RunRowData): number | undefined {
  if (kind === 'metrics') return run.metrics[name] === undefined ? undefined : numberOf(run.metrics[name])
  const text = kind === 'params' ? run.params[name] : undefined
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isNaN(value) ? undefined : value
}
