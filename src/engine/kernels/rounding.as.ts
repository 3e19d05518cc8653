// Gradients as small integers: 14 bits for g, 8 for h, rounded up or down at random so that sums stay unbiased
// (Shi et al. 2022, "Quantized Training of Gradient Boosting Decision Trees", show that fewer bits suffice).
// Only the choice of splits sees them; leaf values come from the float32 pairs.
import { BLOCK_ROWS } from './control-words'
import { BlockSums, blockAt, blocksOf } from './objective.as'
import { FOR_ROUNDING, FOR_ROWS, key, mix, mixLanes } from './random.as'
import { blocks, exactOnly, order, packed, pairs, rows, subsample, thread, threads } from './state.as'

/** Largest |g| and h as integers: 14 bits with sign, 8 without. */
const LARGEST_GRADIENT: f64 = 8191
const LARGEST_HESSIAN: f64 = 255

// Rounding adds at most ¼ step² of variance to each gradient. An ordinary one is (mean √|g|)², which a few outliers do
// not move. With the largest below 1024 ordinary ones a step is below 1/8 of them and the variance grows by less than
// 0.4 %. Hessians have 5 bits less and errors that average out over a leaf. Beyond these bounds: float64.
const LARGEST_TO_ORDINARY_GRADIENT: f64 = 1024
const LARGEST_TO_ORDINARY_HESSIAN: f64 = 256

/** Whether this tree's histograms are made of small integers. */
export let integers: bool = false
/** What one unit of g and of h is worth. */
export let gradientUnit: f64 = 1
export let hessianUnit: f64 = 1

/** Sums over the rows of the tree, in the precision that its histograms will have. */
export let rootGradient: f64 = 0
export let rootHessian: f64 = 0
export let rootCount: i32 = 0

/** Chooses the precision of this tree from the sums of all blocks; the same answer in every thread. */
export function choosePrecision(): void {
  let maxG: f64 = 0
  let maxH: f64 = 0
  let rootsG: f64 = 0
  let rootsH: f64 = 0
  for (let block = 0; block < blocksOf(rows); block++) {
    const sums = blockAt(blocks, block)
    maxG = max(maxG, sums.maxGradient)
    maxH = max(maxH, sums.maxHessian)
    rootsG += sums.rootsGradient
    rootsH += sums.rootsHessian
  }
  const ordinaryG = (rootsG / <f64>rows) * (rootsG / <f64>rows)
  const ordinaryH = (rootsH / <f64>rows) * (rootsH / <f64>rows)
  const level =
    maxG <= LARGEST_TO_ORDINARY_GRADIENT * ordinaryG && maxH <= LARGEST_TO_ORDINARY_HESSIAN * ordinaryH
  integers = !exactOnly && level && maxG > 0 && maxG < Infinity && maxH > 0
  gradientUnit = integers ? maxG / LARGEST_GRADIENT : 1
  hessianUnit = integers ? maxH / LARGEST_HESSIAN : 1
}

/** Whether the row takes part in this round's trees. */
@inline
export function inBag(row: i32, bagKey: u32, below: u32): bool {
  return mix(bagKey + <u32>row * 0x9e3779b9) < below
}

/** The bag's threshold: a row is in when its hash lies below. */
export function bagBelow(): u32 {
  return <u32>min<f64>(subsample * 4294967296.0, 4294967295.0)
}

export function bagKey(round: i32): u32 {
  return key(FOR_ROWS, <u32>round, 0)
}

/** Rounds this thread's blocks and sums the rows in the bag. */
export function roundPass(round: i32, output: i32): void {
  const roundingKey = key(FOR_ROUNDING, <u32>round, <u32>output)
  for (let block = thread; block < blocksOf(rows); block += threads) {
    const begin = block * BLOCK_ROWS
    const end = min(begin + BLOCK_ROWS, rows)
    if (integers) roundBlock(begin, end, roundingKey)
    const sums = blockAt(blocks, block)
    if (subsample < 1) sumBag(begin, end, round, sums)
    else sumAll(begin, end, sums)
  }
}

