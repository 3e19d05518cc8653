// The main job: from data to a judged model, its report and its bundle. Each step is a file beside this one.
import { DataError, now, type Rng, rng, TimeBudgetError, type WorkOptions } from '../../base/index.js'
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
} from '../../tune/ladder/index.js'
import { type Budget, type JobSize, secondsAfterLadder, startBudget } from './budget.js'
import { type Decision, decideThreshold, isImbalanced, rarestShare } from './decide.js'
import { divideFolds } from './divide.js'
import { explainModel } from './explain-model.js'
import { type Judgement, judge } from './judge.js'
import { prepareData, type PreparedData } from './prepare-data.js'
import type { TrainRecipe } from './recipe.js'
import { type JobOptions, settingsOf, type TrainSettings } from './train-options.js'
import type { TrainResult, TrainWarning } from './train-result.js'
import { resultOf } from './result-of.js'
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
  const job = await runJob(options)
  const core = job.model
  const { seed } = job.settings
  const { threshold } = job.decision
  const model =
    core.predicts === 'classes' ? classifierModel(core, { threshold, seed }) : regressorModel(core, { seed })
  const places = options.out === undefined ? undefined : await writeResults(job, options.out, options)
  return { result: resultOf(job, places), model }
}

async function runJob(options: JobOptions): Promise<FinishedJob> {
  const start = now()
  const settings = settingsOf(options)
  const budget = options.replay === undefined ? startBudget(settings.time, start) : undefined
  const random = rng(settings.seed).split('train')
  const data = await phase(options, 'read', () => prepareData(options, settings))
  const metric = settings.metric === null ? defaultMetric(data.task) : findMetric(settings.metric, data.task)
  const { folds, warnings: foldWarnings } = divideFolds(data.train, {
    ...data.rules,
    leftOut: data.dropped,
  })
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
  const model = await phase(options, 'fit', () => finish(ladder, kept, { data: data.train, options: work }))
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
  return {
    settings,
    data,
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
    recipe: {
      version: 1,
      settings,
      candidates: ladder.rungs.filter((rung) => rung.weights === undefined).map((rung) => rung.candidate),
      learningCurve: explained.learningCurve !== undefined,
      importance: explained.importance !== undefined,
      dataHash: data.hash,
    },
    warnings: [
      ...data.warnings,
      ...foldWarnings.map(({ code, message }) => ({ code, column: null, message })),
      ...ownWarnings(stage, ladder),
      ...judgeWarnings(judgement, data),
      ...explained.notes,
    ],
    elapsed: () => (now() - start) / 1000,
  }
}

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
      `${metric.label} has no meaning on the rows that models are compared on, as they are of too few classes. Give more rows of the rare class, or another --metric.`,
      { column: stage.settings.target },
    )
  }
  return ladder
}

function ownWarnings({ data, options }: Stage, ladder: Ladder): TrainWarning[] {
  const { replay } = options
  const warnings: TrainWarning[] = []
  if (replay !== undefined && replay.dataHash !== data.hash) {
    warnings.push({
      code: 'data-changed',
      column: null,
      message: 'The data are not those of the recipe: the model differs from the one that it was made for.',
    })
  }
  const failed = ladder.skipped
    .filter(({ reason }) => !reason.includes('no time left'))
    .map(({ name, reason }) => ({ code: 'candidate-failed', column: null, message: `${name}: ${reason}` }))
  warnings.push(...failed)
  const late = ladder.skipped.filter(({ reason }) => reason.includes('no time left')).map(({ name }) => name)
  if (late.length > 0) {
    warnings.push({
      code: 'time-ended',
      column: null,
      message: `Not tried or not finished for want of time: ${late.join(', ')}.`,
    })
  }
  if (isImbalanced(data.train.target)) {
    const percent = Math.round(rarestShare(data.train.target) * 1000) / 10
    warnings.push({
      code: 'imbalance',
      column: null,
      message: `The rarest class has ${percent} % of the rows. Accuracy says little here; look at precision, recall and PR-AUC.`,
    })
  }
  return warnings
}

function judgeWarnings({ deciding }: Judgement, { test }: PreparedData): TrainWarning[] {
  if (!Number.isNaN(deciding.score)) return []
  const { label, name } = deciding.metric
  return [
    {
      code: 'metric-undefined',
      column: null,
      message: `${label} decided among the models, but has no meaning on the ${test.x.rowCount} rows set aside: they are of too few classes. There is no score by ${name}; give more rows of the rare class.`,
    },
  ]
}

async function phase<T>({ onEvent, signal }: WorkOptions, name: string, work: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted()
  const start = now()
  onEvent?.({ type: 'phase-start', phase: name })
  const result = await work()
  onEvent?.({ type: 'phase-end', phase: name, seconds: (now() - start) / 1000 })
  return result
}
