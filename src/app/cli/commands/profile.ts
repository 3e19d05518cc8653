// `modelwright profile`: what data look like before anybody learns from them.
import { resolve } from 'node:path'
import { UsageError, writeFileAtomic } from '../../../base/index.js'
import { isoText, type Profile, profile, readTable, type Table } from '../../../data/index.js'
import { refuseReplacing } from '../../../data/source/index.js'
import { findLeakage, type LeakageFinding } from '../../../evaluate/leakage/index.js'
import { poseTask } from '../../../operate/train/index.js'
import { abortOnInterrupt } from '../interrupt.js'
import type { CommandContext } from '../program.js'
import { textOptions } from '../train-options.js'
import { formatCount, formatValue } from '../numbers.js'
import { type Output, outputTo } from '../terminal/style.js'
import { textTable } from '../terminal/text-table.js'

export async function profileCommand({ args, options }: CommandContext): Promise<void> {
  const source = args[0]
  const sql = options['sql'] as string | undefined
  if (source === undefined && sql === undefined) {
    throw new UsageError('profile: give a source (a file, a glob or - for standard input), or --sql.', {
      argument: 'source',
    })
  }
  const html = options['html'] as string | undefined
  if (html !== undefined) await refuseReplacing(html, '--html', { sources: [source], sql })
  const target = options['target'] as string | undefined
  const signal = abortOnInterrupt()
  const warnings: { code: string; column?: string; message: string }[] = []
  const table = await readTable(source, {
    sql,
    ...textOptions(options),
    signal,
    onEvent(event) {
      if (event.type === 'warning') warnings.push(event)
    },
  })
  const found = await profile(table, { target, signal })
  const leaks = target === undefined ? [] : leaksOf(table, target)
  if (html !== undefined) await writePage(html, { found, leaks, source: source ?? sql! })
  if (options['json'] === true)
    process.stdout.write(`${JSON.stringify({ ...found, leakage: leaks, warnings }, null, 2)}\n`)
  else
    show(
      found,
      [
        ...warnings.map(({ message }) => message),
        ...leaks.map(({ message, drop }) => (drop ? `${message} Train would leave it out.` : message)),
        ...found.alerts.map(({ message }) => message),
      ],
      outputTo(process.stdout),
    )
}

function leaksOf(table: Table, target: string): LeakageFinding[] {
  const posed = poseTask(table, target, 'auto')
  return findLeakage(posed.x, posed.target)
}

async function writePage(
  path: string,
  {
    found,
    leaks,
    source,
  }: { readonly found: Profile; readonly leaks: readonly LeakageFinding[]; readonly source: string },
): Promise<void> {
  const { leakageAlerts, profileAlerts, profileData, profileHtml } =
    await import('../../../evaluate/report/index.js')
  const alerts = [...leakageAlerts(leaks, undefined), ...profileAlerts(found.alerts)]
  await writeFileAtomic(resolve(path), await profileHtml(profileData(found, { source }), alerts))
  process.stderr.write(`profile written to ${path}\n`)
}

function show(found: Profile, alerts: readonly string[], output: Output): void {
  const { line, paint, prose, width } = output
  line(`${paint('bold', formatCount(found.rowCount))} rows, ${found.columns.length} columns`)
  line()
  const rows = found.columns.map((column) => [
    column.name,
    column.kind,
    column.missing === 0 ? '' : formatCount(column.missing),
    formatCount(column.distinct),
    valuesText(column),
  ])
  const table = textTable(
    [
      { title: 'column', names: true },
      { title: 'kind' },
      { title: 'missing', align: 'right' },
      { title: 'distinct', align: 'right' },
      { title: 'values' },
    ],
    rows,
    width,
  )
  line(paint('dim', table[0]!))
  for (const text of table.slice(1)) line(text)
  if (alerts.length > 0) line()
  for (const message of alerts) prose(`${paint('yellow', '!')} ${message}`, '  ')
  for (const note of found.notes) line(paint('dim', note))
}

/** Codes and categories are listed; of quantities and dates, least, middle and greatest are shown. */
const fewValues = 5

function valuesText({ numbers, top, type, distinct }: Profile['columns'][number]): string {
  if (numbers !== undefined && distinct > fewValues) {
    const write = type === 'timestamp' ? (value: number) => isoText(new Date(value)) : formatValue
    return [numbers.min, numbers.quantiles['0.5'], numbers.max].map(write).join(' … ')
  }
  const write = (value: string | number | boolean): string =>
    typeof value !== 'number'
      ? String(value)
      : type === 'timestamp'
        ? isoText(new Date(value))
        : formatValue(value)
  return top.map(({ value, count }) => `${write(value)} (${formatCount(count)})`).join(', ')
}
