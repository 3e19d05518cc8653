// How often rows are drawn again for intervals, so that judging takes seconds with hundreds of classes too. Counted from
// the data, not by the clock: a replay draws as often.
import type { Metric } from '../../metrics/index.js'

/** What a resample costs. */
export interface ResampleWork {
  readonly rows: number
  /** 0 for values. */
  readonly classes: number
}

/**
 * Nanoseconds to score one resample. Measured on 1,200 to 200,000 rows and 2 to 300 classes: areas pass over each
 * probability, measures of labels over a table of classes by classes, means over the rows.
 */
export function scoringNanoseconds(metric: Metric, { rows, classes }: ResampleWork): number {
  if (metric.perRow !== undefined) return 2 * rows
  if (metric.needs === 'probabilities') return 6 * rows * classes
  return metric.needs === 'labels' ? 2 * rows + 10 * classes ** 2 : 10 * rows
}

// A person waits that long for intervals without asking what goes on.
const budgetNanoseconds = 3e9
/** The ends of a 95 % interval then rest on two or three resamples each: its width is still seen. */
const fewest = 100

/** Resamples for scoring all these metrics within three seconds, about; at most the number asked for. */
export function affordableResamples(metrics: readonly Metric[], work: ResampleWork, most: number): number {
  const once = metrics.reduce((sum, metric) => sum + scoringNanoseconds(metric, work), 0)
  return Math.min(most, Math.max(fewest, Math.floor(budgetNanoseconds / once)))
}
