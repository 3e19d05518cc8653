// The best split of a leaf, from its histogram. Gain = GL²/(HL + λ) + GR²/(HR + λ) − G²/(H + λ) (Chen & Guestrin 2016,
// eq. 7, without the factor ½), less the minimum gain.
import { CANDIDATE_BYTES } from './control-words'
import { cellsOf, countsOf } from './histogram.as'
import { Leaf } from './leaf.as'
import { FOR_THRESHOLDS, key, mix } from './random.as'
import { binCount, candidates, extraTrees, lambda, minChildWeight, minGain, minSamplesLeaf, thread } from './state.as'

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
    scan(best, column, cells, counts, f64x2.splat(0), 0, bins - 1, only, NONE_MISSING, leaf)
    return
  }
  // One threshold more than usual: all values on the left, only the missing on the right.
  const only = extraTrees ? randomBin(counts, bins, column, leaf) : -1
  scan(best, column, cells, counts, f64x2.splat(0), 0, bins, only, 0, leaf)
  scan(best, column, cells, counts, v128.load(cells + (<usize>bins << 4)), missing, bins - 1, only, 1, leaf)
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

/** Walks the thresholds from below, keeping the sums of the left side, which starts with `left`. */
function scan(
  best: Candidate, column: i32, cells: usize, counts: usize, left: v128, leftCount: i32, steps: i32, only: i32,
  missingLeft: i32, leaf: Leaf,
): void {
  const total = f64x2.replace_lane(f64x2.splat(leaf.hessian), 1, leaf.gradient)
  const penalty = f64x2.splat(lambda)
  const count = leaf.count
  let bestGain = best.gain
  for (let k = 0; k < steps; k++) {
    left = f64x2.add(left, v128.load(cells))
    leftCount += load<i32>(counts)
    cells += 16
    counts += 4
    const right = f64x2.sub(total, left)
    const hessians = v128.shuffle<f64>(left, right, 0, 2)
    const gradients = v128.shuffle<f64>(left, right, 1, 3)
    const parts = f64x2.div(f64x2.mul(gradients, gradients), f64x2.add(hessians, penalty))
    const gain = f64x2.extract_lane(parts, 0) + f64x2.extract_lane(parts, 1)
    if (gain > bestGain && gain < Infinity) {
      const fewest = min(leftCount, count - leftCount)
      const lightest = min(f64x2.extract_lane(hessians, 0), f64x2.extract_lane(hessians, 1))
      if (fewest >= minSamplesLeaf && lightest >= minChildWeight && (only < 0 || k == only)) {
        bestGain = gain
        best.feature = column
        best.bin = k
        best.missingLeft = missingLeft
        best.hessianLeft = f64x2.extract_lane(hessians, 0)
        best.gradientLeft = f64x2.extract_lane(gradients, 0)
      }
    }
  }
  best.gain = bestGain
}
