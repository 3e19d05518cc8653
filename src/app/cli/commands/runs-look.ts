// `modelwright runs list`, `show`, `compare`: what was logged, as text or as JSON.
import { UsageError } from '../../../base/index.js'
import type { Run } from '../../../operate/store/index.js'
import { findRun, type TrackingBackend } from '../../../operate/track/index.js'
import { formatCount, formatValue } from '../numbers.js'
import type { CommandContext } from '../program.js'
import { formatSeconds } from '../seconds.js'
import { type Output, outputTo } from '../terminal/style.js'
import { type TextColumn, textTable } from '../terminal/text-table.js'
import { countOption } from '../train-options.js'
import { formatTime, printJson, withRuns } from './with-runs.js'

/** Digits of an id that tell one run from another on a screen. */
const shortId = 8
/** Metrics that are shown where none are asked for: more would not fit beside the rest. */
const fewMetrics = 3

export async function listRuns({ options }: CommandContext): Promise<void> {
  const maxResults = countOption('--limit', options['limit'])
  await withRuns(options, async (runs) => {
    const page = await runs.searchRuns({
      experimentIds: await experimentIds(runs, options['experiment'] as string[] | undefined),
      filter: options['filter'] as string | undefined,
      orderBy: options['sort'] as string[] | undefined,
      viewType: options['deleted'] === true ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
      maxResults,
    })
    if (options['json'] === true) printJson(page.runs)
    else showList(page.runs, options['columns'] as string[] | undefined, outputTo(process.stdout))
  })
}

async function experimentIds(runs: TrackingBackend, names: readonly string[] | undefined): Promise<string[]> {
  const all = await runs.experiments()
  if (names === undefined) return all.map(({ experimentId }) => experimentId)
  return names.map((name) => {
    const found = all.find((one) => one.name === name || one.experimentId === name)
    if (found !== undefined) return found.experimentId
    throw new UsageError(
      `There is no experiment '${name}' (--experiment). There are: ${all.map((one) => one.name).join(', ')}.`,
      { argument: '--experiment' },
    )
  })
}

function showList(runs: readonly Run[], asked: readonly string[] | undefined, output: Output): void {
  if (runs.length === 0) return output.line('No runs.')
  const names = asked ?? usualColumns(runs)
  const columns: TextColumn[] = [
    { title: 'run' },
    { title: 'name', names: true },
    { title: 'status' },
    { title: 'started', mayGo: asked === undefined },
    { title: 'took', align: 'right', mayGo: asked === undefined },
    ...names.map((name): TextColumn => ({
      title: name.replace(/^metrics\./, ''),
      align: name.startsWith('metrics.') ? 'right' : 'left',
    })),
  ]
  const rows = runs.map((run) => [
    run.runId.slice(0, shortId),
    run.name,
    run.status,
    formatTime(run.startTime),
    run.endTime === undefined ? '' : formatSeconds((run.endTime - run.startTime) / 1000),
    ...names.map((name) => valueOf(run, name)),
  ])
  const [head, ...body] = textTable(columns, rows, output.width)
  output.line(output.paint('dim', head!))
  for (const line of body) output.line(line)
}

/** Beside a run's name these tell little. */
const minor = /^(system\/|candidate_|baseline_|rows$|columns$|seconds$|fit_seconds$)|_(low|high)$/

