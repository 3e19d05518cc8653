// `modelwright train`: the job in the background, the story of it on the screen.
import { rm } from 'node:fs/promises'
import { besidePath, destinationOf, UsageError, type WorkEvent } from '../../../base/index.js'
import { refuseReplacing } from '../../../data/source/index.js'
import { readManifest } from '../../../operate/bundle/index.js'
import {
  checkRecipe,
  type TrainRecipe,
  type TrainResult,
  type TrainSettings,
} from '../../../operate/train/index.js'
import { runInBackground } from '../background.js'
import { InterruptedError } from '../interrupt.js'
import type { CommandContext } from '../program.js'
import { formatScore } from '../numbers.js'
import { showProgress } from '../terminal/progress.js'
import { type Output, outputTo } from '../terminal/style.js'
import { refuseContradictions, trainOptions } from '../train-options.js'
import { trackingOf } from '../track-options.js'
import { showTrainResult } from './train-summary.js'

export async function trainCommand({ args, options, typed }: CommandContext): Promise<void> {
  const json = options['json'] === true
  if (typed.includes('test') && typed.includes('testFile')) {
    throw new UsageError(
      '--test: rows of --test-file are judged on, so that no share is set aside. Give one of the two.',
      { argument: '--test' },
    )
  }
  const screen = outputTo(process.stderr)
  const replay = options['recipe'] === undefined ? undefined : await recipeOf(options['recipe'] as string)
  if (replay !== undefined) refuseContradictions(options, typed, { ...replay.settings })
  const given = replayed(trainOptions(args[0], options), { replay, source: args[0], out: options['out'] })
  const settings =
    (given['replay'] as TrainRecipe | undefined)?.settings ?? (given as unknown as TrainSettings)
  await refuseReplacing(String(given['out']), '--out', {
    sources: [settings.source, settings.testFile],
    sql: settings.sql,
  })
  const progress = showProgress(screen, json || replay !== undefined ? undefined : Number(given['time']))
  const request = {
    job: 'train',
    options: given,
    track: trackingOf(options),
    stdin: readsStandardInput(given),
  } as const
  try {
    const result = (await runInBackground(request, (event) => {
      progress.handle(event)
      if (event.type === 'warning' && event.code === 'tracking') {
        progress.clear()
        screen.line(`modelwright: ${event.message}`)
      }
      if (!json) tellModel(event, screen, progress.clear)
    })) as TrainResult
    progress.stop()
    if (json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
    else showTrainResult(result, outputTo(process.stdout))
  } catch (error) {
    progress.stop()
    // A worker that was stopped while it wrote could not clear what it had prepared.
    if (error instanceof InterruptedError)
      await rm(besidePath(destinationOf(String(given['out']))), { recursive: true, force: true })
    throw error
  }
}

const readsStandardInput = ({ source, replay }: Record<string, unknown>): boolean =>
  ((replay as TrainRecipe | undefined)?.settings.source ?? source) === '-'

async function recipeOf(bundle: string): Promise<TrainRecipe> {
  return checkRecipe((await readManifest(bundle)).recipe, bundle)
}

/** A replay takes everything from the recipe but the place of the data and of the bundle. */
function replayed(
  options: Record<string, unknown>,
  given: {
    readonly replay: TrainRecipe | undefined
    readonly source: string | undefined
    readonly out: unknown
  },
): Record<string, unknown> {
  const { replay, source } = given
  if (replay === undefined) return options
  const settings = source === undefined ? replay.settings : { ...replay.settings, source }
  const out =
    given.out ?? trainOptions(settings.source ?? undefined, { ...options, recipe: true, time: '60s' })['out']
  return { target: settings.target, out, replay: { ...replay, settings } }
}

/** The longest name on the ladder has 21 letters. */
const nameWidth = 22

function tellModel(event: WorkEvent, screen: Output, clear: () => void): void {
  if (!screen.interactive || event.type !== 'model-end') return
  clear()
  screen.line(
    `${screen.paint('green', '✓')} ${event.name.padEnd(nameWidth)} ${formatScore(event.score)}  ${screen.paint('dim', `${event.seconds.toFixed(1)} s`)}`,
  )
}
