// `modelwright runs download`, `import`, `export`: runs and their files from one place to another.
import { relative, resolve } from 'node:path'
import {
  downloadArtifacts,
  type ExportedRuns,
  exportMlruns,
  findRun,
  importMlruns,
  type SkippedFile,
} from '../../../operate/track/index.js'
import { abortOnInterrupt } from '../interrupt.js'
import type { CommandContext } from '../program.js'
import { outputTo } from '../terminal/style.js'
import { placesOf, printJson, withRuns } from './with-runs.js'

export async function downloadRun({ args, options }: CommandContext): Promise<void> {
  const [said, path = ''] = args
  await withRuns(options, async (runs) => {
    const run = await findRun(runs, said!)
    const folder = resolve((options['out'] as string | undefined) ?? run.runId.slice(0, 8))
    const files = await downloadArtifacts(runs, run, { path, folder })
    if (options['json'] === true) printJson({ runId: run.runId, folder, files })
    else
      outputTo(process.stdout).line(
        `${files} file${files === 1 ? '' : 's'} in ${relative('', folder) || '.'}`,
      )
  })
}

/** Faults that are told on a screen; all stand in the JSON document. */
const mostTold = 20

function tellSkipped(skipped: readonly SkippedFile[]): void {
  const screen = outputTo(process.stderr)
  for (const { path, reason } of skipped.slice(0, mostTold)) screen.line(`left out ${path}: ${reason}`)
  if (skipped.length > mostTold) screen.line(`and ${skipped.length - mostTold} more; --json names them all`)
}

/** What came along, in one line. */
function countsOf(done: Omit<ExportedRuns, 'skipped'>): string {
  const { runs, experiments, loggedModels, registeredModels, versions } = done
  const models =
    loggedModels + registeredModels + versions === 0
      ? ''
      : `, ${loggedModels} logged models, ${versions} versions of ${registeredModels} registered models`
  return `${runs} runs of ${experiments} experiments${models}`
}

export async function importRuns({ args, options }: CommandContext): Promise<void> {
  const done = await importMlruns(args[0]!, { ...placesOf(options), signal: abortOnInterrupt() })
  if (options['json'] === true) return printJson(done)
  const { known, skipped } = done
  outputTo(process.stdout).line(
    `${countsOf(done)} came in with ${done.files} files${known === 0 ? '' : `; ${known} runs were here already`}`,
  )
  tellSkipped(skipped)
}

export async function exportRuns({ args, options }: CommandContext): Promise<void> {
  const done = await exportMlruns(args[0]!, {
    ...placesOf(options),
    create: false,
    experiments: options['experiment'] as string[] | undefined,
    signal: abortOnInterrupt(),
  })
  if (options['json'] === true) return printJson(done)
  outputTo(process.stdout).line(`${countsOf(done)} with ${done.files} files in ${args[0]!}`)
  tellSkipped(done.skipped)
}
