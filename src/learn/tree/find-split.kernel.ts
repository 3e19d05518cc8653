// The best question for a node, by trying every threshold of every column.
import type { Criterion, NodeSummary } from './criterion.js'
import type { Range, SortedColumns } from './sorted-columns.kernel.js'

/** What each side of a split must keep. */
export interface SideLimits {
  readonly minRows: number
  readonly minWeight: number
}

/** A question: `x[column] ≤ threshold`, with a side for missing values. */
export interface Split {
  readonly column: number
  /** Infinity asks only whether a value is there. */
  readonly threshold: number
  readonly missingLeft: boolean
  /** Fall of impurity times weight. */
  readonly gain: number
  /** Known values left of the threshold are those before this place of the column's list. */
  readonly place: number
}

/** A node as the search sees it. */
export interface SearchNode extends Range {
  readonly summary: NodeSummary
}

/** The best place seen so far; filled in while scanning. */
interface Best {
  column: number
  place: number
  known: number
  missingLeft: boolean
  leftWeight: number
  gain: number
}

/**
 * The split of the greatest gain among these columns, or undefined where none keeps the limits.
 *
 * Equal gains: the first column of the list, missing values right before left, the lowest threshold. A column with
 * missing values is tried with them on either side, and by the question whether a value is there. Cost: O(rows · columns).
 */
export function findSplit(
  sorted: SortedColumns,
  criterion: Criterion,
  node: SearchNode,
  columns: Int32Array,
  limits: SideLimits,
): Split | undefined {
  const best: Best = { column: -1, place: 0, known: 0, missingLeft: false, leftWeight: 0, gain: -Infinity }
  criterion.enter(node.summary)
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c]!
    const known = knownEnd(sorted, column, node)
    scan(sorted, criterion, node, limits, best, column, known, false)
    if (known < node.end) scan(sorted, criterion, node, limits, best, column, known, true)
  }
  return best.column < 0 ? undefined : splitOf(sorted, node, best)
}

/** Where the missing values of a column begin. */
function knownEnd({ values, count }: SortedColumns, column: number, { start, end }: Range): number {
  const base = column * count
  let known = end
  while (known > start && values[base + known - 1] !== values[base + known - 1]) known--
  return known
}

function scan(
  { order, values, count }: SortedColumns,
  criterion: Criterion,
  { start, end, summary }: SearchNode,
  { minRows, minWeight }: SideLimits,
  best: Best,
  column: number,
  known: number,
  missingLeft: boolean,
): void {
  const base = column * count
  const last = base + known
  const rows = end - start
  let leftRows = 0
  criterion.reset()
  if (missingLeft) {
    leftRows = end - known
    criterion.move(order, last, base + end)
  }
  // With missing values right, all known values may go left.
  const stop = missingLeft || known === end ? last - 1 : last
  let at = base + start
  while (at < stop) {
    const value = values[at]!
    let next = at + 1
    while (next < last && values[next] === value) next++
    leftRows += next - at
    criterion.move(order, at, next)
    at = next
    if (leftRows < minRows) continue
    if (at > stop || rows - leftRows < minRows) return
    const leftWeight = criterion.leftWeight()
    if (leftWeight < minWeight || summary.weight - leftWeight < minWeight) continue
    const gain = criterion.gain()
    if (gain > best.gain) {
      best.column = column
      best.place = at - base
      best.known = known
      best.missingLeft = missingLeft
      best.leftWeight = leftWeight
      best.gain = gain
    }
  }
}

function splitOf(sorted: SortedColumns, { end, summary }: SearchNode, best: Best): Split {
  const { column, place, known, missingLeft, gain } = best
  const base = column * sorted.count
  return {
    column,
    place,
    gain: Math.max(0, gain),
    // Where training saw no missing value, later ones follow the heavier side.
    missingLeft: known < end ? missingLeft : best.leftWeight > summary.weight - best.leftWeight,
    threshold:
      place === known ? Infinity : between(sorted.values[base + place - 1]!, sorted.values[base + place]!),
  }
}

/** The float32 in the middle, or the lower value where rounding would reach the upper one. */
export function between(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2)
  return middle >= low && middle < high ? middle : low
}
