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

/** Finds splits; keeps the memory for cuts from node to node. */
export interface SplitSearch {
  /**
   * The split of the greatest gain among these columns, or undefined where none keeps the limits.
   *
   * Equal gains: the first column of the list, missing values right before left, the lowest threshold. A column with
   * missing values is tried with them on either side, and by the question whether a value is there.
   * Cost: O(rows · columns).
   */
  find(node: SearchNode, columns: Int32Array): Split | undefined
}

/** The best cut seen so far; filled in while searching. */
interface Best {
  column: number
  place: number
  known: number
  missingLeft: boolean
  leftWeight: number
  gain: number
}

export function splitSearch(sorted: SortedColumns, criterion: Criterion, limits: SideLimits): SplitSearch {
  const places = new Int32Array(sorted.count)
  const gains = new Float64Array(sorted.count)
  const leftWeights = new Float64Array(sorted.count)

  function tryColumn(
    node: SearchNode,
    best: Best,
    column: number,
    known: number,
    missingLeft: boolean,
  ): void {
    const { start, end, summary } = node
    const base = column * sorted.count
    const always = sorted.order.subarray(base + known, missingLeft ? base + end : base + known)
    const values = sorted.values.subarray(base + start, base + known)
    const rows = end - start
    const count = listCuts(places, values, {
      least: Math.max(1, limits.minRows - always.length),
      // Something must be right: a missing value that does not go left, or the last value.
      most: Math.min(rows - limits.minRows, rows - 1) - always.length,
    })
    if (count === 0) return
    const order = sorted.order.subarray(base + start, base + known)
    criterion.judge(summary, { always, order, count, places, gains, leftWeights })
    for (let cut = 0; cut < count; cut++) {
      if (!(gains[cut]! > best.gain)) continue
      const leftWeight = leftWeights[cut]!
      if (leftWeight < limits.minWeight || summary.weight - leftWeight < limits.minWeight) continue
      best.column = column
      best.place = start + places[cut]!
      best.known = known
      best.missingLeft = missingLeft
      best.leftWeight = leftWeight
      best.gain = gains[cut]!
    }
  }

  return {
    find(node, columns) {
      const best: Best = {
        column: -1,
        place: 0,
        known: 0,
        missingLeft: false,
        leftWeight: 0,
        gain: -Infinity,
      }
      for (let c = 0; c < columns.length; c++) {
        const column = columns[c]!
        const known = knownEnd(sorted, column, node)
        tryColumn(node, best, column, known, false)
        if (known < node.end) tryColumn(node, best, column, known, true)
      }
      return best.column < 0 ? undefined : splitOf(sorted, node, best)
    },
  }
}

/** Where the missing values of a column begin. */
function knownEnd({ values, count }: SortedColumns, column: number, { start, end }: Range): number {
  const base = column * count
  let known = end
  while (known > start && values[base + known - 1] !== values[base + known - 1]) known--
  return known
}

/** Lists the places between `least` and `most` where one value ends and another begins, or all values end. */
function listCuts(
  places: Int32Array,
  values: Float32Array,
  { least, most }: { least: number; most: number },
): number {
  const last = Math.min(most, values.length)
  let count = 0
  for (let place = least; place <= last; place++) {
    if (place === values.length || values[place - 1] !== values[place]) places[count++] = place
  }
  return count
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
