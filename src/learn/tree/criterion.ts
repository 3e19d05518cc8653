// What a split is judged by. The search moves rows from right to left and asks for the score; the criterion counts.

/** A node before it is split. */
export interface NodeSummary {
  /** What a leaf here would answer: class shares, or the mean. */
  readonly value: Float64Array
  /** In the criterion's own unit; see `unit`. */
  readonly impurity: number
  readonly weight: number
  /** Nothing is left to separate. */
  readonly pure: boolean
  /** What the criterion counts by: class weights, or the sum and the scale of the targets. */
  readonly totals: Float64Array
}

/** Counts both sides of a split while rows move from right to left. */
export interface Criterion {
  /** Numbers that a leaf holds. */
  readonly outputs: number
  /** What an impurity of 1 is in the data: targets are scaled by a power of two so that squares stay finite. */
  readonly unit: number
  summarize(rows: Int32Array, start: number, end: number): NodeSummary
  /** Splits of this node are judged from here on. */
  enter(node: NodeSummary): void
  /** Puts all rows right. */
  reset(): void
  /** Moves rows left. */
  move(rows: Int32Array, from: number, to: number): void
  /** The weight on the left. */
  leftWeight(): number
  /** How much the impurity, times weight, falls. Comparable within one node, and between nodes of one tree. */
  gain(): number
}
