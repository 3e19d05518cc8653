// The main job: from data to a judged model, its report and its bundle. Each step is a file beside this one.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataError, now, type Rng, rng, TimeBudgetError, type WorkOptions } from '../../base/index.js'
import { profile, type Profile } from '../../data/index.js'
import type { Importance, LearningPoint } from '../../evaluate/explain/index.js'
import {
  classifierModel,
  type ClassifierModel,
  type CoreModel,
  regressorModel,
  type RegressorModel,
} from '../../learn/contracts/index.js'
import { classCount, type Fold } from '../../evaluate/validation/index.js'
import { defaultMetric, findMetric, type Metric } from '../../metrics/index.js'
import {
  type Choice,
  choose,
  climb,
  finish,
  type Ladder,
  portfolio,
  problemOf,
  resolvedRecipe,
} from '../../tune/ladder/index.js'
import { type Budget, type JobSize, secondsAfterLadder, startBudget } from './budget.js'
import { type Decision, decideThreshold } from './decide.js'
import { divideFolds } from './divide.js'
import { type Explained, explainModel } from './explain-model.js'
import { jobWarnings } from './job-warnings.js'
import { type Judgement, judge } from './judge.js'
import { prepareData, type PreparedData } from './prepare-data.js'
import type { TrainRecipe } from './recipe.js'
import { type JobOptions, settingsOf, type TrainSettings } from './train-options.js'
import type { TrainResult, TrainWarning } from './train-result.js'
import { resultOf } from './result-of.js'
import type { FinishedTraining, TrainingLog } from './tracking.js'
import { writeResults } from './write-results.js'

/** What a job leaves: the plain result and the model itself. */
export interface TrainOutcome {
  readonly result: TrainResult
  readonly model: ClassifierModel | RegressorModel
}

/** All that a finished job knows; the report and the bundle are made from it. */
export interface FinishedJob {
  readonly settings: TrainSettings
  readonly data: PreparedData
  /** Of the whole table. */
  readonly profile: Profile
  readonly folds: readonly Fold[]
  readonly metric: Metric
  readonly ladder: Ladder
  readonly choice: Choice
  readonly kept: Choice['best']
  readonly model: CoreModel
  readonly decision: Decision
  readonly judgement: Judgement
  readonly learningCurve: readonly LearningPoint[] | undefined
  readonly importance: readonly Importance[] | undefined
  readonly recipe: TrainRecipe
  readonly warnings: readonly TrainWarning[]
  /** Since the start of the job. */
  elapsed(): number
}

/**
 * Trains the best model that the time allows: reads, profiles, guards against leaks, climbs the ladder of models on the
 * same folds, keeps a winner, judges it once on rows set aside, and writes report and bundle.
 *
 * @param options - see {@link TrainOptions}; with `replay` the recipe of an earlier job, without a clock
 * @throws {@link DataError} when the data cannot be learned from, {@link TimeBudgetError} when time ends before a model
 */
export async function train(options: JobOptions): Promise<TrainOutcome> {
  const settings = settingsOf(options)
  const { tracker, run = {}, replay, signal, onEvent } = options
  const log = await tracker?.startTraining({ settings, isReplay: replay !== undefined, run, signal })
  if (log?.runId === undefined) return outcomeOf(await runJob(options, settings), options)
  const told: JobOptions = {
    ...options,
    onEvent(event) {
      log.onEvent(event)
      onEvent?.(event)
    },
  }
  try {
    const job = await runJob(told, settings)
    const outcome = await outcomeOf(job, told, log)
    return outcome
  } catch (error) {
    await log.failed(error)
    throw error
  }
}

/** Writes what was asked for, has the tracker keep it, and says what came out. */
async function outcomeOf(job: FinishedJob, options: JobOptions, log?: TrainingLog): Promise<TrainOutcome> {
  const { out } = options
  // A run keeps the bundle also where nobody wants a folder of it.
  const aside =
    out === undefined && log !== undefined ? await mkdtemp(join(tmpdir(), 'modelwright-run-')) : undefined
  try {
    const folder = out ?? (aside === undefined ? undefined : join(aside, 'model'))
    const places =
      folder === undefined
        ? undefined
        : await writeResults(job, folder, { ...options, shown: out ?? 'model' })
    const result = resultOf(job, out === undefined ? undefined : places, log?.runId)
    if (log !== undefined && places !== undefined) await log.finished(finishedOf(job, result, places.bundle))
    return { result, model: modelOf(job) }
  } finally {
    if (aside !== undefined) await rm(aside, { recursive: true, force: true })
  }
}

function modelOf({
  model: core,
  settings: { seed },
  decision: { threshold },
}: FinishedJob): TrainOutcome['model'] {
  return core.predicts === 'classes'
    ? classifierModel(core, { threshold, seed })
    : regressorModel(core, { seed })
}