/** The metrics that most of these runs have; first those by which trainings decided. */
function usualColumns(runs: readonly Run[]): string[] {
  const deciding = new Set(runs.map(({ tags }) => tags['modelwright.metric']?.replaceAll(/\W+/g, '_')))
  const decides = (key: string): number => Number(deciding.has(key.replace(/^(test|validation)_/, '')))
  const counts = new Map<string, number>()
  for (const { key } of runs.flatMap(({ metrics }) => metrics))
    if (!minor.test(key)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return [...counts]
    .toSorted(([a, x], [b, y]) => decides(b) - decides(a) || y - x || (a < b ? -1 : 1))
    .slice(0, fewMetrics)
    .map(([key]) => `metrics.${key}`)
}

/** What a column such as `params.seed` holds. @throws {@link UsageError} */
function valueOf(run: Run, column: string): string {
  const [, kind, key = ''] = /^(metrics?|params?|tags?)\.[`"]?(.+?)[`"]?$/.exec(column) ?? []
  if (kind === undefined) {
    throw new UsageError(
      `--columns: expected names such as metrics.loss, params.seed or tags.team; received '${column}'.`,
      { argument: '--columns' },
    )
  }
  if (kind.startsWith('metric')) {
    const found = run.metrics.find((metric) => metric.key === key)
    return found === undefined ? '' : formatValue(found.value)
  }
  return (kind.startsWith('param') ? run.params[key] : run.tags[key]) ?? ''
}

export async function showRun({ args, options }: CommandContext): Promise<void> {
  await withRuns(options, async (runs) => {
    const run = await findRun(runs, args[0]!)
    const files = await allFiles(runs, run)
    const inputs = await runs.inputsOf(run.runId)
    if (options['json'] === true) return printJson({ ...run, inputs, artifacts: files })
    showDetails({ ...run, inputs, files }, outputTo(process.stdout))
  })
}

interface Details extends Run {
  readonly inputs: Awaited<ReturnType<TrackingBackend['inputsOf']>>
  readonly files: readonly ListedFile[]
}

const noteTag = 'mlflow.note.content'

function showDetails(run: Details, output: Output): void {
  output.line(`${output.paint('bold', run.name)}  ${run.runId}  ${run.status}`)
  output.line(output.paint('dim', circumstances(run)))
  const note = run.tags[noteTag]
  if (note !== undefined) output.prose(`\n${note}`)
  const left = (...titles: string[]): TextColumn[] =>
    titles.map((title, i) => (i === 0 ? { title, names: true } : { title }))
  const right = (...titles: string[]): TextColumn[] =>
    titles.map((title, i) => (i === 0 ? { title, names: true } : { title, align: 'right' }))
  section(
    left('data', 'digest', 'used for'),
    run.inputs.map(({ name, digest, tags }) => [name, digest, tags['mlflow.data.context'] ?? '']),
    output,
  )
  section(
    right('metric', 'last', 'step', 'least', 'most'),
    run.metrics.map(({ key, step, ...values }) => [
      key,
      formatValue(values.value),
      formatCount(step),
      formatValue(values.min),
      formatValue(values.max),
    ]),
    output,
  )
  const whole = { ...output, width: Number.POSITIVE_INFINITY }
  section(left('parameter', 'value'), Object.entries(run.params), whole)
  section(
    left('tag', 'value'),
    Object.entries(run.tags).filter(([key]) => key !== noteTag),
    whole,
  )
  section(
    right('file', 'bytes'),
    run.files.map(({ path, size }) => [path, size === undefined ? '' : formatCount(size)]),
    output,
  )
}

function circumstances({ startTime, endTime, userId, experimentId, lifecycleStage }: Run): string {
  const took = endTime === undefined ? '' : `, took ${formatSeconds((endTime - startTime) / 1000)}`
  const stage = lifecycleStage === 'deleted' ? ', deleted' : ''
  return `started ${formatTime(startTime)} by ${userId || 'somebody'}, experiment ${experimentId}${took}${stage}`
}

function section(columns: readonly TextColumn[], rows: readonly (readonly string[])[], output: Output): void {
  if (rows.length === 0) return
  output.line()
  const sorted = rows.toSorted((a, b) => (a[0]! < b[0]! ? -1 : 1))
  const [head = '', ...body] = textTable(columns, sorted, output.width)
  output.line(output.paint('dim', head))
  for (const line of body) output.line(line)
}

interface ListedFile {
  readonly path: string
  readonly size: number | undefined
}

async function allFiles(runs: TrackingBackend, run: Run, folder = ''): Promise<ListedFile[]> {
  const found: ListedFile[] = []
  for (const item of await runs.artifacts.list(run, folder)) {
    if (item.isFolder && item.path !== folder) found.push(...(await allFiles(runs, run, item.path)))
    else if (!item.isFolder) found.push({ path: item.path, size: item.size })
  }
  return found
}

export async function compareRuns({ args, options }: CommandContext): Promise<void> {
  const said = args as readonly unknown[] as readonly [readonly string[]]
  await withRuns(options, async (runs) => {
    const found = await Promise.all(said[0].map((one) => findRun(runs, one)))
    if (found.length < 2)
      throw new UsageError('runs compare: expected at least two runs; received one.', { argument: 'runs' })
    const rows = comparison(found).filter(({ values }) => options['all'] === true || new Set(values).size > 1)
    if (options['json'] === true)
      return printJson({ runs: found.map(({ runId, name }) => ({ runId, name })), rows })
    const output = outputTo(process.stdout)
    if (rows.length === 0) return output.line('No difference in parameters and metrics.')
    const columns: TextColumn[] = [
      { title: '', names: true, ending: true },
      ...found.map(({ name }): TextColumn => ({ title: name, align: 'right' })),
    ]
    const [head, ...body] = textTable(
      columns,
      rows.map(({ name, values }) => [
        name,
        ...values.map((value) => (typeof value === 'number' ? formatValue(value) : (value ?? ''))),
      ]),
      output.width,
    )
    output.line(output.paint('dim', head!))
    for (const line of body) output.line(line)
  })
}

interface ComparedRow {
  /** Such as `params.seed`. */
  readonly name: string
  /** In the order of the runs. */
  readonly values: readonly (string | number | undefined)[]
}

function comparison(runs: readonly Run[]): ComparedRow[] {
  const names = (of: (run: Run) => readonly string[]): string[] => [...new Set(runs.flatMap(of))].toSorted()
  return [
    ...names(({ params }) => Object.keys(params)).map((key) => ({
      name: `params.${key}`,
      values: runs.map(({ params }) => params[key]),
    })),
    ...names(({ metrics }) => metrics.map(({ key }) => key)).map((key) => ({
      name: `metrics.${key}`,
      values: runs.map(({ metrics }) => metrics.find((metric) => metric.key === key)?.value),
    })),
  ]
}
