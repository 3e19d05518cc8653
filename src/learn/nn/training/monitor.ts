// By which score of validation the best parameters are chosen, and training stops early.
import { InvalidOptionError, nameOf, quote } from '../../../base/index.js'
import type { Scores } from '../checkpoints/index.js'
import { metricNamed, type NetworkMetrics } from './metric-scores.js'

/** The name of a score, or, for a score of a function, whether more is better. */
export type Monitor = string | { readonly score: string; readonly mode: 'max' | 'min' }

/**
 * What scores cost: less is better.
 *
 * @param classes - outputs for each target: 1 for numbers and for one logit
 * @throws {@link InvalidOptionError} for a score that there is not, or of which nobody knows whether more is better
 */
export function costOf(
  { metrics = [], monitor = 'loss' }: { readonly metrics?: NetworkMetrics; readonly monitor?: Monitor },
  classes: number,
): (scores: Scores) => number {
  const { score, mode } = typeof monitor === 'string' ? { score: monitor, mode: undefined } : monitor
  const named: Readonly<Record<string, unknown>> = Array.isArray(metrics)
    ? Object.fromEntries((metrics as readonly string[]).map((name) => [name, name]))
    : (metrics as object as Readonly<Record<string, unknown>>)
  const names = ['loss', ...Object.keys(named)]
  if (!names.includes(score)) {
    throw new InvalidOptionError(
      `fitNetwork: option 'monitor' must be one of ${names.map(quote).join(', ')}; received ${quote(score)}. Other scores are named by metrics.`,
      { option: 'monitor', expected: names, received: score },
    )
  }
  const sign = signOf(score, { mode, metric: named[score], classes })
  return (scores) => sign * scores[score]!
}

function signOf(
  score: string,
  { mode, metric, classes }: { mode: unknown; metric: unknown; classes: number },
): 1 | -1 {
  if (mode === 'max' || mode === 'min') return mode === 'max' ? -1 : 1
  if (mode !== undefined)
    throw new InvalidOptionError(
      `fitNetwork: mode of option 'monitor' must be 'max' or 'min'; received ${nameOf(mode)}.`,
      { option: 'monitor', expected: ['max', 'min'], received: mode },
    )
  if (score === 'loss') return 1
  if (typeof metric === 'string') return metricNamed(metric, classes).greaterIsBetter ? -1 : 1
  throw new InvalidOptionError(
    `fitNetwork: '${score}' of option 'monitor' is a score of a function, of which it is not known whether more is better. Give { score: '${score}', mode: 'max' } or 'min'.`,
    { option: 'monitor', expected: { score, mode: "'max' or 'min'" }, received: score },
  )
}
