// What people may read of a tree: importances, size, and the rules as text.
import type { TreeState } from './tree-state.js'

/** What a tree lets people read. */
export type TreeLearned = Readonly<{
  /** Each column's share of the impurity that splits have taken away, by its name. */
  featureImportances: Readonly<Record<string, number>>
  depth: number
  leaves: number
  /** Lines of text, written when first read. */
  rules: readonly string[]
}>

export function learnedTree(tree: TreeState, names: readonly string[]): TreeLearned {
  let rules: readonly string[] | undefined
  return {
    featureImportances: importances(tree, names),
    depth: depths(tree).reduce((deepest, depth) => Math.max(deepest, depth), 0),
    leaves: tree.feature.filter((column) => column < 0).length,
    get rules() {
      return (rules ??= ruleLines(tree, names))
    },
  }
}

/** Each column's share of the impurity that splits have taken away. */
function importances(tree: TreeState, names: readonly string[]): Record<string, number> {
  const { feature, left, right, impurity, weight } = tree
  // Shares of the root's impurity, so that those of huge targets stay finite.
  const cost = (node: number): number =>
    impurity[0] === 0 ? 0 : (impurity[node]! / impurity[0]!) * weight[node]!
  const sums = new Float64Array(names.length)
  feature.forEach((column, node) => {
    if (column >= 0) sums[column]! += Math.max(0, cost(node) - cost(left[node]!) - cost(right[node]!))
  })
  const total = sums.reduce((sum, value) => sum + value, 0) || 1
  return Object.fromEntries(names.map((name, column) => [name, sums[column]! / total]))
}

/** The number of questions before each node. */
function depths({ feature, left, right }: TreeState): Int32Array {
  const depth = new Int32Array(feature.length)
  feature.forEach((column, node) => {
    if (column < 0) return
    depth[left[node]!] = depth[node]! + 1
    depth[right[node]!] = depth[node]! + 1
  })
  return depth
}

/** One line for each side of each question, indented by depth; leaves stand at the end of their line. */
function ruleLines(tree: TreeState, names: readonly string[]): readonly string[] {
  const { feature, left, right } = tree
  if (feature[0]! < 0) return [leafText(tree, 0)]
  const depth = depths(tree)
  const lines: string[] = []
  const side = (node: number, isLeft: boolean): void => {
    const child = isLeft ? left[node]! : right[node]!
    const answer = feature[child]! < 0 ? `: ${leafText(tree, child)}` : ''
    lines.push(`${'  '.repeat(depth[node]!)}${question(tree, node, { names, isLeft })}${answer}`)
  }
  // A side is written, then all below it, then the other side: a stack, because trees may be deep.
  const stack: { node: number; isLeft: boolean }[] = [
    { node: 0, isLeft: false },
    { node: 0, isLeft: true },
  ]
  while (stack.length > 0) {
    const { node, isLeft } = stack.pop()!
    side(node, isLeft)
    const child = isLeft ? left[node]! : right[node]!
    if (feature[child]! >= 0) stack.push({ node: child, isLeft: false }, { node: child, isLeft: true })
  }
  return lines
}

function question(
  { feature, threshold, missingLeft }: TreeState,
  node: number,
  { names, isLeft }: { names: readonly string[]; isLeft: boolean },
): string {
  const name = names[feature[node]!]!
  const missingHere = (missingLeft[node] === 1) === isLeft
  if (threshold[node] === Infinity) return missingHere ? `${name} is missing` : `${name} is not missing`
  const limit = shortNumber(threshold[node]!)
  return `${name} ${isLeft ? '≤' : '>'} ${limit}${missingHere ? ' or missing' : ''}`
}

function leafText({ outputs, classes, value, rows }: TreeState, node: number): string {
  const count = `${rows[node]} ${rows[node] === 1 ? 'row' : 'rows'}`
  if (classes.length === 0) return `${shortNumber(value[node]!)} (${count})`
  const shares = value.subarray(node * outputs, (node + 1) * outputs)
  const best = shares.reduce((most, share, code) => (share > shares[most]! ? code : most), 0)
  return `${String(classes[best])} (${Math.round(100 * shares[best]!)} % of ${count})`
}

/** Six digits: about what a float32 holds. */
const shortNumber = (value: number): string => String(Number(value.toPrecision(6)))
