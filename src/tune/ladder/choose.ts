// Which rung is the answer: the best one, unless a simpler one is as good as far as these data can tell.
import type { WorkOptions } from '../../base/index.js'
import type { Metric, PairedComparison } from '../../metrics/index.js'
import type { Ladder } from './climb.js'
import { compareScores } from './compare.js'
import { bestRung, complexity, type Rung } from './rung.js'

/** The verdict on a ladder. */
export interface Choice {
  /** The best score. */
  readonly best: Rung
  /** The simplest rung that the data cannot tell from the best; the best itself when there is none. */
  readonly chosen: Rung
  /** What the best gains over the chosen one, when they differ. */
  readonly comparison?: PairedComparison | undefined
}

/** Prefers the simplest kind of model whose difference to the best is within noise (95 %, paired bootstrap on rows). */
export async function choose(ladder: Ladder, metric: Metric, options: WorkOptions = {}): Promise<Choice> {
  const best = bestRung(ladder.rungs, metric)
  const simpler = ladder.rungs
    .filter((rung) => complexity(rung) < complexity(best))
    .toSorted(
      (a, b) =>
        complexity(a) - complexity(b) || (metric.greaterIsBetter ? b.score - a.score : a.score - b.score),
    )
  // Where the best of a kind is told apart from the best of all, its other settings need no look.
  const bestOfKinds = simpler.filter((rung, i) => i === 0 || complexity(rung) > complexity(simpler[i - 1]!))
  for (const rung of bestOfKinds) {
    const { target } = ladder
    const comparison = await compareScores(best.scores, rung.scores, {
      target,
      metric,
      signal: options.signal,
    })
    if (comparison.withinNoise) return { best, chosen: rung, comparison }
  }
  return { best, chosen: best }
}
