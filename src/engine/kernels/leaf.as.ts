// Leaves while a tree grows, and nodes as they are handed over. Each thread keeps its own copy of the leaves and
// computes the same on it, so nothing needs to be passed around.
import { LEAF_BYTES, NODE_BYTES } from './control-words'
import { leaves, maxLeaves, nodes } from './state.as'

@unmanaged
export class Leaf {
  gradient: f64
  hessian: f64
  /** Gain of the best split; 0: this leaf stays. */
  gain: f64
  gradientLeft: f64
  hessianLeft: f64
  value: f64
  begin: i32
  count: i32
  depth: i32
  slot: i32
  node: i32
  feature: i32
  bin: i32
  missingLeft: i32
  /** 1 while its best split is being searched. */
  fresh: i32
}

/** A node of the finished tree; the offsets stand in control-words. */
@unmanaged
export class TreeNode {
  feature: i32
  bin: i32
  left: i32
  right: i32
  missingLeft: i32
  samples: i32
  threshold: f32
  padding: f32
  value: f64
  gain: f64
  cover: f64
}

@inline
export function leafAt(index: i32): Leaf {
  return changetype<Leaf>(leaves + <usize>index * LEAF_BYTES)
}

/** First byte of an output's nodes. */
@inline
export function treeAt(output: i32): usize {
  return nodes + <usize>output * <usize>(2 * maxLeaves) * NODE_BYTES
}

@inline
export function nodeAt(tree: usize, index: i32): TreeNode {
  return changetype<TreeNode>(tree + <usize>index * NODE_BYTES)
}
