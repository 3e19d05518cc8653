import { describe, expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import { graphBuilder, openSession, tensor, treeEnsemble, type TreeEnsembleArrays } from './index.js'

const columns = 6

/** Random trees over thresholds that the rows hit exactly now and then. */
function randomTrees(options: {
  trees: number
  depth: number
  outputs: number
  perLeaf: boolean
}): TreeEnsembleArrays {
  const random = rng(3)
  const nodes: { feature: number; threshold: number; left: number; right: number; missingLeft: number }[] = []
  const treeOffset = [0]
  const grow = (start: number, depth: number): number => {
    const at = nodes.length - start
    const leaf = depth === 0 || random.uniform() < 0.2
    const node = {
      feature: leaf ? -1 : random.below(columns),
      threshold: Math.fround(random.below(20) / 10 - 1),
      left: 0,
      right: 0,
      missingLeft: random.below(2),
    }
    nodes.push(node)
    if (!leaf) {
      node.left = grow(start, depth - 1)
      node.right = grow(start, depth - 1)
    }
    return at
  }
  for (let tree = 0; tree < options.trees; tree++) {
    grow(nodes.length, options.depth)
    treeOffset.push(nodes.length)
  }
  const width = options.perLeaf ? options.outputs : 1
  return {
    feature: nodes.map((node) => node.feature),
    threshold: nodes.map((node) => node.threshold),
    left: nodes.map((node) => node.left),
    right: nodes.map((node) => node.right),
    missingLeft: nodes.map((node) => node.missingLeft),
    value: Float64Array.from({ length: nodes.length * width }, () => random.normal() * 0.1),
    treeOffset,
    ...(options.perLeaf ? {} : { treeOutput: treeOffset.slice(1).map((_, tree) => tree % options.outputs) }),
    baseScore: Array.from({ length: options.outputs }, (_, k) => k * 1e9 + 0.125),
  }
}

/** The same sums by walking, one tree after the other. */
function walk(trees: TreeEnsembleArrays, row: Float32Array): number[] {
  const scores = Array.from(trees.baseScore, () => 0)
  const width = trees.treeOutput === undefined ? scores.length : 1
  for (let tree = 0; tree + 1 < trees.treeOffset.length; tree++) {
    const start = trees.treeOffset[tree]!
    let node = start
    while (trees.feature[node]! >= 0) {
      const x = row[trees.feature[node]!]!
      const left = Number.isNaN(x) ? trees.missingLeft[node] === 1 : x <= trees.threshold[node]!
      node = start + (left ? trees.left[node]! : trees.right[node]!)
    }
    for (let k = 0; k < width; k++) scores[trees.treeOutput?.[tree] ?? k]! += trees.value[node * width + k]!
  }
  return scores
}

function randomRows(rows: number): Float32Array {
  const random = rng(4)
  const special = [Number.NaN, Infinity, -Infinity, 0, -0]
  return Float32Array.from({ length: rows * columns }, () =>
    random.uniform() < 0.2 ? special[random.below(special.length)]! : random.below(40) / 20 - 1,
  )
}

async function open(trees: TreeEnsembleArrays, engine: 'native' | 'wasm') {
  const g = graphBuilder({ name: 'trees' })
  const x = g.input('x', 'float32', ['N', columns])
  g.output('scores', treeEnsemble(g, x, trees), 'float64', ['N', trees.baseScore.length])
  return openSession(g.build(), { engine })
}

describe.each(['native', 'wasm'] as const)('tree ensemble on %s', (engine) => {
  it.each([
    { trees: 300, depth: 5, outputs: 1, perLeaf: false },
    { trees: 300, depth: 5, outputs: 3, perLeaf: false },
    { trees: 40, depth: 6, outputs: 4, perLeaf: true },
    { trees: 1, depth: 0, outputs: 1, perLeaf: false },
  ])('sums as a plain walk does: $trees trees, $outputs outputs', async (options) => {
    const trees = randomTrees(options)
    const base = Array.from(trees.baseScore)
    const data = randomRows(500)
    await using session = await open(trees, engine)
    const batch = await session.run({ x: tensor('float32', data, [500, columns]) })
    let largest = 0
    for (let i = 0; i < 500; i++) {
      const row = data.slice(i * columns, (i + 1) * columns)
      walk(trees, row).forEach((sum, k) => {
        const received = batch['scores']!.data[i * base.length + k] as number
        const error = Math.abs(received - (sum + base[k]!))
        largest = Math.max(largest, error / (Math.abs(base[k]!) + 10))
      })
      if (i % 50 === 0) {
        const single = await session.run({ x: tensor('float32', row, [1, columns]) })
        const slice = (batch['scores']!.data as Float64Array).slice(i * base.length, (i + 1) * base.length)
        // Exact parts: a row alone and a row in a batch are equal bit by bit.
        expect(single['scores']!.data).toEqual(slice)
      }
    }
    // The graph keeps 48 bits of the largest possible sum (about 90 here), the walk rounds once for each tree.
    expect(largest).toBeLessThan(1e-12)
  })
})
