// Grows one tree, best leaf first. Every thread runs this program on its own copy of the leaves; they share the rows'
// order, the histograms (each column belongs to one thread) and the candidates.
import { barrier, pollAbort, stopped } from './barrier.as'
import { clearAccumulators, countTile, finishColumn, histogramAt, subtractColumn } from './histogram.as'
import { Leaf, leafAt, nodeAt, treeAt } from './leaf.as'
import { partition } from './partition.as'
import { FOR_NODE_COLUMNS, FOR_TREE_COLUMNS, chooseColumns, key } from './random.as'
import { rootCount, rootGradient, rootHessian } from './rounding.as'
import { NONE_MISSING, candidateAt, leafScore, searchColumn, searchFor, startSearch } from './split.as'
import {
  columns, columnsPerNode, columnsPerTree, maxDepth, maxLeaves, minSamplesLeaf, nodeMask, slotMask, slots,
  thread, threads, thresholds, tileStart, tiles, treeMask,
} from './state.as'

let treeKey: u32 = 0
let leafCount: i32 = 0
let nodeCount: i32 = 0

/** Leaves of the tree that was grown last. */
export function grownLeaves(): i32 {
  return leafCount
}

/** Grows the tree of one output in one round; returns its number of nodes, or −1 when the work was ended. */
export function growTree(round: i32, output: i32): i32 {
  treeKey = key(FOR_TREE_COLUMNS, <u32>round, <u32>output)
  if (columnsPerTree < columns) chooseColumns(treeMask, 0, columns, columnsPerTree, treeKey)
  else memory.fill(treeMask, 1, columns)
  searchFor(treeKey)
  clearAccumulators()
  maskedFirst = -1
  maskedSecond = -1
  startRoot(output)
  while (leafCount < maxLeaves) {
    const index = mostPromising()
    if (index < 0) break
    if (splitLeaf(index, output)) return -1
  }
  return nodeCount
}

function startRoot(output: i32): void {
  const root = leafAt(0)
  root.gradient = rootGradient
  root.hessian = rootHessian
  root.begin = 0
  root.count = rootCount
  root.depth = 0
  root.slot = 0
  root.node = 0
  root.gain = 0
  root.fresh = 0
  leafCount = 1
  nodeCount = 1
  if (thread == 0) nodeAt(treeAt(output), 0).feature = -1
  if (!maySplit(root)) return
  startSearch(0, root.gradient, root.hessian)
  for (let tile = thread; tile < tiles; tile += threads) {
    if (!tileTaken(tile)) continue
    countTile(tile, histogramAt(0), 0, root.count)
    const mask = columnMask(0, 0)
    for (let f = tileStart(tile); f < tileStart(tile + 1); f++) {
      finishColumn(histogramAt(0), f, f - tileStart(tile))
      if (load<u8>(mask + <usize>f) != 0) searchColumn(0, f, histogramAt(0), root)
    }
  }
  barrier()
  takeBest(0, root)
}

function maySplit(leaf: Leaf): bool {
  return maxLeaves > 1 && leaf.depth < maxDepth && leaf.count >= 2 * minSamplesLeaf
}

function mostPromising(): i32 {
  let best = -1
  let gain: f64 = 0
  for (let l = 0; l < leafCount; l++) {
    if (leafAt(l).gain > gain) {
      gain = leafAt(l).gain
      best = l
    }
  }
  return best
}

/** Whether this tree uses any column of the tile. */
function tileTaken(tile: i32): bool {
  if (columnsPerTree == columns) return true
  for (let f = tileStart(tile); f < tileStart(tile + 1); f++) if (load<u8>(treeMask + <usize>f)) return true
  return false
}

// The nodes that the two masks were drawn for.
let maskedFirst: i32 = -1
let maskedSecond: i32 = -1

/** The columns that a leaf may use. Each of the two leaves at hand has a mask, drawn when the leaf changes. */
function columnMask(which: i32, node: i32): usize {
  if (columnsPerNode >= columnsPerTree) return treeMask
  const mask = nodeMask + <usize>which * <usize>columns
  if ((which == 0 ? maskedFirst : maskedSecond) != node) {
    chooseColumns(mask, treeMask, columns, columnsPerNode, key(FOR_NODE_COLUMNS, treeKey, <u32>node))
    if (which == 0) maskedFirst = node
    else maskedSecond = node
  }
  return mask
}

/** The best of all threads' candidates; of equal gains the lower column, so that threads do not matter. */
function takeBest(which: i32, leaf: Leaf): void {
  leaf.gain = 0
  leaf.feature = -1
  let gain: f64 = 0
  for (let t = 0; t < threads; t++) {
    const candidate = candidateAt(t, which)
    const feature = candidate.feature
    if (feature < 0) continue
    const better =
      leaf.feature < 0 || candidate.gain > gain || (candidate.gain == gain && feature < leaf.feature)
    if (!better) continue
    gain = candidate.gain
    leaf.feature = feature
    leaf.bin = candidate.bin
    leaf.missingLeft = candidate.missingLeft
    leaf.gradientLeft = candidate.gradientLeft
    leaf.hessianLeft = candidate.hessianLeft
  }
  if (leaf.feature >= 0) leaf.gain = gain - leafScore(leaf.gradient, leaf.hessian)
}

