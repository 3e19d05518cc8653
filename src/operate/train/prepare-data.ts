// From a source to the rows to learn from and the rows to judge on, with what was noticed on the way.
import { contentHash, readTable, type Table } from '../../data/index.js'
import { columnsToDrop, findLeakage, type LeakageFinding } from '../../evaluate/leakage/index.js'
import { type LearningData, takeData } from '../../evaluate/validation/index.js'
import { asTable, type Target } from '../../learn/contracts/index.js'
import type { Task } from '../../metrics/index.js'
import { DataError, type WorkOptions } from '../../base/index.js'
import { checkFinite } from '../../learn/contracts/index.js'
import { divideTest, type SplitRules } from './divide.js'
import { checkSettings } from './check-settings.js'
import { sharedRows, testFromFile, textOptions } from './test-file.js'
import { poseTask } from './target-column.js'
import type { TrainOptions, TrainSettings } from './train-options.js'
import type { TrainWarning } from './train-result.js'

/** Data ready for the ladder. */
export interface PreparedData {
  readonly table: Table
  readonly hash: string
  readonly task: Task
  readonly train: LearningData
  readonly test: LearningData
  /** The same rows as they were read, with the columns that nobody learns from. */
  testRows(): Table
  /** Splitting rules for the training part. */
  readonly rules: SplitRules
  readonly findings: readonly LeakageFinding[]
  readonly dropped: readonly string[]
  readonly warnings: readonly TrainWarning[]
  /** How the test part came about, in words. */
  readonly splitText: string
}

/** Reads, poses the task, divides, and looks for leaks in the part to learn from. */
export async function prepareData(options: TrainOptions, settings: TrainSettings): Promise<PreparedData> {
  const warnings: TrainWarning[] = []
  const work = collecting(options, warnings)
  const table =
    rowsGiven(options) ??
    (await readTable(settings.source ?? undefined, {
      ...work,
      ...textOptions(settings),
      sql: settings.sql ?? undefined,
    }))
  requireRows(table, settings)
  checkSettings(table, settings)
  const hash = contentHash(table)
  const posed = poseTask(table, settings.target, settings.task)
  warnings.push(...posed.warnings)
  refuseExtreme(posed.target, settings.target)
  if (settings.task === 'multiclass' && posed.task === 'binary') warnings.push(twoClasses(settings.target))
  const aside = [settings.group, ...settings.drop].filter((name) => name !== null)
  const x = posed.x.drop(...new Set(aside))
  // Files have none; a table that was given may, and candidates would fail one after another.
  checkFinite(x, 'train')
  requireColumns(x.names.length, settings)
  const sides = {
    group: columnAside(posed.x, settings.group),
    time: columnAside(posed.x, settings.timeColumn),
  }
  const whole: LearningData = { x, target: posed.target }
  const parts =
    settings.testFile === null
      ? split(whole, settings, {
          ...sides,
          warnings,
          rowsOf: (rows) => table.take(rows.map((at) => posed.rows[at]!)),
        })
      : await separate(whole, settings, { ...sides, work, warnings })
  const findings = [...findLeakage(parts.train.x, parts.train.target), ...parts.findings]
  const dropped = columnsToDrop(findings, settings.keep)
  warnings.push(...findings.map((finding) => leakageWarning(finding, dropped)))
  const without = (data: LearningData): LearningData => ({ ...data, x: data.x.drop(...dropped) })
  requireColumns(x.names.length - dropped.length, settings)
  return {
    table,
    hash,
    task: posed.task,
    train: without(parts.train),
    test: without(parts.test),
    testRows: parts.testRows,
    rules: { ...parts.rules, leftOut: dropped },
    findings,
    dropped,
    warnings,
    splitText: parts.text,
  }
}

const rowsGiven = ({ table }: TrainOptions): Table | undefined =>
  table === undefined ? undefined : asTable(table)

/** Warnings of lower floors come as events; here they are also kept. */
function collecting(options: TrainOptions, warnings: TrainWarning[]): WorkOptions {
  return {
    signal: options.signal,
    onEvent(event) {
      if (event.type === 'warning')
        warnings.push({ code: event.code, column: event.column ?? null, message: event.message })
      else options.onEvent?.(event)
    },
  }
}

