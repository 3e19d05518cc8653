// The time budget: the only place of a training job that looks at the clock, and only to decide what is tried.
import { cpuNow, now } from '../../base/index.js'
import { affordableResamples, scoringNanoseconds } from '../../evaluate/validation/index.js'
import { metricsFor } from '../../metrics/index.js'
import { lastFitOverFold, type Rung } from '../../tune/ladder/index.js'
import { usualResamples } from './judge.js'

export interface Budget {
  readonly total: number
  elapsed(): number
  left(): number
  /** Marks where work that only computes begins: from here on pace is measured. */
  computing(): void
  /** Wall-clock seconds for a second of computing: 1 on a calm machine, more where others use it too. */
  pace(): number
}

/** Starts the clock. */
export function startBudget(seconds: number, start = now()): Budget {
  const elapsed = (): number => (now() - start) / 1000
  let mark = { wall: now(), cpu: cpuNow() }
  return {
    total: seconds,
    elapsed,
    left: () => seconds - elapsed(),
    computing() {
      mark = { wall: now(), cpu: cpuNow() }
    },
    pace() {
      const wall = now() - mark.wall
      const cpu = cpuNow() - mark.cpu
      // Below a tenth of a second the measure is chance. Several threads make it less than one.
      return wall < 100 || cpu <= 0 ? 1 : Math.max(1, wall / cpu)
    },
  }
}

/** What decides how long the end of a job takes. */
export interface JobSize {
  readonly rows: number
  readonly columns: number
  readonly testRows: number
  /** 0 for values. */
  readonly classes: number
}

/**
 * Seconds of computing for judgement, report and bundle. Measured: 1.3 s on 120 × 6 cells, 2.1 s on 7,000 × 21, 9 s on
 * a million × 11 with 200,000 rows to judge. Plots and code that is not warm yet are the first part; the profile grows with the cells; intervals
 * with the rows that are judged, until there are fewer resamples of more rows.
 */
export const closingSeconds = ({ rows, columns, testRows }: JobSize): number =>
  1.4 + 3.5e-7 * rows * columns + Math.min(8, 2e-5 * testRows)

/**
 * Seconds of computing for the intervals of several classes, which closing does not count. Drawing rows again for all
 * measures of them is what judging costs then.
 */
export function judgingSeconds({ testRows: rows, classes }: JobSize): number {
  if (classes <= 2) return 0
  const work = { rows, classes }
  const metrics = metricsFor('multiclass')
  const once = metrics.reduce((sum, metric) => sum + scoringNanoseconds(metric, work), 0)
  return affordableResamples(metrics, work, usualResamples) * once * 1e-9
}

/** Seconds that the rest of the job will take once the ladder is climbed: choice, last fit, judging, report. */
export function secondsAfterLadder(budget: Budget, rungs: readonly Rung[], size: JobSize): number {
  // The constant costs nothing and answers whatever else happens.
  if (rungs.length === 0) return 0
  // An average is fitted member by member; all rungs may be in it.
  const total = (pick: (rung: Rung) => number): number => rungs.reduce((sum, rung) => sum + pick(rung), 0)
  const lastFit = lastFitOverFold * total((rung) => rung.fitSeconds)
  const prediction = total((rung) => rung.predictSecondsPer1000)
  const judged = (size.testRows / 1000) * prediction * 2
  // Importance is left out when time is short: a tenth of the budget is kept for it, no more.
  const importance = size.columns * importanceRepeats * importanceThousands * prediction
  // Choosing resamples the rows (40 ns a row and draw, 400 draws for each of four kinds); a tenth is for surprises.
  const computing = closingSeconds(size) + 0.3 + 6.4e-5 * Math.min(size.rows, rowsOfFullDraws)
  const intervals = judgingSeconds(size) * budget.pace()
  return (
    lastFit + judged + intervals + Math.min(importance, budget.total / 10) + computing * budget.pace() * 1.1
  )
}

// Above so many rows fewer draws are made, so that the work stays the same.
const rowsOfFullDraws = 125_000

/** Shuffles of each column; three already show the spread. */
export const importanceRepeats = 3
/** Thousands of rows that importance is measured on. */
export const importanceThousands = 2
