// `modelwright runs delete`, `restore`, `note`, `tag`: what may change of a run.
import { text } from 'node:stream/consumers'
import { UsageError } from '../../../base/index.js'
import { findRun, type TrackingBackend } from '../../../operate/track/index.js'
import type { CommandContext } from '../program.js'
import { printJson, withRuns } from './with-runs.js'

const noteTag = 'mlflow.note.content'

export const deleteRuns = (context: CommandContext): Promise<void> =>
  changeEach(context, (runs, runId) => runs.deleteRun(runId), 'deleted')

export const restoreRuns = (context: CommandContext): Promise<void> =>
  changeEach(context, (runs, runId) => runs.restoreRun(runId), 'restored')

async function changeEach(
  { args, options }: CommandContext,
  change: (runs: TrackingBackend, runId: string) => Promise<void>,
  done: string,
): Promise<void> {
  const [said] = args as readonly unknown[] as readonly [readonly string[]]
  await withRuns(options, async (runs) => {
    // All are found before any is changed.
    const found = await Promise.all(said.map((one) => findRun(runs, one)))
    for (const { runId } of found) await change(runs, runId)
    if (options['json'] === true) return printJson(found.map(({ runId, name }) => ({ runId, name })))
    for (const { runId, name } of found) process.stdout.write(`${done} ${runId}  ${name}\n`)
  })
}

export async function noteRun({ args, options }: CommandContext): Promise<void> {
  const [said, given] = args
  await withRuns(options, async (runs) => {
    const run = await findRun(runs, said!)
    if (given === undefined) {
      const note = run.tags[noteTag] ?? ''
      if (options['json'] === true) printJson({ runId: run.runId, note })
      else if (note !== '') process.stdout.write(`${note}\n`)
      return
    }
    const note = given === '-' ? await text(process.stdin) : given
    await runs.logBatch(run.runId, { tags: { [noteTag]: note } })
    if (options['json'] === true) printJson({ runId: run.runId, note })
  })
}

export async function tagRun({ args, options }: CommandContext): Promise<void> {
  const [said, pairs = []] = args as readonly unknown[] as readonly [string, (readonly string[])?]
  const taken = (options['delete'] as readonly string[] | undefined) ?? []
  const tags = Object.fromEntries(pairs.map(pairOf))
  if (pairs.length + taken.length === 0)
    throw new UsageError('runs tag: expected key=value, or --delete <keys>; received neither.', {
      argument: 'pairs',
    })
  await withRuns(options, async (runs) => {
    const { runId } = await findRun(runs, said)
    if (pairs.length > 0) await runs.logBatch(runId, { tags })
    for (const key of taken) await runs.deleteTag(runId, key)
    if (options['json'] === true) printJson({ runId, tags: (await runs.getRun(runId)).tags })
  })
}

function pairOf(given: string): readonly [string, string] {
  const at = given.indexOf('=')
  if (at > 0) return [given.slice(0, at), given.slice(at + 1)]
  throw new UsageError(`runs tag: expected key=value; received '${given}'.`, { argument: 'pairs' })
}
