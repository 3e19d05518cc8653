// Core of all metrics on chosen classes: one pass counts the cells, the scores read the counts.

/** Weighted counts, row by row: counts[a·k + p] rows of class a were predicted as p. */
export type Counts = Float64Array

/** The cell of each row in the k × k matrix. */
export function cellsOf(actual: Int32Array, predicted: Int32Array, nClasses: number): Int32Array {
  const cells = new Int32Array(actual.length)
  for (let i = 0; i < cells.length; i++) cells[i] = actual[i]! * nClasses + predicted[i]!
  return cells
}

/** Weighted counts of cells. */
export function countCells(cells: Int32Array, nClasses: number, weights: Float64Array): Counts {
  const counts = new Float64Array(nClasses * nClasses)
  for (let i = 0; i < cells.length; i++) counts[cells[i]!]! += weights[i]!
  return counts
}

/** Per class: hits, how often it was true, how often it was predicted. */
export interface Margins {
  readonly nClasses: number
  readonly hits: Float64Array
  readonly actual: Float64Array
  readonly predicted: Float64Array
}

export function marginsOf(counts: Counts, nClasses: number): Margins {
  const hits = new Float64Array(nClasses)
  const actual = new Float64Array(nClasses)
  const predicted = new Float64Array(nClasses)
  for (let a = 0; a < nClasses; a++) {
    hits[a] = counts[a * nClasses + a]!
    for (let p = 0; p < nClasses; p++) {
      actual[a]! += counts[a * nClasses + p]!
      predicted[p]! += counts[a * nClasses + p]!
    }
  }
  return { nClasses, hits, actual, predicted }
}

export const sum = (values: Float64Array): number => {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]!
  return total
}

/** Share of rows that were right. */
export const accuracyOf = ({ hits, actual }: Margins): number => sum(hits) / sum(actual)

/** Mean recall over the classes that occur. */
export function balancedAccuracyOf({ nClasses, hits, actual }: Margins): number {
  let total = 0
  let present = 0
  for (let k = 0; k < nClasses; k++) {
    if (actual[k] === 0) continue
    total += hits[k]! / actual[k]!
    present++
  }
  return total / present
}

/** The multiclass correlation of Gorodkin 2004 (eq. 8); 0 where a margin has no spread. */
export function matthewsOf({ nClasses, hits, actual, predicted }: Margins): number {
  const total = sum(actual)
  let agreement = sum(hits) * total
  for (let k = 0; k < nClasses; k++) agreement -= actual[k]! * predicted[k]!
  const product = spread(actual) * spread(predicted)
  return product === 0 ? 0 : agreement / Math.sqrt(product)
}

/** Σ mₖ (m − mₖ), which is m² − Σ mₖ² without the cancellation: exactly 0 when one class holds all. */
function spread(margin: Float64Array): number {
  const total = sum(margin)
  let result = 0
  for (const part of margin) result += part * (total - part)
  return result
}

/** What a disagreement between two classes costs in Cohen's kappa. */
export type KappaWeights = 'none' | 'linear' | 'quadratic'

/** 1 − observed / expected disagreement; NaN when chance alone allows no disagreement. */
export function kappaOf(counts: Counts, margins: Margins, weights: KappaWeights): number {
  const { nClasses, actual, predicted } = margins
  let observed = 0
  let expected = 0
  for (let a = 0; a < nClasses; a++) {
    for (let p = 0; p < nClasses; p++) {
      const gap = Math.abs(a - p)
      const cost = weights === 'quadratic' ? gap * gap : weights === 'linear' ? gap : Math.min(gap, 1)
      observed += cost * counts[a * nClasses + p]!
      expected += cost * actual[a]! * predicted[p]!
    }
  }
  return 1 - (observed * sum(actual)) / expected
}

/** A ratio of counts per class; `beta` as in F-beta, 0 for precision, Infinity for recall. */
export interface ClassRatio {
  readonly beta: number
  /** The value where a class has nothing to divide by. */
  readonly zeroDivision: number
}

/** (1 + β²) hits / (β² actual + predicted), of which precision (β = 0) and recall (β = ∞) are the ends. */
export function classRatio(
  part: { readonly hits: number; readonly actual: number; readonly predicted: number },
  { beta, zeroDivision }: ClassRatio,
): number {
  const b2 = beta * beta
  const divisor = beta === Infinity ? part.actual : b2 * part.actual + part.predicted
  if (divisor === 0) return zeroDivision
  return (beta === Infinity ? part.hits : (1 + b2) * part.hits) / divisor
}

/** How the ratios of the classes become one number; a code means the ratio of that class alone. */
export type RatioAverage = 'micro' | 'macro' | 'weighted' | number

export function averageRatio(margins: Margins, average: RatioAverage, ratio: ClassRatio): number {
  const { nClasses, hits, actual, predicted } = margins
  const at = (k: number): number =>
    classRatio({ hits: hits[k]!, actual: actual[k]!, predicted: predicted[k]! }, ratio)
  if (typeof average === 'number') return at(average)
  if (average === 'micro') {
    return classRatio({ hits: sum(hits), actual: sum(actual), predicted: sum(predicted) }, ratio)
  }
  let total = 0
  let present = 0
  for (let k = 0; k < nClasses; k++) {
    // A class that neither occurs nor is predicted (a fold without it) has no say in a plain mean.
    if (actual[k] === 0 && predicted[k] === 0) continue
    total += at(k) * (average === 'macro' ? 1 : actual[k]!)
    present++
  }
  return total / (average === 'macro' ? present : sum(actual))
}
