// `modelwright rerun`: what differs between then and now, the same recipe again, and whether the same came out.
import {
  type Difference,
  differenceText,
  findRun,
  openTracker,
  type Rerun,
  rerun,
} from '../../../operate/track/index.js'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { abortOnInterrupt } from '../interrupt.js'
import { formatScore } from '../numbers.js'
import type { CommandContext } from '../program.js'
import { type Output, outputTo } from '../terminal/style.js'
import { countOption } from '../train-options.js'
import { placesOf, printJson } from './with-runs.js'

export async function rerunCommand({ args, options }: CommandContext): Promise<void> {
  const [said, source] = args
  const json = options['json'] === true
  const output = outputTo(process.stdout)
  await using tracker = await openTracker(placesOf(options))
  const isBundle = (await stat(join(said!, 'manifest.json')).catch(() => undefined)) !== undefined
  const id =
    isBundle || (await stat(said!).catch(() => undefined)) !== undefined
      ? said!
      : (await findRun(tracker.backend, said!)).runId
  const done = await rerun(id, {
    tracker,
    source,
    out: options['out'] as string | undefined,
    ...(options['threads'] !== undefined && { threads: countOption('--threads', options['threads']) }),
    signal: abortOnInterrupt(),
    onDifferences: (differences) => {
      if (!json) showDifferences(differences, output)
    },
  })
  if (json) printJson(done)
  else showOutcome(done, output)
}

function showDifferences(differences: readonly Difference[], { line, paint }: Output): void {
  if (differences.length === 0) return line('Code, versions and machine are as they were.')
  line(paint('bold', 'Not as it was:'))
  for (const difference of differences) line(`  ${differenceText(difference)}`)
}

function showOutcome(
  { differences, sameModel, scores, runId, result }: Rerun,
  { line, paint }: Output,
): void {
  const data = differences.filter(({ kind }) => kind === 'data')
  if (data.length === 0) line('The data are the same.')
  else {
    line(paint('bold', 'The data differ:'))
    for (const difference of data) line(`  ${differenceText(difference)}`)
  }
  line(
    sameModel
      ? paint('green', 'The model is the same, byte by byte.')
      : scores.length === 0
        ? 'The model differs in its bytes, not in its scores.'
        : 'The model differs:',
  )
  for (const { what, before, now } of scores)
    line(`  ${what}: ${formatScore(before)} then, ${formatScore(now)} now`)
  line(`run     ${runId}`)
  if (result.bundle !== null) line(`bundle  ${result.bundle}`)
}
