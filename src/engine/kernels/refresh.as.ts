// After a tree has grown: exact leaf values, and the scores of all rows. Leaves are summed in pieces of fixed size, so
// that the sums are the same for any number of threads.
import { BLOCK_ROWS } from './control-words'
import { barrier } from './barrier.as'
import { grownLeaves } from './grow.as'
import { Leaf, TreeNode, leafAt, nodeAt, treeAt } from './leaf.as'
import { blockAt, blocksOf, paddedRows } from './objective.as'
import { bagBelow, bagKey, inBag } from './rounding.as'
import {
  binCount, blocks, lambda, learningRate, order, pairs, rows, score, subsample, thread, threads, tileBins,
  tileStart, tiles, validationRows, validationScore, validationTiles,
} from './state.as'

@inline
function piecesOf(leaf: Leaf): i32 {
  return blocksOf(leaf.count)
}

/** Sums the float32 gradients of each leaf's rows in float64 and sets its value: −rate·G/(H + λ). */
export function refreshLeaves(output: i32): void {
  let piece = 0
  for (let l = 0; l < grownLeaves(); l++) {
    const leaf = leafAt(l)
    for (let p = 0; p < piecesOf(leaf); p++, piece++) if (piece % threads == thread) sumPiece(leaf, p, piece)
  }
  barrier()
  piece = 0
  for (let l = 0; l < grownLeaves(); l++) {
    const leaf = leafAt(l)
    let g: f64 = 0
    let h: f64 = 0
    for (let p = 0; p < piecesOf(leaf); p++, piece++) {
      g += blockAt(blocks, piece).sumGradient
      h += blockAt(blocks, piece).sumHessian
    }
    leaf.value = h + lambda > 0 ? (-learningRate * g) / (h + lambda) : 0
    if (thread == 0) writeLeaf(nodeAt(treeAt(output), leaf.node), leaf, h)
  }
  addToScores(output)
  barrier()
}

function sumPiece(leaf: Leaf, p: i32, piece: i32): void {
  const begin = p * BLOCK_ROWS
  const end = min(begin + BLOCK_ROWS, leaf.count)
  let sums = f64x2.splat(0)
  for (let i = begin; i < end; i++) {
    const row = <usize>load<u32>(order + (<usize>(leaf.begin + i) << 2))
    sums = f64x2.add(sums, f64x2.promote_low_f32x4(v128.load64_zero(pairs + (row << 3))))
  }
  blockAt(blocks, piece).sumGradient = f64x2.extract_lane(sums, 0)
  blockAt(blocks, piece).sumHessian = f64x2.extract_lane(sums, 1)
}

function writeLeaf(node: TreeNode, leaf: Leaf, hessian: f64): void {
  node.feature = -1
  node.left = 0
  node.right = 0
  node.missingLeft = 0
  node.threshold = 0
  node.gain = 0
  node.samples = leaf.count
  node.value = leaf.value
  node.cover = hessian
}

function addToScores(output: i32): void {
  const scores = score + <usize>output * (paddedRows(rows) << 2)
  let piece = 0
  for (let l = 0; l < grownLeaves(); l++) {
    const leaf = leafAt(l)
    const value = <f32>leaf.value
    for (let p = 0; p < piecesOf(leaf); p++, piece++) {
      if (piece % threads != thread) continue
      const end = min((p + 1) * BLOCK_ROWS, leaf.count)
      for (let i = p * BLOCK_ROWS; i < end; i++) {
        const at = scores + (<usize>load<u32>(order + (<usize>(leaf.begin + i) << 2)) << 2)
        store<f32>(at, load<f32>(at) + value)
      }
    }
  }
}

@inline
function tileOf(column: i32): i32 {
  let low = 0
  let high = tiles - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (tileStart(middle) <= column) low = middle
    else high = middle - 1
  }
  return low
}

/** The value of the leaf that a binned row reaches. */
function walk(tree: usize, bins: usize, count: i32, row: i32): f32 {
  let node = nodeAt(tree, 0)
  while (node.feature >= 0) {
    const f = node.feature
    const tile = tileOf(f)
    const at = bins + (<usize>tile * <usize>count + <usize>row) * 16 + <usize>(f - tileStart(tile))
    const code = <i32>load<u8>(at)
    const left = code == binCount(f) ? node.missingLeft != 0 : code <= node.bin
    node = nodeAt(tree, left ? node.left : node.right)
  }
  return <f32>node.value
}

/** Adds a tree to the scores of the rows that were left out of its bag. */
export function scoreOutOfBag(round: i32, output: i32): void {
  if (subsample >= 1) return
  const bag = bagKey(round)
  const below = bagBelow()
  const scores = score + <usize>output * (paddedRows(rows) << 2)
  for (let block = thread; block < blocksOf(rows); block += threads) {
    const end = min((block + 1) * BLOCK_ROWS, rows)
    for (let i = block * BLOCK_ROWS; i < end; i++) {
      if (inBag(i, bag, below)) continue
      const at = scores + (<usize>i << 2)
      store<f32>(at, load<f32>(at) + walk(treeAt(output), tileBins, rows, i))
    }
  }
}

/** Adds a tree to the scores of the validation rows. */
export function scoreValidation(output: i32): void {
  const scores = validationScore + <usize>output * (paddedRows(validationRows) << 2)
  for (let block = thread; block < blocksOf(validationRows); block += threads) {
    const end = min((block + 1) * BLOCK_ROWS, validationRows)
    for (let i = block * BLOCK_ROWS; i < end; i++) {
      const at = scores + (<usize>i << 2)
      store<f32>(at, load<f32>(at) + walk(treeAt(output), validationTiles, validationRows, i))
    }
  }
}
