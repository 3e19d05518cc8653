// Shares of traffic without chance: each version gets its share of any stretch of requests, not only in the long run.
import { InvalidOptionError, quote } from '../../base/index.js'

/** Shares by version. */
export type Weights = Readonly<Record<string, number>>

export interface Traffic {
  readonly weights: Weights
  /** The version for the next request, among those that can answer; undefined when none of them has a weight. */
  next(canAnswer: (version: string) => boolean): string | undefined
}

/**
 * Smooth weighted round robin, as nginx has it: every version gains its weight, the richest is chosen and pays the sum. After n
 * requests each has had its share of n, less or more than one.
 *
 * @throws {@link InvalidOptionError} for a weight that is no number of at least 0, or when all are 0
 */
export function trafficOf(weights: Weights): Traffic {
  const entries = Object.entries(weights)
  const wrong = entries.find(
    ([, weight]) => typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0,
  )
  if (wrong !== undefined) {
    throw new InvalidOptionError(
      `Traffic: the weight of version '${wrong[0]}' must be a number of at least 0; received ${quote(wrong[1])}.`,
      { option: 'weights', expected: 'a number of at least 0', received: wrong[1] },
    )
  }
  if (entries.length > 0 && entries.every(([, weight]) => weight === 0)) {
    throw new InvalidOptionError(
      'Traffic: all weights are 0, so that no version would answer. Give one a weight, or {} for the default version.',
      { option: 'weights', expected: 'a weight above 0', received: weights },
    )
  }
  const sharing = entries.filter(([, weight]) => weight > 0)
  const credit = new Map(sharing.map(([version]) => [version, 0]))
  return {
    weights: Object.freeze({ ...weights }),
    next(canAnswer) {
      let chosen: string | undefined
      let sum = 0
      for (const [version, weight] of sharing) {
        if (!canAnswer(version)) continue
        sum += weight
        const own = credit.get(version)! + weight
        credit.set(version, own)
        if (chosen === undefined || own > credit.get(chosen)!) chosen = version
      }
      if (chosen !== undefined) credit.set(chosen, credit.get(chosen)! - sum)
      return chosen
    },
  }
}
