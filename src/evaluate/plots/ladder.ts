// The ladder of models: what each step scores on the same folds.
import { type IntervalRow, intervalPlot } from './intervals.js'
import { brief, type PlotSpec } from './spec.js'

/** One model of the ladder. */
export interface LadderRow {
  readonly name: string
  /** Mean score over the folds, with its interval. */
  readonly score: number
  readonly low: number
  readonly high: number
  readonly isBaseline: boolean
  readonly isChosen: boolean
}

/** @param metric - the name of the score, for the axis */
export function ladderPlot(rows: readonly LadderRow[], metric: string): PlotSpec {
  const baseline = rows.find((row) => row.isBaseline)
  const domain = closeDomain(rows, baseline)
  const isClose = domain !== undefined && baseline !== undefined
  const chosen = rows.find((row) => row.isChosen)
  return intervalPlot(
    rows.map(({ name, score, low, high, isChosen, isBaseline }): IntervalRow => ({
      label: isBaseline ? `${name} (baseline)` : name,
      value: score,
      low,
      high,
      tone: isChosen ? 'accent' : 'neutral',
      beyond: isBaseline && isClose ? (score < domain[0] ? 'low' : 'high') : undefined,
    })),
    {
      title: `${metric}, validation`,
      description: `Validation ${metric} of ${rows.length} models with intervals${chosen === undefined ? '' : `; ${chosen.name} is marked`}. The baseline is ${baseline === undefined ? 'unknown' : brief(baseline.score)}.`,
      reference: isClose ? undefined : baseline?.score,
      domain,
    },
  )
}

/** A scale without the baseline, where it is so far off that the models would stand on one spot. */
function closeDomain(
  rows: readonly LadderRow[],
  baseline: LadderRow | undefined,
): [number, number] | undefined {
  const models = rows.filter((row) => !row.isBaseline)
  if (baseline === undefined || models.length < 2) return undefined
  const low = Math.min(...models.map((row) => row.low))
  const high = Math.max(...models.map((row) => row.high))
  const distance = Math.max(low - baseline.score, baseline.score - high)
  // Farther off than twice their range: the models would share a third of the plot.
  return distance > 2 * (high - low) ? [low, high] : undefined
}
