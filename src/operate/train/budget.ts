// The time budget: the only place of a training job that looks at the clock, and only to decide what is tried.
import { now } from '../../base/index.js'
import type { Rung } from '../../tune/ladder/index.js'

export interface Budget {
  readonly total: number
  elapsed(): number
  left(): number
}

/** Starts the clock. */
export function startBudget(seconds: number, start = now()): Budget {
  const elapsed = (): number => (now() - start) / 1000
  return { total: seconds, elapsed, left: () => seconds - elapsed() }
}

/** Judging, plots and writing take about two seconds on small data (measured on two cores); a tenth is for surprises. */
const closingSeconds = 2

/** Seconds that the rest of the job will take once the ladder is climbed: the last fit, judging, importance, report. */
export function secondsAfterLadder(
  rungs: readonly Rung[],
  given: { readonly columns: number; readonly rows: number },
): number {
  const slowest = Math.max(0, ...rungs.map((rung) => rung.fitSeconds))
  const slowestPrediction = Math.max(0, ...rungs.map((rung) => rung.predictSecondsPer1000))
  // The last fit sees all folds' rows, a quarter more than each fold did with five folds.
  const lastFit = 1.4 * slowest
  const judged = (given.rows / 1000) * slowestPrediction * 2
  const importance = given.columns * importanceRepeats * importanceThousands * slowestPrediction
  return closingSeconds + lastFit + judged + Math.min(importance, 5)
}

/** Shuffles of each column; three already show the spread. */
export const importanceRepeats = 3
/** Thousands of rows that importance is measured on. */
export const importanceThousands = 2
