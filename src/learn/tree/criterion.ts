// What a split is judged by. The search says where a column may be cut; the criterion counts both sides.

/** A node before it is split. */
export interface NodeSummary {
  /** What a leaf here would answer: class shares, or the mean. */
  readonly value: readonly number[]
  /** In the criterion's own unit; see `unit`. */
  readonly impurity: number
  readonly weight: number
  /** Nothing is left to separate. */
  readonly pure: boolean
  /** What the criterion counts by: class weights, or the sum and the scale of the targets. */
  readonly totals: readonly number[]
}

/** Where one column may be cut, in the order of its list; the answers stand beside each cut. */
export interface Cuts {
  /** Rows that are left in every cut: missing values. */
  readonly always: Int32Array
  /** The other rows by value. */
  readonly order: Int32Array
  /** The number of cuts. */
  readonly count: number
  /** Rows of `order` on the left, ascending. */
  readonly places: Int32Array
  /** Answer: how much impurity, times weight, falls. Comparable within one tree. */
  readonly gains: Float64Array
  /** Answer: the weight on the left. */
  readonly leftWeights: Float64Array
}

/** Measures nodes and the cuts of their columns. */
export interface Criterion {
  /** What an impurity of 1 is in the data: targets are scaled by a power of two so that squares stay finite. */
  readonly unit: number
  summarize(rows: Int32Array, start: number, end: number): NodeSummary
  /** Fills in the answers. Cost: O(rows + cuts · outputs). */
  judge(node: NodeSummary, cuts: Cuts): void
}
