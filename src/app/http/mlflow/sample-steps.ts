// Which steps of several curves are shown together: MLflow's rule, by which the same steps are taken of all of them.
import type { HistoryPoint } from '../../../operate/store/index.js'

export interface StepSample {
  /** About so many steps. */
  readonly points: number
  /** Only these and those between. */
  readonly steps: readonly [number, number] | undefined
}

/** Every n-th of all steps, the last one, and the first and the last of each curve, with all points at them. */
export function sampleSteps(
  histories: readonly (readonly HistoryPoint[])[],
  { points, steps: [start, end] = [-Infinity, Infinity] }: StepSample,
): HistoryPoint[][] {
  const within = histories.map((history) => history.filter(({ step }) => start <= step && step <= end))
  const all = [...new Set(within.flatMap((history) => history.map(({ step }) => step)))].sort((a, b) => a - b)
  const interval = Math.ceil(all.length / points)
  const kept = new Set(all.filter((_, i) => i % interval === 0 || i === all.length - 1))
  for (const history of histories) {
    // In order of their steps.
    for (const ends of [history[0], history.at(-1)]) if (ends !== undefined) kept.add(ends.step)
  }
  return within.map((history) => history.filter(({ step }) => kept.has(step)))
}