/** Splits a leaf: the left child takes its place, the right one becomes the last leaf. True when the work was ended. */
function splitLeaf(index: i32, output: i32): bool {
  pollAbort()
  const left = leafAt(index)
  const right = leafAt(leafCount)
  const count = left.count
  const goLeft = partition(left.begin, count, left.feature, left.bin, left.missingLeft == 1)
  // Read here: before thread 0 polls again, all threads meet in searchChildren or after the tree.
  const stop = stopped()
  // Where training saw no missing value here, the larger side takes them.
  if (left.missingLeft == NONE_MISSING) left.missingLeft = goLeft * 2 >= count ? 1 : 0
  if (thread == 0) writeSplit(left, output)

  right.gradient = left.gradient - left.gradientLeft
  right.hessian = left.hessian - left.hessianLeft
  right.begin = left.begin + goLeft
  right.count = count - goLeft
  right.depth = left.depth + 1
  right.node = nodeCount + 1
  right.gain = 0
  right.fresh = 0
  left.gradient = left.gradientLeft
  left.hessian = left.hessianLeft
  left.count = goLeft
  left.depth++
  left.node = nodeCount
  left.gain = 0
  nodeCount += 2
  leafCount++
  if (leafCount < maxLeaves) searchChildren(left, right)
  return stop
}

/** Histograms and best splits of two new siblings; the larger one's histogram is what is left of the parent's. */
function searchChildren(left: Leaf, right: Leaf): void {
  const small = left.count <= right.count ? left : right
  const large = left.count <= right.count ? right : left
  const parentSlot = left.slot
  left.slot = NO_SLOT
  right.slot = NO_SLOT
  if (!maySplit(large)) {
    // Keeps a thread that runs ahead from writing the next partition's counts while another reads this one's.
    barrier()
    return
  }
  left.fresh = 1
  right.fresh = 1
  large.slot = parentSlot
  if (parentSlot == NO_SLOT) large.slot = freeSlot()
  small.slot = freeSlot()
  startSearch(0, small.gradient, small.hessian)
  startSearch(1, large.gradient, large.hessian)
  for (let tile = thread; tile < tiles; tile += threads) {
    if (tileTaken(tile)) searchTile(tile, small, large, parentSlot != NO_SLOT)
  }
  barrier()
  takeBest(0, small)
  takeBest(1, large)
  left.fresh = 0
  right.fresh = 0
}

/** Column by column, so that a column's cells are still in the first cache when they are searched. */
function searchTile(tile: i32, small: Leaf, large: Leaf, parentKnown: bool): void {
  const first = tileStart(tile)
  const end = tileStart(tile + 1)
  const smallAt = histogramAt(small.slot)
  const largeAt = histogramAt(large.slot)
  const searchSmall = maySplit(small)
  const smallMask = columnMask(0, small.node)
  const largeMask = columnMask(1, large.node)
  if (!parentKnown) {
    countTile(tile, largeAt, large.begin, large.count)
    for (let f = first; f < end; f++) finishColumn(largeAt, f, f - first)
  }
  countTile(tile, smallAt, small.begin, small.count)
  for (let f = first; f < end; f++) {
    finishColumn(smallAt, f, f - first)
    if (parentKnown) subtractColumn(largeAt, smallAt, f)
    if (searchSmall && load<u8>(smallMask + <usize>f) != 0) searchColumn(0, f, smallAt, small)
    if (load<u8>(largeMask + <usize>f) != 0) searchColumn(1, f, largeAt, large)
  }
}

/** A leaf without a histogram: it cannot be split, or its histogram had to make room. */
const NO_SLOT: i32 = -1

/**
 * A place for a histogram. When all are taken, the leaf that gains least gives up its own: should it be split after
 * all, both its children are counted.
 */
function freeSlot(): i32 {
  let least = -1
  for (let l = 0; l < leafCount; l++) {
    const leaf = leafAt(l)
    store<u8>(slotMask + <usize>l, 0)
    if (leaf.fresh != 0) continue
    // A leaf that stays needs none.
    if (leaf.gain == 0) leaf.slot = NO_SLOT
    if (leaf.slot != NO_SLOT && (least < 0 || leaf.gain < leafAt(least).gain)) least = l
  }
  for (let l = 0; l < leafCount; l++) if (leafAt(l).slot != NO_SLOT) store<u8>(slotMask + <usize>leafAt(l).slot, 1)
  for (let slot = 0; slot < min(slots, leafCount); slot++) if (load<u8>(slotMask + <usize>slot) == 0) return slot
  const slot = leafAt(least).slot
  leafAt(least).slot = NO_SLOT
  return slot
}

function writeSplit(leaf: Leaf, output: i32): void {
  const tree = treeAt(output)
  const node = nodeAt(tree, leaf.node)
  node.feature = leaf.feature
  node.bin = leaf.bin
  node.left = nodeCount
  node.right = nodeCount + 1
  node.missingLeft = leaf.missingLeft
  node.threshold = load<f32>(thresholds + ((<usize>leaf.feature) << 10) + ((<usize>leaf.bin) << 2))
  node.gain = leaf.gain
  nodeAt(tree, nodeCount).feature = -1
  nodeAt(tree, nodeCount + 1).feature = -1
}
