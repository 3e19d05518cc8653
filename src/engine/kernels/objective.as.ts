// Losses, gradients and hessians, four rows at a time. Sums are kept per block of rows, so that they are the same for
// any number of threads.
import { BLOCK_BYTES, BLOCK_ROWS, LOGISTIC, MULTINOMIAL, SQUARED_ERROR } from './control-words'
import { addWide, exp4, log4, maxLanes, sumLanes } from './simd-math.as'
import {
  blocks, objective, outputs, pairs, probability, rows, score, target, thread, threads, validationBlocks,
  validationRows, validationScore, validationTarget, validationWeight, weight,
} from './state.as'

/** What is known of one block of rows after the gradient pass. */
@unmanaged
export class BlockSums {
  loss: f64
  weight: f64
  maxGradient: f64
  maxHessian: f64
  sumGradient: f64
  sumHessian: f64
  /** Σ √|g| and Σ √h (roughly: float32 sums), to see whether small integers can carry the ordinary rows beside the largest. */
  rootsGradient: f64
  rootsHessian: f64
  count: i32
}

@inline
export function blockAt(base: usize, block: i32): BlockSums {
  return changetype<BlockSums>(base + <usize>block * BLOCK_BYTES)
}

@inline
export function blocksOf(count: i32): i32 {
  return (count + BLOCK_ROWS - 1) / BLOCK_ROWS
}

// Lanes of a four-row step that are real rows: arrays are padded, sums must not see the padding.
@inline
function laneMask(i: i32, end: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)), i32x4.splat(end))
}

@inline
function rowWeights(weights: usize, offset: usize, mask: v128): v128 {
  return v128.and(weights == 0 ? f32x4.splat(1) : v128.load(weights + offset), mask)
}

/** Stores g and h of four rows interleaved, as pairs. */
@inline
function storePairs(offset: usize, g: v128, h: v128): void {
  const at = pairs + (offset << 1)
  v128.store(at, v128.shuffle<f32>(g, h, 0, 4, 1, 5))
  v128.store(at, v128.shuffle<f32>(g, h, 2, 6, 3, 7), 16)
}

// Probabilities of 0 and 1 would make hessians vanish and leaves explode.
const SMALLEST_HESSIAN: f32 = 1e-16

/** Loss of `count` rows, and with `store` also gradients and hessians. @inline: `store` is a constant. */
@inline
function passOne(store: bool, base: usize, count: i32, targets: usize, weights: usize, scores: usize): void {
  const one = f32x4.splat(1)
  for (let block = thread; block < blocksOf(count); block += threads) {
    const end = min((block + 1) * BLOCK_ROWS, count)
    let loss = f64x2.splat(0)
    let weightSum = f64x2.splat(0)
    let rootsG = f32x4.splat(0)
    let rootsH = f32x4.splat(0)
    let maxG = f32x4.splat(0)
    let maxH = f32x4.splat(0)
    for (let i = block * BLOCK_ROWS; i < end; i += 4) {
      const offset = <usize>i << 2
      const mask = laneMask(i, end)
      const w = rowWeights(weights, offset, mask)
      const s = v128.load(scores + offset)
      const y = v128.load(targets + offset)
      let g: v128
      let h: v128
      let l: v128
      if (objective == SQUARED_ERROR) {
        const d = f32x4.sub(s, y)
        g = d
        h = one
        l = f32x4.mul(d, d)
      } else {
        // With m = |s|: −log p of the likelier class is log(1 + e⁻ᵐ); the other's is m more.
        const z = exp4(f32x4.neg(f32x4.abs(s)))
        const inverse = f32x4.div(one, f32x4.add(one, z))
        const p = v128.bitselect(f32x4.mul(z, inverse), inverse, f32x4.lt(s, f32x4.splat(0)))
        g = f32x4.sub(p, y)
        h = f32x4.max(f32x4.mul(f32x4.mul(z, inverse), inverse), f32x4.splat(SMALLEST_HESSIAN))
        l = f32x4.add(
          log4(f32x4.add(one, z)),
          f32x4.sub(f32x4.max(s, f32x4.splat(0)), f32x4.mul(y, s)),
        )
      }
      loss = addWide(loss, v128.and(f32x4.mul(w, l), mask))
      if (weights != 0) weightSum = addWide(weightSum, w)
      if (store) {
        g = v128.and(f32x4.mul(w, g), mask)
        h = v128.and(f32x4.mul(w, h), mask)
        storePairs(offset, g, h)
        maxG = f32x4.max(maxG, f32x4.abs(g))
        maxH = f32x4.max(maxH, h)
        rootsG = f32x4.add(rootsG, f32x4.sqrt(f32x4.abs(g)))
        rootsH = f32x4.add(rootsH, f32x4.sqrt(h))
      }
    }
    const sums = blockAt(base, block)
    sums.loss = sumLanes(loss)
    sums.weight = weights != 0 ? sumLanes(weightSum) : <f64>(end - block * BLOCK_ROWS)
    sums.maxGradient = maxLanes(maxG)
    sums.maxHessian = maxLanes(maxH)
    sums.rootsGradient = sumLanes(addWide(f64x2.splat(0), rootsG))
    sums.rootsHessian = sumLanes(addWide(f64x2.splat(0), rootsH))
  }
}

