// Raw scores of single rows in plain TypeScript: no memory to copy into, no thread to wait for.
import type { TreeEnsemble } from './types.js'

/**
 * Raw scores of one row: base score plus leaf values, added in the order of the trees, so that the sums are those of
 * {@link predictEnsemble} bit for bit.
 *
 * @param x - values of the ensemble's columns from index `offset` on; read as float32
 * @returns one score per output
 */
export function predictEnsembleRow(ensemble: TreeEnsemble, x: Float32Array, offset = 0): Float64Array {
  const scores = Float64Array.from(ensemble.baseScore)
  addTrees(ensemble, { x, offset, scores, at: 0 }, ensemble.treeOutput.length)
  return scores
}

/** Where a row lies and where its scores go. */
export interface RowPlace {
  readonly x: Float32Array
  readonly offset: number
  readonly scores: Float64Array
  readonly at: number
}

/** Adds the first `trees` trees to the scores of one row. */
export function addTrees(ensemble: TreeEnsemble, place: RowPlace, trees: number): void {
  const { feature, threshold, missingLeft, left, right, value, treeOffset, treeOutput } = ensemble
  const { x, offset, scores, at } = place
  for (let tree = 0; tree < trees; tree++) {
    let node = treeOffset[tree]!
    let column = feature[node]!
    while (column >= 0) {
      const v = x[offset + column]!
      // A comparison with NaN is false either way.
      const goesLeft = v <= threshold[node]! || (v !== v && missingLeft[node] === 1)
      node = goesLeft ? left[node]! : right[node]!
      column = feature[node]!
    }
    scores[at + treeOutput[tree]!]! += value[node]!
  }
}
