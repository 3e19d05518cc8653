// A small average of the best: greedy selection with replacement on out-of-fold predictions.
import type { Actual, Metric } from '../../metrics/index.js'
import { evenRows, predictedOf, takeScores } from '../../evaluate/validation/index.js'

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
 * prediction; the best prefix wins. Above 20,000 rows members are picked on a sample of them, evenly spaced.
 *
 * Cost: picks · members scorings.
 *
 * @see Caruana, Niculescu-Mizil, Crew & Ksikes 2004, doi:10.1145/1015330.1015432
 */
export function blend(members: readonly BlendMember[], options: BlendOptions): Blend {
  const sampled = sample(members, options)
  const picked = pickMembers(sampled.members, sampled.options).map((at) => members[at]!)
  const { weights, scores } = meanOf(picked)
  return { weights, scores, score: scorer(options)(scores) }
}

type Scorer = (scores: Float64Array) => number

const scorer =
  ({ metric, actual, k, sampleWeight }: BlendOptions): Scorer =>
  (scores) =>
    metric.score(actual, predictedOf(scores, k), sampleWeight)

/** Positions of the members picked, with repetition. */
function pickMembers(members: readonly BlendMember[], options: BlendOptions): number[] {
  const { picks = 20, metric } = options
  const scoreOf = scorer(options)
  const better = (a: number, b: number): boolean => (metric.greaterIsBetter ? a > b : a < b)
  const sum = new Float64Array(members[0]!.scores.length)
  const chosen: number[] = []
  let best: { count: number; score: number } | undefined
  for (let pick = 0; pick < picks; pick++) {
    const { at, score } = bestAddition({ members, sum, count: chosen.length }, scoreOf, better)
    chosen.push(at)
    const { scores } = members[at]!
    for (let i = 0; i < sum.length; i++) sum[i]! += scores[i]!
    if (best === undefined || better(score, best.score)) best = { count: pick + 1, score }
  }
  return chosen.slice(0, best?.count)
}

// Twenty picks among a dozen members are 240 scorings, of which each sorts the rows for ROC-AUC: three seconds at 20,000.
const mostRows = 20_000

/** Evenly spaced rows of members and truth; all of them where the metric has no meaning on the sample. */
function sample(
  members: readonly BlendMember[],
  options: BlendOptions,
): { readonly members: readonly BlendMember[]; readonly options: BlendOptions } {
  const { actual, sampleWeight } = options
  const width = Math.max(1, options.k)
  const rows = members[0]!.scores.length / width
  if (rows <= mostRows) return { members, options }
  const taken = evenRows(rows, mostRows)
  const numbers = (values: ArrayLike<number>): Float64Array => Float64Array.from(taken, (row) => values[row]!)
  const fewer: BlendOptions = {
    ...options,
    actual:
      actual.kind === 'values'
        ? { ...actual, values: numbers(actual.values) }
        : { ...actual, codes: Int32Array.from(taken, (row) => actual.codes[row]!) },
    sampleWeight: sampleWeight === undefined ? undefined : numbers(sampleWeight),
  }
  const parts = members.map(({ name, scores }) => ({ name, scores: takeScores(scores, taken, width) }))
  const meaningful = Number.isFinite(scorer(fewer)(parts[0]!.scores))
  return meaningful ? { members: parts, options: fewer } : { members, options }
}

function bestAddition(
  state: { readonly members: readonly BlendMember[]; readonly sum: Float64Array; readonly count: number },
  scoreOf: Scorer,
  better: (a: number, b: number) => boolean,
): { at: number; score: number } {
  const trial = new Float64Array(state.sum.length)
  let best: { at: number; score: number } | undefined
  state.members.forEach(({ scores }, at) => {
    for (let i = 0; i < trial.length; i++) trial[i] = (state.sum[i]! + scores[i]!) / (state.count + 1)
    const score = scoreOf(trial)
    if (best === undefined || better(score, best.score)) best = { at, score }
  })
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