function roundBlock(begin: i32, end: i32, roundingKey: u32): void {
  const gScale = f32x4.splat(<f32>(1 / gradientUnit))
  const hScale = f32x4.splat(<f32>(1 / hessianUnit))
  const fraction = f32x4.splat(<f32>(1.0 / 65536.0))
  const mostG = i32x4.splat(<i32>LARGEST_GRADIENT)
  const mostH = i32x4.splat(<i32>LARGEST_HESSIAN)
  let lanes = i32x4.add(i32x4.splat(begin), i32x4(0, 1, 2, 3))
  for (let i = begin; i < end; i += 4) {
    const at = pairs + (<usize>i << 3)
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const g = v128.shuffle<f32>(a, b, 0, 2, 4, 6)
    const h = v128.shuffle<f32>(a, b, 1, 3, 5, 7)
    const hash = mixLanes(i32x4.add(i32x4.splat(roundingKey), i32x4.mul(lanes, i32x4.splat(0x9e3779b9))))
    const coinG = f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(hash, 16)), fraction)
    const coinH = f32x4.mul(f32x4.convert_i32x4_u(v128.and(hash, i32x4.splat(0xffff))), fraction)
    let wholeG = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(f32x4.mul(g, gScale), coinG)))
    let wholeH = i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(f32x4.mul(h, hScale), coinH)))
    wholeG = i32x4.min_s(wholeG, mostG)
    wholeH = i32x4.min_s(wholeH, mostH)
    v128.store(packed + (<usize>i << 2), v128.or(i32x4.shl(wholeG, 8), wholeH))
    lanes = i32x4.add(lanes, i32x4.splat(4))
  }
}

function sumAll(begin: i32, end: i32, sums: BlockSums): void {
  let g: f64 = 0
  let h: f64 = 0
  if (integers) {
    let wholeG: i32 = 0
    let wholeH: i32 = 0
    for (let i = begin; i < end; i++) {
      const both = load<i32>(packed + (<usize>i << 2))
      wholeG += both >> 8
      wholeH += both & 255
      store<i32>(order + (<usize>i << 2), i)
    }
    g = <f64>wholeG * gradientUnit
    h = <f64>wholeH * hessianUnit
  } else {
    for (let i = begin; i < end; i++) {
      g += <f64>load<f32>(pairs + (<usize>i << 3))
      h += <f64>load<f32>(pairs + (<usize>i << 3), 4)
      store<i32>(order + (<usize>i << 2), i)
    }
  }
  sums.sumGradient = g
  sums.sumHessian = h
  sums.count = end - begin
}

function sumBag(begin: i32, end: i32, round: i32, sums: BlockSums): void {
  const bag = bagKey(round)
  const below = bagBelow()
  let g: f64 = 0
  let h: f64 = 0
  let count = 0
  for (let i = begin; i < end; i++) {
    if (!inBag(i, bag, below)) continue
    if (integers) {
      const both = load<i32>(packed + (<usize>i << 2))
      g += <f64>(both >> 8)
      h += <f64>(both & 255)
    } else {
      g += <f64>load<f32>(pairs + (<usize>i << 3))
      h += <f64>load<f32>(pairs + (<usize>i << 3), 4)
    }
    count++
  }
  sums.sumGradient = g * gradientUnit
  sums.sumHessian = h * hessianUnit
  sums.count = count
}

/** After a barrier: the root's sums, and with subsampling the list of its rows (a barrier must follow). */
export function gatherRoot(round: i32): void {
  rootGradient = 0
  rootHessian = 0
  rootCount = 0
  const bag = bagKey(round)
  const below = bagBelow()
  for (let block = 0; block < blocksOf(rows); block++) {
    const sums = blockAt(blocks, block)
    if (subsample < 1 && block % threads == thread) listBag(block, rootCount, bag, below)
    rootGradient += sums.sumGradient
    rootHessian += sums.sumHessian
    rootCount += sums.count
  }
}

function listBag(block: i32, place: i32, bag: u32, below: u32): void {
  const end = min((block + 1) * BLOCK_ROWS, rows)
  let at = order + (<usize>place << 2)
  for (let i = block * BLOCK_ROWS; i < end; i++) {
    if (!inBag(i, bag, below)) continue
    store<i32>(at, i)
    at += 4
  }
}
