// A rung that was climbed, and how rungs compare.
import type { Metric, PairedComparison } from '../../metrics/index.js'
import type { CoreModel } from '../../learn/contracts/index.js'
import { rungKinds, type Candidate } from './candidate.js'

/** A candidate with what cross-validation found. */
export interface Rung {
  readonly candidate: Candidate
  /** Out-of-fold scores on the rows that folds test, row-major. */
  readonly scores: Float64Array
  readonly models: readonly CoreModel[]
  /** The metric over all out-of-fold rows. */
  readonly score: number
  /** Mean over folds of the metric on the rows learned from. */
  readonly trainScore: number
  readonly foldScores: readonly number[]
  readonly fitSeconds: number
  readonly predictSecondsPer1000: number
  /** Seconds that climbing it took, over all folds; 0 for the average. */
  readonly seconds: number
  readonly folds: number
  /** Against the best simpler rung before it; undefined for the first. */
  readonly step?: { readonly against: string; readonly comparison: PairedComparison } | undefined
  /** For the average: what it is made of. */
  readonly weights?: Readonly<Record<string, number>> | undefined
}

/** True when the first score is better. */
export const isBetter = (metric: Metric, a: number, b: number): boolean =>
  metric.greaterIsBetter ? a > b : a < b

/** The rung with the best score; the earlier wins a tie. */
export function bestRung(rungs: readonly Rung[], metric: Metric): Rung {
  return rungs.reduce((best, rung) => (isBetter(metric, rung.score, best.score) ? rung : best))
}

/** How complex a rung is: by kind, and within a kind by its place on the ladder. */
export const complexity = (rung: Rung): number => rungKinds.indexOf(rung.candidate.kind)