/** Loss of `count` rows by softmax, and with `store` also their probabilities. */
@inline
function passMany(store: bool, base: usize, count: i32, targets: usize, weights: usize, scores: usize): void {
  const stride = paddedRows(count) << 2
  for (let block = thread; block < blocksOf(count); block += threads) {
    const end = min((block + 1) * BLOCK_ROWS, count)
    let loss = f64x2.splat(0)
    let weightSum = f64x2.splat(0)
    for (let i = block * BLOCK_ROWS; i < end; i += 4) {
      const offset = <usize>i << 2
      const mask = laneMask(i, end)
      const w = rowWeights(weights, offset, mask)
      const y = v128.load(targets + offset)
      let highest = v128.load(scores + offset)
      for (let c = 1; c < outputs; c++) highest = f32x4.max(highest, v128.load(scores + offset + <usize>c * stride))
      let sum = f32x4.splat(0)
      let own = f32x4.splat(0)
      for (let c = 0; c < outputs; c++) {
        const s = f32x4.sub(v128.load(scores + offset + <usize>c * stride), highest)
        const e = exp4(s)
        sum = f32x4.add(sum, e)
        own = v128.bitselect(s, own, f32x4.eq(y, f32x4.splat(<f32>c)))
        if (store) v128.store(probability + offset + <usize>c * stride, e)
      }
      if (store) {
        const inverse = f32x4.div(f32x4.splat(1), sum)
        for (let c = 0; c < outputs; c++) {
          const at = probability + offset + <usize>c * stride
          v128.store(at, f32x4.mul(v128.load(at), inverse))
        }
      }
      loss = addWide(loss, v128.and(f32x4.mul(w, f32x4.sub(log4(sum), own)), mask))
      if (weights != 0) weightSum = addWide(weightSum, w)
    }
    const sums = blockAt(base, block)
    sums.loss = sumLanes(loss)
    sums.weight = weights != 0 ? sumLanes(weightSum) : <f64>(end - block * BLOCK_ROWS)
  }
}

/** Rows of an array by output, with padding for whole 128-bit loads. */
@inline
export function paddedRows(count: i32): usize {
  return (<usize>count + 3) & ~3
}

/** Loss of the training rows; with one output also gradients, with several the probabilities. */
export function lossPass(): void {
  if (objective == MULTINOMIAL) passMany(true, blocks, rows, target, weight, score)
  else passOne(true, blocks, rows, target, weight, score)
}

/** Loss of the validation rows. */
export function validationPass(): void {
  const t = validationTarget
  const w = validationWeight
  if (objective == MULTINOMIAL) passMany(false, validationBlocks, validationRows, t, w, validationScore)
  else passOne(false, validationBlocks, validationRows, t, w, validationScore)
}

/** Gradients of one output of the softmax: p − [y = class], hessian k/(k − 1)·p(1 − p) (Friedman 2001's factor). */
export function classPass(output: i32): void {
  const probabilities = probability + <usize>output * (paddedRows(rows) << 2)
  const factor = f32x4.splat(<f32>outputs / <f32>(outputs - 1))
  const one = f32x4.splat(1)
  for (let block = thread; block < blocksOf(rows); block += threads) {
    const end = min((block + 1) * BLOCK_ROWS, rows)
    let rootsG = f32x4.splat(0)
    let rootsH = f32x4.splat(0)
    let maxG = f32x4.splat(0)
    let maxH = f32x4.splat(0)
    for (let i = block * BLOCK_ROWS; i < end; i += 4) {
      const offset = <usize>i << 2
      const w = rowWeights(weight, offset, laneMask(i, end))
      const p = v128.load(probabilities + offset)
      const hit = v128.and(one, f32x4.eq(v128.load(target + offset), f32x4.splat(<f32>output)))
      const g = f32x4.mul(w, f32x4.sub(p, hit))
      const curve = f32x4.mul(factor, f32x4.mul(p, f32x4.sub(one, p)))
      const h = f32x4.mul(w, f32x4.max(curve, f32x4.splat(SMALLEST_HESSIAN)))
      storePairs(offset, g, h)
      maxG = f32x4.max(maxG, f32x4.abs(g))
      maxH = f32x4.max(maxH, h)
      rootsG = f32x4.add(rootsG, f32x4.sqrt(f32x4.abs(g)))
      rootsH = f32x4.add(rootsH, f32x4.sqrt(h))
    }
    const sums = blockAt(blocks, block)
    sums.maxGradient = maxLanes(maxG)
    sums.maxHessian = maxLanes(maxH)
    sums.rootsGradient = sumLanes(addWide(f64x2.splat(0), rootsG))
    sums.rootsHessian = sumLanes(addWide(f64x2.splat(0), rootsH))
  }
}

/** Mean loss over all blocks: Σ loss / Σ weight. Valid after a barrier. */
export function meanLoss(base: usize, count: i32): f64 {
  let loss: f64 = 0
  let total: f64 = 0
  for (let block = 0; block < blocksOf(count); block++) {
    loss += blockAt(base, block).loss
    total += blockAt(base, block).weight
  }
  return loss / total
}
