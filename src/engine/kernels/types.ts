// What goes into the boosting engine and what comes out: plain typed arrays, no names and no labels.
import type { WorkOptions } from '../../base/index.js'

/** Rows of numbers with a target. NaN is a missing value; infinities are ordinary extreme values. */
export interface BoostingRows {
  /** Values, row by row: rows × columns. */
  readonly x: Float32Array
  readonly rows: number
  /** Targets: numbers, or class codes 0…k−1. */
  readonly y: Float64Array
  /** Weights ≥ 0 of the rows in loss, gradients and leaf values; default 1. Bins are found without them. */
  readonly sampleWeight?: Float64Array | undefined
}

export interface BoostingInput extends BoostingRows {
  readonly columns: number
  /** Rows that are only scored: for early stopping and the history. */
  readonly validation?: BoostingRows | undefined
}

export type BoostingObjective = 'squared-error' | 'logistic' | 'multinomial'

export interface BoostingParams {
  readonly objective: BoostingObjective
  /** Classes for `multinomial`; ignored otherwise. */
  readonly nClasses: number
  /** Rounds at most. Each grows one tree, or one per class for `multinomial`. */
  readonly nEstimators: number
  readonly learningRate: number
  readonly maxLeaves: number
  /** Splits on the longest path; null: no limit. */
  readonly maxDepth: number | null
  /** Rows that each side of a split must keep, counted exactly. */
  readonly minSamplesLeaf: number
  /** Sum of hessians that each side of a split must keep. */
  readonly minChildWeight: number
  /** L2 penalty on leaf values. */
  readonly lambda: number
  /** Gain that a split must exceed. */
  readonly gamma: number
  /** Share of rows drawn for each round, without replacement. */
  readonly subsample: number
  readonly colsampleByTree: number
  /** Share of the tree's columns drawn for each leaf. */
  readonly colsampleByNode: number
  /** Bins for values, 2 to 255; missing values have one of their own. */
  readonly maxBins: number
  /** Ends after so many rounds without a better validation loss; null: never. */
  readonly earlyStoppingRounds: number | null
  /** One random threshold per column instead of the best (extremely randomized trees). */
  readonly extraTrees: boolean
  readonly seed: number
}

/** What a fit is asked for, with the scores it starts from. */
export interface BoostingTask {
  readonly input: BoostingInput
  readonly params: BoostingParams
  readonly base: Float64Array
  /** One unit of the scores in the kernels; a power of two, so that nothing is rounded. */
  readonly unit: number
}

export interface KernelOptions extends WorkOptions {
  /** Worker threads; default: what the machine has and the size of the data deserves. Results do not depend on it. */
  readonly threads?: number | undefined
  /** Bytes for histograms; with less than a tree needs, some are counted twice. @default 1 GiB */
  readonly histogramMemory?: number | undefined
}

/** Mean loss per row after each round: squared error, or log loss in nats. */
export interface BoostingHistory {
  readonly train: readonly number[]
  readonly validation: readonly number[]
}

/**
 * Additive trees. Score of output c = baseScore[c] + Σ of the values of the leaves reached in the trees of output c,
 * added in float64 in the order of the trees.
 *
 * At a node, a row goes left when `x[feature] <= threshold`; a missing value goes left when `missingLeft` is 1.
 * A threshold may be +Infinity: all numbers go left, only missing values right.
 */
export interface TreeEnsemble {
  readonly columns: number
  readonly outputs: number
  readonly baseScore: Float64Array
  /** Column of each node; −1 marks a leaf. */
  readonly feature: Int32Array
  readonly threshold: Float32Array
  readonly missingLeft: Uint8Array
  /** Children as indices of nodes; 0 at leaves. The right child follows the left. */
  readonly left: Int32Array
  readonly right: Int32Array
  /** Leaf values, learning rate included; 0 at inner nodes. */
  readonly value: Float64Array
  /** Gain of each split; 0 at leaves. */
  readonly gain: Float64Array
  /** Sum of hessians of the node's training rows. */
  readonly cover: Float64Array
  /** Training rows of the node, after subsampling. */
  readonly samples: Int32Array
  /** First node of each tree, and the number of nodes at the end: trees + 1 entries. */
  readonly treeOffset: Int32Array
  /** Output of each tree. */
  readonly treeOutput: Int32Array
  /** Rounds kept: the best by validation loss, or all. */
  readonly bestIteration: number
  readonly history: BoostingHistory
}
