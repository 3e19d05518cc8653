// What the winner relies on, and whether more data would help; both only while there is time, or as the recipe says.
import {
  growingParts,
  type Importance,
  type LearningPoint,
  shuffledColumns,
} from '../../evaluate/explain/index.js'
import { ModelwrightError } from '../../base/index.js'
import { createFromRecipe } from '../../learn/catalogue.js'
import type { CoreEstimator, CoreModel } from '../../learn/contracts/index.js'
import { complexity, type Ladder, resolvedRecipe, type Rung } from '../../tune/ladder/index.js'
import { closingSeconds, importanceRepeats, importanceThousands } from './budget.js'
import type { Decision } from './decide.js'
import type { Stage } from './train.js'
import type { TrainWarning } from './train-result.js'

export interface Explained {
  readonly importance: readonly Importance[] | undefined
  readonly learningCurve: readonly LearningPoint[] | undefined
  /** Why one of them is missing, where it is not for want of time. */
  readonly notes: readonly TrainWarning[]
}

/** Measures importance on the test part, then draws the learning curve of the best single model. */
export async function explainModel(
  stage: Stage,
  given: {
    readonly ladder: Ladder
    readonly kept: Rung
    readonly model: CoreModel
    readonly decision: Decision
  },
): Promise<Explained> {
  const notes: TrainWarning[] = []
  return {
    importance: await told(stage, notes, () =>
      timed(stage, 'importance', (signal) => importanceOf(stage, given, signal)),
    ),
    learningCurve: await told(stage, notes, () =>
      timed(stage, 'learningCurve', (signal) => curveOf(stage, given, signal)),
    ),
    notes,
  }
}

/** The model is found: what only explains it may fail, and does not take it away. */
async function told<T>(
  { options }: Stage,
  notes: TrainWarning[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!ModelwrightError.is(error) || error.code === 'internal') throw error
    notes.push({
      code: 'explanation-failed',
      column: null,
      message: `The report explains less than usual: ${error.message}`,
    })
    return undefined
  }
}

/** With a clock: tries, and gives up when time ends. In a replay: does what the recipe did. */
async function timed<T>(
  { options, budget, size }: Stage,
  what: 'importance' | 'learningCurve',
  work: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T | undefined> {
  if (budget === undefined) return options.replay?.[what] === true ? work(options.signal) : undefined
  const left = budget.left() - closingSeconds(size) * budget.pace()
  if (left <= 0) return undefined
  const timeUp = new AbortController()
  const timer = setTimeout(() => timeUp.abort(), left * 1000)
  const { signal } = options
  try {
    return await work(signal === undefined ? timeUp.signal : AbortSignal.any([signal, timeUp.signal]))
  } catch (error) {
    options.signal?.throwIfAborted()
    if (timeUp.signal.aborted) return undefined
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function importanceOf(
  { data, metric, random, options }: Stage,
  { model, decision }: { readonly model: CoreModel; readonly decision: Decision },
  signal: AbortSignal | undefined,
): Promise<readonly Importance[]> {
  return shuffledColumns(model, data.test, {
    metric,
    rng: random.split('importance'),
    repeats: importanceRepeats,
    maxRows: importanceThousands * 1000,
    threshold: decision.threshold,
    signal,
    onEvent: options.onEvent,
  })
}

async function curveOf(
  { data, metric, random, folds, options }: Stage,
  { ladder, kept }: { readonly ladder: Ladder; readonly kept: Rung },
  signal: AbortSignal | undefined,
): Promise<readonly LearningPoint[]> {
  const single = kept.weights === undefined ? kept : heaviest(ladder, kept.weights)
  if (complexity(single) === 0) return []
  const estimator = (await createFromRecipe(resolvedRecipe(single))) as CoreEstimator
  return growingParts(estimator, data.train, {
    fold: folds[0]!,
    metric,
    rng: random.split('learning-curve'),
    threads: options.threads,
    signal,
    onEvent: options.onEvent,
  })
}

/** The member that counts most in an average. */
function heaviest(ladder: Ladder, weights: Readonly<Record<string, number>>): Rung {
  const [name] = Object.entries(weights).reduce((most, entry) => (entry[1] > most[1] ? entry : most))
  return ladder.rungs.find((rung) => rung.candidate.name === name)!
}
