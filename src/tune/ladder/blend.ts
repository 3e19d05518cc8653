// A small average of the best: greedy selection with replacement on out-of-fold predictions.
import type { Metric } from '../../metrics/index.js'
import { type Actual } from '../../metrics/index.js'
import { predictedOf } from '../../evaluate/validation/index.js'

/** Scores of one member on the rows that all members predict. */
export interface BlendMember {
  readonly name: string
  readonly scores: Float64Array
}

export interface BlendOptions {
  readonly actual: Actual
  /** Classes; 0 for values. */
  readonly k: number
  readonly metric: Metric
  readonly sampleWeight?: Float64Array | undefined
  /** Picks, with repetition; the weight of a member is its share of them. @default 20 */
  readonly picks?: number
}

export interface Blend {
  /** By name; they sum to 1. */
  readonly weights: Readonly<Record<string, number>>
  readonly scores: Float64Array
  readonly score: number
}

/**
 * Ensemble selection: starting from the best member, adds (with replacement) whichever member most improves the mean
 * prediction; the best prefix wins.
 *
 * @see Caruana, Niculescu-Mizil, Crew & Ksikes 2004, doi:10.1145/1015330.1015432
 */
export function blend(members: readonly BlendMember[], options: BlendOptions): Blend {
  const { picks = 20, metric } = options
  const scoreOf = (scores: Float64Array): number =>
    metric.score(options.actual, predictedOf(scores, options.k), options.sampleWeight)
  const better = (a: number, b: number): boolean => (metric.greaterIsBetter ? a > b : a < b)
  const sum = new Float64Array(members[0]!.scores.length)
  const chosen: BlendMember[] = []
  let best: { count: number; score: number } = {
    count: 0,
    score: metric.greaterIsBetter ? -Infinity : Infinity,
  }
  for (let pick = 0; pick < picks; pick++) {
    const { member, score } = bestAddition({ members, sum, count: chosen.length }, scoreOf, better)
    chosen.push(member)
    for (let i = 0; i < sum.length; i++) sum[i]! += member.scores[i]!
    if (better(score, best.score)) best = { count: pick + 1, score }
  }
  return { ...meanOf(chosen.slice(0, best.count)), score: best.score }
}

function bestAddition(
  state: { readonly members: readonly BlendMember[]; readonly sum: Float64Array; readonly count: number },
  scoreOf: (scores: Float64Array) => number,
  better: (a: number, b: number) => boolean,
): { member: BlendMember; score: number } {
  const trial = new Float64Array(state.sum.length)
  let best: { member: BlendMember; score: number } | undefined
  for (const member of state.members) {
    for (let i = 0; i < trial.length; i++) trial[i] = (state.sum[i]! + member.scores[i]!) / (state.count + 1)
    const score = scoreOf(trial)
    if (best === undefined || better(score, best.score)) best = { member, score }
  }
  return best!
}

function meanOf(chosen: readonly BlendMember[]): Pick<Blend, 'weights' | 'scores'> {
  const weights: Record<string, number> = {}
  const scores = new Float64Array(chosen[0]!.scores.length)
  for (const member of chosen) {
    weights[member.name] = (weights[member.name] ?? 0) + 1 / chosen.length
    for (let i = 0; i < scores.length; i++) scores[i]! += member.scores[i]! / chosen.length
  }
  return { weights, scores }
}
