// Grows a tree node by node: depth first, or where impurity falls most when the leaves are numbered.
import { checkpoint, type Rng } from '../../base/index.js'
import type { Criterion, NodeSummary } from './criterion.js'
import { type SearchNode, type Split, splitSearch } from './find-split.kernel.js'
import { divideColumns, divideRows, isConstant, type SortedColumns } from './sorted-columns.kernel.js'

/** When to stop. */
export interface GrowthLimits {
  readonly maxDepth: number
  readonly maxLeafNodes: number | null
  readonly minSamplesSplit: number
  readonly minSamplesLeaf: number
  /** Weight that each side must keep. */
  readonly minWeightLeaf: number
  /** Gain that a split must bring: impurity times weight. */
  readonly minGain: number
  /** Columns tried for each split. */
  readonly maxFeatures: number
}

/** What growing needs besides the data. */
export interface GrowthWork {
  readonly rng: Rng
  readonly signal?: AbortSignal | undefined
}

/** A node of the growing tree; children come after their parents. */
export interface GrownNode {
  readonly summary: NodeSummary
  readonly rows: number
  readonly depth: number
  /** Undefined for leaves. */
  split: Split | undefined
  left: number
  right: number
}

/** A node that has a split and waits for it to be made. */
interface Waiting extends SearchNode {
  readonly id: number
  readonly depth: number
  readonly split: Split
  /** Columns that differ among its rows. */
  readonly columns: Int32Array
}

/** Grows until nothing is left to split. Cost: O(n · p) for each level of the tree. */
export async function growTree(
  sorted: SortedColumns,
  criterion: Criterion,
  limits: GrowthLimits,
  { rng, signal }: GrowthWork,
): Promise<GrownNode[]> {
  const nodes: GrownNode[] = []
  const waiting: Waiting[] = []
  const columnCount = sorted.count === 0 ? 0 : sorted.order.length / sorted.count
  const splits = splitSearch(sorted, criterion, {
    minRows: limits.minSamplesLeaf,
    minWeight: limits.minWeightLeaf,
  })
  const minRows = Math.max(limits.minSamplesSplit, 2 * limits.minSamplesLeaf)

  const add = (start: number, end: number, depth: number): SearchNode & { id: number; open: boolean } => {
    const summary = criterion.summarize(sorted.rows, start, end)
    const id = nodes.push({ summary, rows: end - start, depth, split: undefined, left: 0, right: 0 }) - 1
    const open =
      !summary.pure &&
      depth < limits.maxDepth &&
      end - start >= minRows &&
      summary.weight >= 2 * limits.minWeightLeaf
    return { start, end, summary, id, open }
  }

  const search = (node: ReturnType<typeof add>, depth: number, inherited: Int32Array): void => {
    if (!node.open) return
    const columns = inherited.filter((column) => !isConstant(sorted, column, node))
    const drawn = drawColumns(columns, limits.maxFeatures, rng, node.id)
    let split: Split | undefined
    for (const some of drawn) {
      split = splits.find(node, some)
      if (split !== undefined) break
    }
    if (split === undefined || split.gain < limits.minGain) return
    waiting.push({ ...node, depth, columns, split })
  }

  search(
    add(0, sorted.count, 0),
    0,
    Int32Array.from({ length: columnCount }, (_, column) => column),
  )
  for (let leaves = 1; leaves < (limits.maxLeafNodes ?? Infinity) && waiting.length > 0; leaves++) {
    await checkpoint(signal)
    const parent = limits.maxLeafNodes === null ? waiting.pop()! : takeBest(waiting)
    markLeft(sorted, parent)
    const middle = divideRows(sorted, parent)
    const depth = parent.depth + 1
    const left = add(parent.start, middle, depth)
    const right = add(middle, parent.end, depth)
    Object.assign(nodes[parent.id]!, { split: parent.split, left: left.id, right: right.id })
    if (left.open || right.open) divideColumns(sorted, parent.columns, parent)
    // The left child is popped first when it is pushed last.
    search(right, depth, parent.columns)
    search(left, depth, parent.columns)
  }
  return nodes
}

/** The columns in the groups in which they are tried: the draw, then one more at a time while no split is found. */
function* drawColumns(
  columns: Int32Array,
  maxFeatures: number,
  rng: Rng,
  node: number,
): Generator<Int32Array> {
  if (maxFeatures >= columns.length) {
    yield columns
    return
  }
  const order = rng.split('columns', node).permutation(columns.length)
  const drawn = Int32Array.from(order, (place) => columns[place]!)
  // Ascending, so that equal gains go to the first column whatever the draw.
  yield drawn.slice(0, maxFeatures).sort()
  for (let next = maxFeatures; next < drawn.length; next++) yield drawn.slice(next, next + 1)
}

/** Takes out the node of the greatest gain, the oldest of equal ones. Cost: O(leaves). */
function takeBest(waiting: Waiting[]): Waiting {
  let best = 0
  for (let i = 1; i < waiting.length; i++) {
    const difference = waiting[i]!.split.gain - waiting[best]!.split.gain
    if (difference > 0 || (difference === 0 && waiting[i]!.id < waiting[best]!.id)) best = i
  }
  return waiting.splice(best, 1)[0]!
}

function markLeft(
  { order, values, count, goesLeft }: SortedColumns,
  { start, end, split }: Pick<Waiting, 'start' | 'end' | 'split'>,
): void {
  const base = split.column * count
  for (let i = start; i < end; i++) {
    const value = values[base + i]!
    const left = value === value ? i < split.place : split.missingLeft
    goesLeft[order[base + i]!] = left ? 1 : 0
  }
}
