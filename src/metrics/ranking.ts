// Core of all metrics on scores of one class: sort once, then every curve is a walk from the highest score down.
import { descendingOrder } from './order.js'

/** Rows from the highest score to the lowest. */
export interface Ranking {
  /** Row numbers, length n. */
  readonly order: Uint32Array
  /** 1 where the next score is lower, so that tied rows are taken together. */
  readonly endsTie: Uint8Array
  /** 1 where the row at that rank is positive. */
  readonly positive: Uint8Array
}

/** @param isPositive - by row, length n */
export function rankRows(scores: Float64Array, isPositive: Uint8Array): Ranking {
  const order = descendingOrder(scores)
  const n = order.length
  const endsTie = new Uint8Array(n)
  const positive = new Uint8Array(n)
  let last = Number.NaN
  for (let rank = 0; rank < n; rank++) {
    const row = order[rank]!
    positive[rank] = isPositive[row]!
    if (rank > 0 && scores[row] !== last) endsTie[rank - 1] = 1
    last = scores[row]!
  }
  if (n > 0) endsTie[n - 1] = 1
  return { order, endsTie, positive }
}

/**
 * The chance that a positive row outranks a negative one, ties counting half (the Mann–Whitney statistic).
 * NaN without positives or without negatives.
 */
export function rocAucOf({ order, endsTie, positive }: Ranking, weights: Float64Array): number {
  let truePositives = 0
  let falsePositives = 0
  let tiedPositives = 0
  let tiedNegatives = 0
  let area = 0
  for (let rank = 0; rank < order.length; rank++) {
    const weight = weights[order[rank]!]!
    if (positive[rank] === 1) tiedPositives += weight
    else tiedNegatives += weight
    if (endsTie[rank] === 0) continue
    area += tiedNegatives * (truePositives + tiedPositives / 2)
    truePositives += tiedPositives
    falsePositives += tiedNegatives
    tiedPositives = 0
    tiedNegatives = 0
  }
  return area / (truePositives * falsePositives)
}

/** Σ (Rⱼ − Rⱼ₋₁) Pⱼ over the distinct scores; NaN without positives. */
export function averagePrecisionOf({ order, endsTie, positive }: Ranking, weights: Float64Array): number {
  let hits = 0
  let taken = 0
  let tiedHits = 0
  let tied = 0
  let area = 0
  for (let rank = 0; rank < order.length; rank++) {
    const weight = weights[order[rank]!]!
    tied += weight
    if (positive[rank] === 1) tiedHits += weight
    if (endsTie[rank] === 0) continue
    hits += tiedHits
    taken += tied
    if (tiedHits > 0) area += (tiedHits * hits) / taken
    tiedHits = 0
    tied = 0
  }
  return area / hits
}

/** Counts when the threshold stands at each distinct score, from the highest down. */
export interface Sweep {
  /** Distinct scores, falling. */
  readonly thresholds: Float64Array
  /** Weight of positive rows at or above the threshold. */
  readonly truePositives: Float64Array
  /** Weight of negative rows at or above the threshold. */
  readonly falsePositives: Float64Array
}

/** Rows of weight 0 set no threshold. */
export function sweepThresholds(ranking: Ranking, scores: Float64Array, weights: Float64Array): Sweep {
  const { order, endsTie, positive } = ranking
  const thresholds: number[] = []
  const truePositives: number[] = []
  const falsePositives: number[] = []
  let hits = 0
  let alarms = 0
  let tied = 0
  for (let rank = 0; rank < order.length; rank++) {
    const weight = weights[order[rank]!]!
    tied += weight
    if (positive[rank] === 1) hits += weight
    else alarms += weight
    if (endsTie[rank] === 0) continue
    if (tied > 0) {
      thresholds.push(scores[order[rank]!]!)
      truePositives.push(hits)
      falsePositives.push(alarms)
    }
    tied = 0
  }
  return {
    thresholds: Float64Array.from(thresholds),
    truePositives: Float64Array.from(truePositives),
    falsePositives: Float64Array.from(falsePositives),
  }
}