const finishedOf = (job: FinishedJob, result: TrainResult, bundle: string): FinishedTraining => ({
  result,
  recipe: job.recipe,
  winner: resolvedRecipe(job.kept),
  table: job.data.table,
  testRows: () => job.data.testRows(),
  source: job.settings.source ?? job.settings.sql ?? undefined,
  hash: job.data.hash,
  bundle,
})

async function runJob(options: JobOptions, settings: TrainSettings): Promise<FinishedJob> {
  const start = now()
  const budget = options.replay === undefined ? startBudget(settings.time, start) : undefined
  const random = rng(settings.seed).split('train')
  const data = await phase(options, 'read', () => prepareData(options, settings))
  const metric = settings.metric === null ? defaultMetric(data.task) : findMetric(settings.metric, data.task)
  const { folds, warnings: split } = divideFolds(data.train, data.rules)
  const size = {
    rows: data.table.rowCount,
    columns: data.table.names.length,
    testRows: data.test.x.rowCount,
    classes: classCount(data.train.target),
  }
  const stage: Stage = { options, settings, data, metric, folds, random, budget, size }
  budget?.computing()
  const ladder = await phase(options, 'ladder', () => climbLadder(stage))
  const choice = await choose(ladder, metric, options)
  const kept = settings.prefer === 'simple' ? choice.chosen : choice.best
  const decision = decideThreshold(ladder.target, kept.scores, metric)
  const work = { rng: random.split('finish'), threads: options.threads, signal: options.signal }
  // Members of an average would tell their iterations one on top of the other.
  const onEvent = kept.weights === undefined ? options.onEvent : undefined
  const model = await phase(options, 'fit', () =>
    finish(ladder, kept, { data: data.train, options: { ...work, onEvent } }),
  )
  const baseline = await finish(ladder, ladder.rungs[0]!, { data: data.train, options: work })
  const judgement = await phase(options, 'judge', () =>
    judge({ winner: model, baseline }, data.test, {
      metric,
      threshold: decision.threshold,
      signal: options.signal,
    }),
  )
  const explained = await phase(options, 'explain', () =>
    explainModel(stage, { ladder, kept, model, decision }),
  )
  const found = await profile(data.table, { target: settings.target, signal: options.signal })
  return {
    settings,
    data,
    profile: found,
    folds,
    metric,
    ladder,
    choice,
    kept,
    model,
    decision,
    judgement,
    importance: explained.importance,
    learningCurve: explained.learningCurve,
    recipe: recipeOf(stage, ladder, explained),
    warnings: jobWarnings(stage, {
      ladder,
      judgement,
      profile: found,
      noticed: [...split, ...explained.notes],
    }),
    elapsed: () => (now() - start) / 1000,
  }
}

const recipeOf = ({ settings, data }: Stage, { rungs }: Ladder, explained: Explained): TrainRecipe => ({
  version: 1,
  settings,
  candidates: rungs.filter((rung) => rung.weights === undefined).map((rung) => rung.candidate),
  learningCurve: explained.learningCurve !== undefined,
  importance: explained.importance !== undefined,
  dataHash: data.hash,
})

/** What the steps of a job share. */
export interface Stage {
  readonly options: JobOptions
  readonly settings: TrainSettings
  readonly data: PreparedData
  readonly metric: Metric
  readonly folds: readonly Fold[]
  readonly random: Rng
  /** Absent when a recipe is replayed. */
  readonly budget: Budget | undefined
  readonly size: JobSize
}

async function climbLadder(stage: Stage): Promise<Ladder> {
  const { options, data, metric, folds, random, budget, size } = stage
  const candidates = options.replay?.candidates ?? portfolio(problemOf(data.train), stage.settings.time)
  const ladder = await climb(data.train, {
    candidates,
    folds,
    metric,
    rng: random.split('ladder'),
    threads: options.threads,
    signal: options.signal,
    onEvent: options.onEvent,
    secondsLeft:
      budget === undefined ? undefined : (rungs) => budget.left() - secondsAfterLadder(budget, rungs, size),
  })
  if (ladder.rungs.length === 0) {
    throw new TimeBudgetError(
      `The time of ${stage.settings.time} s ended before any model was fitted. Give more time (--time).`,
      { seconds: stage.settings.time },
    )
  }
  if (ladder.rungs.every(({ score }) => Number.isNaN(score))) {
    throw new DataError(
      `${metric.label} has no meaning on the rows that models are compared on, as they are of too few classes. Give more rows of the rare class, or another metric (--metric).`,
      { column: stage.settings.target },
    )
  }
  return ladder
}

async function phase<T>({ onEvent, signal }: WorkOptions, name: string, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted()
  const start = now()
  onEvent?.({ type: 'phase-start', phase: name })
  const result = await work()
  onEvent?.({ type: 'phase-end', phase: name, seconds: (now() - start) / 1000 })
  return result
}
