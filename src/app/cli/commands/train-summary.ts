// The result of `train` on a screen: ladder, verdict, warnings, and what to do next.
import { relative } from 'node:path'
import type { TrainResult } from '../../../operate/train/index.js'
import { formatCount, formatScore } from '../numbers.js'
import { formatSeconds } from '../seconds.js'
import type { Output } from '../terminal/style.js'
import { textTable } from '../terminal/text-table.js'

/** Of more, as a table of many alike columns has, the screen would show nothing else. */
const mostWarnings = 12

export function showTrainResult(result: TrainResult, output: Output): void {
  const { paint, line, prose } = output
  prose(
    `${paint('bold', result.target)}: ${result.task}, ${formatCount(result.rows)} rows, ${result.columns} columns, judged by ${result.metric}`,
  )
  line()
  for (const text of ladderLines(result, output)) line(text)
  line()
  for (const sentence of verdict(result, output)) prose(sentence)
  for (const { message } of result.warnings.slice(0, mostWarnings))
    prose(`${paint('yellow', '!')} ${message}`, '  ')
  const more = result.warnings.length - mostWarnings
  if (more > 0) prose(`${paint('yellow', '!')} ${more} more warnings stand in the report.`, '  ')
  if (result.bundle === null || result.report === null) return
  line()
  if (result.runId !== null) line(`run     ${result.runId}`)
  line(`report  ${relative('', result.report)}`)
  line(`bundle  ${relative('', result.bundle)}`)
  line(paint('dim', `predict with: modelwright predict ${relative('', result.bundle)} <source>`))
}

function ladderLines(result: TrainResult, { width, paint }: Output): string[] {
  const columns = [
    { title: 'model', names: true },
    { title: `${result.metric} (validation)`, align: 'right' as const },
    { title: 'fit', align: 'right' as const, mayGo: true },
    { title: 'per 1,000 rows', align: 'right' as const, mayGo: true },
    { title: '' },
  ]
  const rows = result.leaderboard.map((entry) => [
    entry.name,
    formatScore(entry.score),
    formatSeconds(entry.fitSeconds),
    `${(entry.predictSecondsPer1000 * 1000).toFixed(1)} ms`,
    entry.name === result.model ? paint('green', '← kept') : '',
  ])
  const [head, ...body] = textTable(columns, rows, width)
  return [paint('dim', head!), ...body]
}

function verdict(result: TrainResult, { paint }: Output): string[] {
  const { metric } = result
  if (Number.isNaN(result.scores[metric]!))
    return [
      `${paint('bold', result.model)} is the best in validation; ${metric} has no meaning on the rows set aside.`,
    ]
  const interval = result.intervals[metric]
  const range =
    interval === undefined ? '' : ` (95 %: ${formatScore(interval[0])} to ${formatScore(interval[1])})`
  const sentence = `${paint('bold', result.model)} reaches ${metric} ${paint('bold', formatScore(result.scores[metric]!))}${range} on rows set aside; the constant baseline ${formatScore(result.baseline[metric]!)}.`
  if (result.betterChoice === result.model) return [sentence]
  return [
    sentence,
    `${paint('bold', result.betterChoice)} is simpler and within noise of it: the better choice where simplicity counts (--prefer simple).`,
  ]
}
