// Climbing the ladder: each candidate on the same folds, in order, while there is time.
import { now, type Rng, type WorkOptions } from '../../base/index.js'
import {
  actualOf,
  classCount,
  type Fold,
  type LearningData,
  outOfFold,
  predictedOf,
  takeScores,
} from '../../evaluate/validation/index.js'
import { createFromRecipe } from '../../learn/catalogue.js'
import { type CoreEstimator, takeTarget, type Target } from '../../learn/contracts/index.js'
import type { Metric } from '../../metrics/index.js'
import { blend } from './blend.js'
import type { Candidate } from './candidate.js'
import { compareScores } from './compare.js'
import { bestRung, complexity, isBetter, type Rung } from './rung.js'
import { abortAfter, allowedShare, isWorthStarting, shareOfFolds } from './time-share.js'

export interface ClimbOptions extends WorkOptions {
  readonly candidates: readonly Candidate[]
  readonly folds: readonly Fold[]
  readonly metric: Metric
  readonly rng: Rng
  readonly threads?: number | undefined
  /** Seconds left for candidates; asked before and during each. Absent when a recipe is replayed: no clock then. */
  readonly secondsLeft?: ((rungs: readonly Rung[]) => number) | undefined
}

/** The ladder as climbed. */
export interface Ladder {
  readonly rungs: readonly Rung[]
  /** Candidates that there was no time for, or that failed, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
  /** Rows that folds test, in order; all of them in k-fold. */
  readonly rows: Int32Array
  readonly target: Target
}

/** Fits all candidates on all folds, then averages the best of them. */
export async function climb(data: LearningData, options: ClimbOptions): Promise<Ladder> {
  const rows = Int32Array.from(options.folds.flatMap((fold) => Array.from(fold.test))).sort()
  const ground: Ground = { data, rows, target: takeTarget(data.target, rows), options }
  const rungs: Rung[] = []
  const skipped: { name: string; reason: string }[] = []
  for (const candidate of options.candidates) {
    const outcome = await tryCandidate(ground, candidate, rungs)
    if ('reason' in outcome) skipped.push({ name: candidate.name, reason: outcome.reason })
    else rungs.push(outcome)
  }
  const average = await averageOf(ground, rungs)
  return { rungs: average === undefined ? rungs : [...rungs, average], skipped, rows, target: ground.target }
}

interface Ground {
  readonly data: LearningData
  readonly rows: Int32Array
  readonly target: Target
  readonly options: ClimbOptions
}

type Outcome = Rung | { readonly reason: string }

async function tryCandidate(ground: Ground, candidate: Candidate, rungs: readonly Rung[]): Promise<Outcome> {
  const { options } = ground
  const left = options.secondsLeft?.(rungs) ?? Infinity
  const folds = options.folds.length
  const allowed = left * allowedShare(candidate, rungs) * shareOfFolds(folds)
  if (!isWorthStarting(candidate, rungs, { allowed, folds })) return { reason: 'no time left' }
  const timeUp = new AbortController()
  const limit = abortAfter(left * shareOfFolds(folds), allowed)
  const timer = Number.isFinite(limit) ? setTimeout(() => timeUp.abort(), limit * 1000) : undefined
  const start = now()
  options.onEvent?.({ type: 'model-start', name: candidate.name })
  try {
    const signal =
      options.signal === undefined ? timeUp.signal : AbortSignal.any([options.signal, timeUp.signal])
    const rung = await climbOne(ground, candidate, { rungs, signal })
    options.onEvent?.({
      type: 'model-end',
      name: candidate.name,
      score: rung.score,
      seconds: (now() - start) / 1000,
    })
    return rung
  } catch (error) {
    options.signal?.throwIfAborted()
    if (timeUp.signal.aborted) return { reason: 'stopped: no time left' }
    // A candidate that cannot learn from these data is not the end of the ladder; the first one failing is.
    if (rungs.length === 0) throw error
    const reason = error instanceof Error ? error.message : String(error)
    options.onEvent?.({ type: 'warning', code: 'candidate-failed', message: `${candidate.name}: ${reason}` })
    return { reason }
  } finally {
    clearTimeout(timer)
  }
}

