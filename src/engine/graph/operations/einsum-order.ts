// In which order the operands of a product of many are multiplied: the fewest multiplications in all.
import type { Dim } from '../dims.js'
import type { Equation, Label } from './einsum-equation.js'

/** Two of the list that are multiplied next; their product is put at its end. */
export type Pair = readonly [number, number]

// Sizes that are known only later, such as that of a batch, count as this many.
const unknownSize = 64

// Subsets of so many operands are all compared (3⁸ = 6,561 pairs of them); of more the best next pair is taken.
const mostCompared = 8

/** Pairs to multiply until one is left. */
export function contractionOrder({ terms, output, sizes }: Equation): Pair[] {
  const weights = new Map([...sizes].map(([label, size]) => [label, weightOf(size)]))
  const context: OrderContext = {
    terms: terms.map((term) => new Set(term)),
    output: new Set(output),
    weights,
  }
  return terms.length <= mostCompared ? bestOrder(context) : greedyOrder(context)
}

const weightOf = (size: Dim): number => (typeof size === 'number' ? Math.max(1, size) : unknownSize)

interface OrderContext {
  readonly terms: readonly ReadonlySet<Label>[]
  readonly output: ReadonlySet<Label>
  readonly weights: ReadonlyMap<Label, number>
}

const volume = (labels: Iterable<Label>, weights: ReadonlyMap<Label, number>): number => {
  let product = 1
  for (const label of labels) product *= weights.get(label)!
  return product
}

/** A subset of the operands, by bits, and the cheapest way to its product. */
interface Subset {
  readonly labels: ReadonlySet<Label>
  readonly cost: number
  readonly tree: Tree
}
type Tree = number | readonly [Tree, Tree]

function bestOrder({ terms, output, weights }: OrderContext): Pair[] {
  const all = 2 ** terms.length - 1
  const best = new Map<number, Subset>(terms.map((labels, i) => [1 << i, { labels, cost: 0, tree: i }]))
  for (let subset = 1; subset <= all; subset++) {
    if (best.has(subset)) continue
    const outside = new Set(output)
    terms.forEach((labels, i) => {
      if ((subset & (1 << i)) === 0) for (const label of labels) outside.add(label)
    })
    for (let left = (subset - 1) & subset; left > 0; left = (left - 1) & subset) {
      // Each pair once, the first of its operands on the left.
      if ((left & subset & -subset) === 0) continue
      const [a, b] = [best.get(left)!, best.get(subset ^ left)!]
      const joined = new Set([...a.labels, ...b.labels])
      const cost = a.cost + b.cost + volume(joined, weights)
      if (cost >= (best.get(subset)?.cost ?? Infinity)) continue
      const labels = new Set([...joined].filter((label) => outside.has(label)))
      best.set(subset, { labels, cost, tree: [a.tree, b.tree] })
    }
  }
  return pairsOf(best.get(all)!.tree, terms.length)
}

/** The pairs of a tree, innermost first, as places in a list that shrinks. */
function pairsOf(root: Tree, count: number): Pair[] {
  const list: Tree[] = Array.from({ length: count }, (_, i) => i)
  const pairs: Pair[] = []
  const visit = (tree: Tree): void => {
    if (typeof tree === 'number') return
    visit(tree[0])
    visit(tree[1])
    const [a, b] = [list.indexOf(tree[0]), list.indexOf(tree[1])]
    pairs.push([a, b])
    list.splice(Math.max(a, b), 1)
    list.splice(Math.min(a, b), 1)
    list.push(tree)
  }
  visit(root)
  return pairs
}

function greedyOrder(context: OrderContext): Pair[] {
  const list = [...context.terms]
  const pairs: Pair[] = []
  while (list.length > 1) {
    const { pair, labels } = bestPair(list, context)
    pairs.push(pair)
    list.splice(pair[1], 1)
    list.splice(pair[0], 1)
    list.push(labels)
  }
  return pairs
}

/** The pair whose product needs the least memory more than both. */
function bestPair(
  list: readonly ReadonlySet<Label>[],
  { output, weights }: OrderContext,
): { readonly pair: Pair; readonly labels: ReadonlySet<Label> } {
  const size = (labels: ReadonlySet<Label>): number => volume(labels, weights)
  const pairs = list.flatMap((_, a) => list.slice(a + 1).map((__, i): Pair => [a, a + 1 + i]))
  return pairs
    .map((pair) => {
      const labels = keptLabels(list, pair, output)
      return { pair, labels, growth: size(labels) - size(list[pair[0]]!) - size(list[pair[1]]!) }
    })
    .reduce((best, one) => (one.growth < best.growth ? one : best))
}

/** The labels of a product that are needed after it. */
function keptLabels(
  list: readonly ReadonlySet<Label>[],
  [a, b]: Pair,
  output: ReadonlySet<Label>,
): ReadonlySet<Label> {
  const outside = new Set(output)
  list.forEach((labels, i) => {
    if (i !== a && i !== b) for (const label of labels) outside.add(label)
  })
  return new Set([...list[a]!, ...list[b]!].filter((label) => outside.has(label)))
}
