// The best split of a leaf, from its histogram. Gain = GL²/(HL + λ) + GR²/(HR + λ) − G²/(H + λ) (Chen & Guestrin 2016,
// eq. 7, without the factor ½), less the minimum gain.
import { CANDIDATE_BYTES } from './control-words'
import { cellsOf, countsOf } from './histogram.as'
import { Leaf } from './leaf.as'
import { FOR_THRESHOLDS, key, mix } from './random.as'
import {
  binCount, candidates, extraTrees, lambda, minChildWeight, minGain, minSamplesLeaf, thread,
} from './state.as'

/** A split that a thread proposes for one of the two leaves at hand. */
@unmanaged
export class Candidate {
  gain: f64
  gradientLeft: f64
  hessianLeft: f64
  feature: i32
  bin: i32
  /** 1: missing values go left; 0: right; {@link NONE_MISSING}: this leaf has none. */
  missingLeft: i32
}

export const NONE_MISSING: i32 = 2

/** What identifies the tree for random choices. */
let treeKey: u32 = 0

export function searchFor(key: u32): void {
  treeKey = key
}

export function candidateAt(owner: i32, which: i32): Candidate {
  return changetype<Candidate>(candidates + <usize>(owner * 2 + which) * (CANDIDATE_BYTES / 2))
}

// Rounding of the sums must not pass for a gain: they carry about 13 digits.
const ROUNDING: f64 = 1e-11

@inline
export function leafScore(gradient: f64, hessian: f64): f64 {
  // A leaf of weight zero (all its rows weigh nothing) is worth nothing.
  return hessian + lambda > 0 ? (gradient * gradient) / (hessian + lambda) : 0
}

/** Clears this thread's candidate: a split must beat the unsplit leaf by more than the minimum gain. */
export function startSearch(which: i32, gradient: f64, hessian: f64): void {
  const best = candidateAt(thread, which)
  best.gain = leafScore(gradient, hessian) * (1 + ROUNDING) + minGain
  best.feature = -1
}

/** Searches all thresholds of a column, and both sides for the missing values when there are some. */
export function searchColumn(which: i32, column: i32, histogram: usize, leaf: Leaf): void {
  const bins = binCount(column)
  const cells = cellsOf(histogram, column)
  const counts = countsOf(histogram, column)
  const best = candidateAt(thread, which)
  const missing = load<i32>(counts + (<usize>bins << 2))
  if (missing == 0) {
    const only = extraTrees ? randomBin(counts, bins - 1, column, leaf) : -1
    scan(best, column, cells, counts, 0, 0, 0, bins - 1, only, NONE_MISSING, leaf)
    return
  }
  // One threshold more than usual: all values on the left, only the missing on the right.
  const only = extraTrees ? randomBin(counts, bins, column, leaf) : -1
  scan(best, column, cells, counts, 0, 0, 0, bins, only, 0, leaf)
  const own = cells + (<usize>bins << 4)
  scan(best, column, cells, counts, load<f64>(own), load<f64>(own, 8), missing, bins - 1, only, 1, leaf)
}

/** One threshold at random among those that divide the leaf's values (Geurts, Ernst & Wehenkel 2006). */
function randomBin(counts: usize, bins: i32, column: i32, leaf: Leaf): i32 {
  let low = 0
  while (low < bins && load<i32>(counts + (<usize>low << 2)) == 0) low++
  let high = bins
  while (high > low && load<i32>(counts + (<usize>high << 2)) == 0) high--
  if (high <= low) return low
  const hash = mix(key(FOR_THRESHOLDS, treeKey, <u32>leaf.node) + <u32>column * 0x9e3779b9)
  return low + <i32>(((<u64>hash) * <u64>(high - low)) >> 32)
}

/** Searches the thresholds of one column from below, with the missing values on one side. */
function scan(
  best: Candidate, column: i32, cells: usize, counts: usize, hessianLeft: f64, gradientLeft: f64, countLeft: i32,
  steps: i32, only: i32, missingLeft: i32, leaf: Leaf,
): void {
  // Most cells of a small leaf are empty, and an empty one offers no new threshold. In a larger leaf the question
  // would cost more than the arithmetic that it saves.
  if (leaf.count * 2 < steps) {
    scanWith(
      true, best, column, cells, counts, hessianLeft, gradientLeft, countLeft, steps, only, missingLeft, leaf,
    )
  } else {
    scanWith(
      false, best, column, cells, counts, hessianLeft, gradientLeft, countLeft, steps, only, missingLeft, leaf,
    )
  }
}

/**
 * Walks the thresholds from below, keeping the sums of the left side, which starts with `hessianLeft`, `gradientLeft`
 * and `countLeft`. With a = HL + λ, b = HR + λ, S = a + b and D = GL − a·G/S the two leaves score
 * GL²/a + GR²/b = G²/S + S·D²/(a·b), so a better threshold shows without a division and without
 * cancellation. @inline: `sparse` is a constant.
 */
@inline
function scanWith(
  sparse: bool, best: Candidate, column: i32, cells: usize, counts: usize, hessianLeft: f64, gradientLeft: f64,
  countLeft: i32, steps: i32, only: i32, missingLeft: i32, leaf: Leaf,
): void {
  const both = leaf.hessian + 2 * lambda
  // No weight and no penalty: nothing to gain.
  if (!(both > 0)) return
  const gradient = leaf.gradient
  const mean = gradient / both
  const together = gradient * mean
  let a = hessianLeft + lambda
  let needed = (best.gain - together) / both
  for (let k = 0; k < steps; k++) {
    const cellCount = load<i32>(counts)
    const h = load<f64>(cells)
    const g = load<f64>(cells, 8)
    counts += 4
    cells += 16
    if (sparse && cellCount == 0) continue
    countLeft += cellCount
    a += h
    gradientLeft += g
    const difference = gradientLeft - a * mean
    const b = both - a
    if (difference * difference > needed * (a * b)) {
      if (min(countLeft, leaf.count - countLeft) < minSamplesLeaf) continue
      if (min(a, b) - lambda < minChildWeight || (only >= 0 && k != only)) continue
      const gain = together + (both * difference * difference) / (a * b)
      if (!(gain > best.gain && gain < Infinity)) continue
      best.gain = gain
      best.feature = column
      best.bin = k
      best.missingLeft = missingLeft
      best.hessianLeft = a - lambda
      best.gradientLeft = gradientLeft
      needed = (gain - together) / both
    }
  }
}
