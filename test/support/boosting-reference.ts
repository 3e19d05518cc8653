// Gradient boosting as a textbook would write it, in float64 and without bins: slow, and right. One output only.
import type { BoostingInput, BoostingParams } from '../../src/engine/kernels/index.js'

export interface ReferenceTree {
  readonly feature: number
  readonly threshold: number
  readonly missingLeft: boolean
  readonly gain: number
  readonly value: number
  readonly children: readonly [ReferenceTree, ReferenceTree] | undefined
}

export interface ReferenceModel {
  readonly trees: readonly ReferenceTree[]
  readonly trainLoss: readonly number[]
}

interface Split {
  readonly feature: number
  readonly threshold: number
  readonly missingLeft: boolean
  readonly gain: number
}

interface Node {
  rows: number[]
  split: Split | undefined
  children: [Node, Node] | undefined
}

/** Boosts with exact thresholds between all distinct values of the whole data. */
export function referenceBoosting(input: BoostingInput, params: BoostingParams): ReferenceModel {
  const { rows, y } = input
  const w = input.sampleWeight ?? new Float64Array(rows).fill(1)
  const total = w.reduce((a, b) => a + b, 0)
  const mean = y.reduce((sum, v, i) => sum + v * w[i]!, 0) / total
  const logistic = params.objective === 'logistic'
  const score = new Float64Array(rows).fill(logistic ? Math.log(mean / (1 - mean)) : mean)
  const cuts = thresholds(input)
  const trees: ReferenceTree[] = []
  const trainLoss: number[] = []
  for (let round = 0; round < params.nEstimators; round++) {
    const g = new Float64Array(rows)
    const h = new Float64Array(rows)
    for (let i = 0; i < rows; i++) {
      const p = logistic ? 1 / (1 + Math.exp(-score[i]!)) : score[i]!
      g[i] = w[i]! * (p - y[i]!)
      h[i] = w[i]! * (logistic ? p * (1 - p) : 1)
    }
    const root = grow({ input, params, g, h, cuts })
    trees.push(finish(root, { params, g, h, score }))
    let loss = 0
    for (let i = 0; i < rows; i++) {
      const s = score[i]!
      loss += w[i]! * (logistic ? Math.log1p(Math.exp(y[i] === 1 ? -s : s)) : (s - y[i]!) ** 2)
    }
    trainLoss.push(loss / total)
  }
  return { trees, trainLoss }
}

function thresholds({ x, rows, columns }: BoostingInput): number[][] {
  return Array.from({ length: columns }, (_, j) => {
    const values = new Set<number>()
    for (let i = 0; i < rows; i++) {
      const v = x[i * columns + j]!
      if (!Number.isNaN(v)) values.add(v)
    }
    const sorted = [...values].sort((a, b) => a - b)
    return sorted.slice(1).map((v, k) => (v + sorted[k]!) / 2)
  })
}

interface Growth {
  readonly input: BoostingInput
  readonly params: BoostingParams
  readonly g: Float64Array
  readonly h: Float64Array
  readonly cuts: readonly (readonly number[])[]
}

function grow(growth: Growth): Node {
  const { input, params } = growth
  const leaf = (rows: number[]): Node => ({ rows, split: bestSplit(growth, rows), children: undefined })
  const root = leaf(Array.from({ length: input.rows }, (_, i) => i))
  const leaves = [root]
  while (leaves.length < params.maxLeaves) {
    const open = leaves.filter((node) => node.split !== undefined)
    if (open.length === 0) break
    const node = open.reduce((a, b) => (b.split!.gain > a.split!.gain ? b : a))
    const { feature, threshold, missingLeft } = node.split!
    const left = node.rows.filter((i) => {
      const v = input.x[i * input.columns + feature]!
      return Number.isNaN(v) ? missingLeft : v <= threshold
    })
    const inLeft = new Set(left)
    node.children = [leaf(left), leaf(node.rows.filter((i) => !inLeft.has(i)))]
    leaves.splice(leaves.indexOf(node), 1, node.children[0])
    leaves.push(node.children[1])
  }
  return root
}

function bestSplit(growth: Growth, rows: readonly number[]): Split | undefined {
  let best: Split | undefined
  for (let feature = 0; feature < growth.input.columns; feature++) {
    for (const split of splitsOf(growth, rows, feature)) {
      if (split.gain > (best?.gain ?? 1e-9)) best = split
    }
  }
  return best
}

/** All admissible splits of one column, by sorting the rows. */
function* splitsOf(growth: Growth, rows: readonly number[], feature: number): Generator<Split> {
  const { input, params, g, h, cuts } = growth
  const value = (i: number): number => input.x[i * input.columns + feature]!
  const present = rows.filter((i) => !Number.isNaN(value(i))).sort((a, b) => value(a) - value(b))
  const missing = rows.filter((i) => Number.isNaN(value(i)))
  const sum = (array: Float64Array, of: readonly number[]): number => of.reduce((s, i) => s + array[i]!, 0)
  const [G, H] = [sum(g, rows), sum(h, rows)]
  const penalty = (gradient: number, hessian: number): number => gradient ** 2 / (hessian + params.lambda)
  const limits = missing.length === 0 ? cuts[feature]! : [...cuts[feature]!, Infinity]
  for (const missingLeft of missing.length === 0 ? [false] : [false, true]) {
    let [GL, HL] = missingLeft ? [sum(g, missing), sum(h, missing)] : [0, 0]
    let next = 0
    for (const threshold of limits) {
      while (next < present.length && value(present[next]!) <= threshold) {
        GL += g[present[next]!]!
        HL += h[present[next]!]!
        next++
      }
      const countLeft = next + (missingLeft ? missing.length : 0)
      if (Math.min(countLeft, rows.length - countLeft) < params.minSamplesLeaf) continue
      if (Math.min(HL, H - HL) < params.minChildWeight) continue
      const gain = penalty(GL, HL) + penalty(G - GL, H - HL) - penalty(G, H)
      if (gain > params.gamma) yield { feature, threshold, missingLeft, gain }
    }
  }
}

interface Finishing {
  readonly params: BoostingParams
  readonly g: Float64Array
  readonly h: Float64Array
  readonly score: Float64Array
}

/** Sets leaf values and adds them to the scores. */
function finish(node: Node, finishing: Finishing): ReferenceTree {
  if (node.children !== undefined) {
    const [a, b] = node.children
    return { ...node.split!, value: 0, children: [finish(a, finishing), finish(b, finishing)] }
  }
  const { params, g, h, score } = finishing
  let [G, H] = [0, 0]
  for (const i of node.rows) {
    G += g[i]!
    H += h[i]!
  }
  const value = (-params.learningRate * G) / (H + params.lambda)
  for (const i of node.rows) score[i]! += value
  return { feature: -1, threshold: 0, missingLeft: false, gain: 0, value, children: undefined }
}