const columnAside = (x: Table, name: string | null): Table | undefined =>
  name === null ? undefined : x.select([name])

/** Columns by which rows belong together or follow one another. */
interface Sides {
  readonly group: Table | undefined
  readonly time: Table | undefined
}

interface Parts {
  readonly train: LearningData
  readonly test: LearningData
  testRows(): Table
  readonly rules: SplitRules
  readonly findings: readonly LeakageFinding[]
  readonly text: string
}

function split(
  whole: LearningData,
  settings: TrainSettings,
  given: Sides & {
    readonly warnings: TrainWarning[]
    /** The rows of the table behind those of `whole`. */
    rowsOf(rows: Int32Array): Table
  },
): Parts {
  const { group, time, warnings } = given
  const divided = divideTest(whole, { seed: settings.seed, group, time }, settings.test)
  warnings.push(...divided.warnings.map(({ code, message }) => ({ code, column: null, message })))
  if (divided.test.length === 0 || divided.train.length < 2) {
    throw new DataError(
      `${whole.x.rowCount} rows are too few to set a share of ${settings.test} aside for judging. Give more rows, or a file of its own to judge on: testFile (--test-file).`,
      { count: whole.x.rowCount },
    )
  }
  const percent = Math.round(settings.test * 100)
  return {
    train: takeData(whole, divided.train),
    test: takeData(whole, divided.test),
    testRows: () => given.rowsOf(divided.test),
    rules: { seed: settings.seed, group: group?.take(divided.train), time: time?.take(divided.train) },
    findings: [],
    text:
      time !== undefined
        ? `the latest ${percent} % by ${settings.timeColumn}`
        : `${percent} % by a hash of the rows${group === undefined ? '' : `, groups of ${settings.group} kept whole`}`,
  }
}

async function separate(
  whole: LearningData,
  settings: TrainSettings,
  given: Sides & { readonly work: WorkOptions; readonly warnings: TrainWarning[] },
): Promise<Parts> {
  const { group, time } = given
  const { data: test, rows: testRows } = await testFromFile(whole, settings, given)
  return {
    train: whole,
    test,
    testRows,
    rules: { seed: settings.seed, group, time },
    findings: sharedRows(whole, test),
    text: `all rows of ${settings.testFile}`,
  }
}

function leakageWarning(finding: LeakageFinding, dropped: readonly string[]): TrainWarning {
  const left = finding.columns.length > 0 && finding.columns.every((name) => dropped.includes(name))
  const treatment = left ? ' Left out; to use it all the same, name it in keep (--keep).' : ''
  return { code: finding.code, column: finding.columns[0] ?? null, message: `${finding.message}${treatment}` }
}

function requireRows({ rowCount }: Table, { sql }: TrainSettings): void {
  if (rowCount > 0) return
  throw new DataError(
    `${sql === null ? 'The table' : 'The result of the query'} has no rows to learn from. Check how they were selected.`,
    { count: 0 },
  )
}

const twoClasses = (name: string): TrainWarning => ({
  code: 'task-binary',
  column: name,
  message: `The target has two classes: the task is binary, not multiclass as asked, and so are the metrics.`,
})

/** Errors are squared and summed: the squares of 10^150, over a hundred million rows, are still numbers. */
const largestTarget = 1e150

function refuseExtreme(target: Target, name: string): void {
  if (target.type === 'classes') return
  const extreme = target.values.find((value) => Math.abs(value) > largestTarget)
  if (extreme === undefined) return
  throw new DataError(
    `The target '${name}' holds ${extreme}, expected values below 1e150 in size, as errors are squared. Is it a mark for a missing value? Else divide the column.`,
    { column: name },
  )
}

function requireColumns(count: number, settings: TrainSettings): void {
  if (count > 0) return
  throw new DataError(
    `No column is left to learn from beside the target '${settings.target}'. Give a source with more columns, or drop fewer.`,
    { count },
  )
}