async function climbOne(
  ground: Ground,
  candidate: Candidate,
  given: { readonly rungs: readonly Rung[]; readonly signal: AbortSignal },
): Promise<Rung> {
  const { data, rows, options } = ground
  const start = now()
  const estimator = (await createFromRecipe(candidate.recipe)) as CoreEstimator
  const result = await outOfFold(estimator, data, {
    folds: options.folds,
    metric: options.metric,
    rng: options.rng.split(candidate.name),
    threads: options.threads,
    signal: given.signal,
    onEvent: options.onEvent,
  })
  const scores = takeScores(result.scores, rows, Math.max(1, classCount(data.target)))
  const score = scoreOf(ground, scores)
  const rung = {
    candidate,
    scores,
    models: result.models,
    score,
    trainScore: mean(result.trainScores),
    foldScores: result.foldScores,
    fitSeconds: result.fitSeconds,
    predictSecondsPer1000: result.predictSecondsPer1000,
    seconds: (now() - start) / 1000,
    folds: options.folds.length,
  }
  return { ...rung, step: await stepOf(ground, rung, given.rungs) }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const weightsOf = ({ data, rows }: Ground): Float64Array | undefined => {
  const { sampleWeight } = data
  return sampleWeight === undefined ? undefined : Float64Array.from(rows, (row) => sampleWeight[row]!)
}

const scoreOf = (ground: Ground, scores: Float64Array): number =>
  ground.options.metric.score(
    actualOf(ground.target),
    predictedOf(scores, classCount(ground.target)),
    weightsOf(ground),
  )

/** What this rung buys over the best one before it, by a paired bootstrap on the same rows. */
async function stepOf(
  ground: Ground,
  rung: Pick<Rung, 'scores'>,
  before: readonly Rung[],
): Promise<Rung['step']> {
  if (before.length === 0) return undefined
  const { metric, signal } = ground.options
  const best = bestRung(before, metric)
  const { target } = ground
  const comparison = await compareScores(rung.scores, best.scores, { target, metric, signal })
  return { against: best.candidate.name, comparison }
}

/** The average of the rungs above the constant, if it is better than the best of them and has more than one member. */
async function averageOf(ground: Ground, rungs: readonly Rung[]): Promise<Rung | undefined> {
  const { metric } = ground.options
  const members = rungs.filter((rung) => complexity(rung) > 0)
  if (members.length < 2) return undefined
  const found = blend(
    members.map(({ candidate, scores }) => ({ name: candidate.name, scores })),
    {
      actual: actualOf(ground.target),
      k: classCount(ground.target),
      metric,
      sampleWeight: weightsOf(ground),
    },
  )
  const names = Object.keys(found.weights)
  if (names.length < 2 || !isBetter(metric, found.score, bestRung(members, metric).score)) return undefined
  const used = members.filter((rung) => names.includes(rung.candidate.name))
  const sum = (pick: (rung: Rung) => number): number => used.reduce((total, rung) => total + pick(rung), 0)
  const rung: Omit<Rung, 'step'> = {
    candidate: {
      name: 'average',
      kind: 'average',
      about: `the mean of ${names.join(', ')}`,
      recipe: {
        kind: 'voting',
        options: {
          estimators: used.map((member) => member.candidate.recipe),
          weights: used.map((member) => found.weights[member.candidate.name]!),
        },
      },
      cost: 0,
    },
    scores: found.scores,
    models: [],
    score: found.score,
    trainScore: sum((member) => member.trainScore * found.weights[member.candidate.name]!),
    foldScores: [],
    fitSeconds: sum((member) => member.fitSeconds),
    predictSecondsPer1000: sum((member) => member.predictSecondsPer1000),
    seconds: 0,
    folds: ground.options.folds.length,
    weights: found.weights,
  }
  return { ...rung, step: await stepOf(ground, rung, rungs) }
}
